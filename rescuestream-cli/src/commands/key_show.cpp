#include "commands/key_show.hpp"

#include <fmt/format.h>

#include <ostream>

#include "arguments.hpp"
#include "commands/addresses.hpp"
#include "commands/field_shower.hpp"
#include "commands/lists.hpp"
#include "commands/path_sharing.hpp"
#include "commands/refusal_text.hpp"
#include "fields/stream_key.hpp"
#include "output.hpp"
#include "rescuestream/json.hpp"
#include "times.hpp"

namespace rescuestream::cli {
namespace {

void add_last_refusal(Details& details, AdminApi& admin, StreamKeyId key) {
    RefusedAttemptFilter filter;
    filter.stream_key_id = key;
    filter.limit = 1;
    const auto found = admin.refusals().list_refused_attempts(filter);
    if (!found) {
        // A server of an earlier release does not know the route.
        if (found.error().code == ErrorCode::kNotFound) return;
        details.add("Last refused", "unknown: " + found.error().message);
        return;
    }
    if (found->empty()) return;
    const RefusedAttempt& attempt = found->front();
    details.add("Last refused",
                fmt::format("{} ago: {}", show_duration(admin.now() - attempt.last_at),
                            show_refusal(attempt)));
    details.add("What to do", explain_refusal(attempt));
}

void add_sharing(Details& details, AdminApi& admin, const StreamKey& key) {
    if (!key.policies.priority || key.revoked_at) return;
    const auto path = keys_of_path(admin, key.playback_path);
    details.add("Its path is",
                path ? show_sharing(*path, key.id) : "unknown: " + path.error().message);
}

Details details_of(AdminApi& admin, const StreamKey& key) {
    const Timestamp now = admin.now();
    Details details;
    details.add("Id", key.id.to_string());
    details.add("Label", key.label.empty() ? "-" : key.label);
    details.add("Broadcaster", show_broadcaster(admin.broadcasters(), key.broadcaster_id));
    details.add("Status", show_status(key, now));
    details.add("Path", key.playback_path);
    const FieldShower show(details);
    fields::for_each_policy(
        [&](const Field& field, auto member) { show(field, key.policies.*member); });
    details.add("Created", show_time(key.created_at, now) +
                               (key.created_by.empty() ? "" : " by " + key.created_by));
    if (key.incident_id) {
        details.add("Incident", key.incident_id->to_string() +
                                    (key.until_closed ? ", until it is closed" : ""));
    }
    details.add("Expires", show_end(key, now));
    if (key.revoked_at) details.add("Revoked", show_time(key.revoked_at, now));
    if (key.blocked_until && *key.blocked_until > now) {
        details.add("Blocked until", show_time(key.blocked_until, now));
    }
    if (key.previous_value_expires_at && *key.previous_value_expires_at > now) {
        details.add("Old value", "valid until " + show_time(*key.previous_value_expires_at, now));
    }
    details.add("Last used", show_time(key.last_used_at, now));
    return details;
}

}  // namespace

bool ends_with_incident(const StreamKey& key) {
    return key.until_closed && key.incident_id;
}

std::string show_end(const StreamKey& key, Timestamp now) {
    const bool with_incident = ends_with_incident(key);
    if (!key.expires_at) return with_incident ? "when its incident is closed" : "never";
    return show_expiry(*key.expires_at, now) +
           (with_incident && *key.expires_at > now ? ", or when its incident is closed" : "");
}

ExitCode show_key(const Program& program, AdminApi& admin, const StreamKey& key) {
    return show_key(program, admin, KeyWithAddresses{key, {}, {}});
}

ExitCode show_key(const Program& program, AdminApi& admin, const KeyWithAddresses& found) {
    const StreamKey& key = found.key;
    const bool has_addresses = found.encoder && found.viewer;
    if (program.options.json) {
        program.host.out << (has_addresses
                                 ? to_json(key, *found.encoder, *found.viewer, admin.now())
                                 : to_json(key, admin.now()))
                         << '\n';
        return ExitCode::kOk;
    }
    if (program.options.quiet) {
        program.host.out << key.id.to_string() << '\n';
        return ExitCode::kOk;
    }
    Details details = details_of(admin, key);
    if (has_addresses) {
        add_addresses(details, *found.encoder);
        add_addresses(details, *found.viewer);
    }
    add_sharing(details, admin, key);
    add_last_refusal(details, admin, key.id);
    details.print(program.host);
    return ExitCode::kOk;
}

}  // namespace rescuestream::cli
