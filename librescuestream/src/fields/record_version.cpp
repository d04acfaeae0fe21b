#include "rescuestream/record_version.hpp"

#include <span>

#include "fields/stream_key_json.hpp"
#include "rescuestream/api_credentials.hpp"
#include "rescuestream/guest_links.hpp"
#include "rescuestream/incidents.hpp"
#include "rescuestream/playback.hpp"
#include "support/crypto.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kBytes = 16;

/// Collects members so that two different records never give the same text.
class VersionText {
public:
    VersionText& add(std::string_view text) {
        text_.append(std::to_string(text.size())).append(":").append(text);
        return *this;
    }
    VersionText& add(bool flag) { return add(std::string_view(flag ? "1" : "0")); }
    VersionText& add(Timestamp time) {
        return add(std::string_view(std::to_string(time.time_since_epoch().count())));
    }
    VersionText& add(const std::optional<Timestamp>& time) {
        return time ? add(*time) : add(std::string_view("never"));
    }

    VersionText& add(const std::optional<IncidentId>& id) {
        return add(std::string_view(id ? id->to_string() : std::string()));
    }

    std::string version() const {
        const auto digest = sha256(text_);
        return base64url_encode(std::span(digest).first(kBytes));
    }

private:
    std::string text_;
};

}  // namespace

std::string record_version(const Broadcaster& broadcaster) {
    return VersionText()
        .add(broadcaster.id.to_string())
        .add(broadcaster.display_name)
        .add(broadcaster.metadata.text())
        .add(broadcaster.disabled)
        .add(broadcaster.incident_id)
        .add(broadcaster.created_at)
        .add(broadcaster.updated_at)
        .version();
}

std::string record_version(const StreamKey& key) {
    const auto& policies = key.policies;
    return VersionText()
        .add(key.id.to_string())
        .add(key.broadcaster_id.to_string())
        .add(key.label)
        .add(key.playback_path)
        .add(policies.playback_policy ? to_string(*policies.playback_policy) : std::string_view())
        .add(policies.on_duplicate ? to_string(*policies.on_duplicate) : std::string_view())
        .add(fields::stored_policies(policies))
        .add(key.disabled)
        .add(key.created_at)
        .add(key.expires_at)
        .add(key.revoked_at)
        .add(key.blocked_until)
        .add(key.previous_value_expires_at)
        .add(key.rotated_at)
        .add(key.incident_id)
        .add(key.until_closed)
        .version();
}

// Every change sets `updated_at`. Its addresses may be those of each program's settings, and a
// digest of its password would let a reader guess it.
std::string record_version(const Node& node) {
    return VersionText()
        .add(node.name)
        .add(node.label)
        .add(node.draining)
        .add(node.created_at)
        .add(node.updated_at)
        .version();
}

// Every change sets `updated_at`. A rotation changes nothing else.
std::string record_version(const ApiCredential& credential) {
    VersionText text;
    text.add(credential.id.value)
        .add(credential.label)
        .add(credential.created_at)
        .add(credential.updated_at)
        .add(credential.expires_at)
        .add(credential.revoked_at)
        .add(credential.previous_secret_expires_at);
    for (const Scope scope : credential.scopes.all()) text.add(to_string(scope));
    text.add(std::string_view("addresses"));
    for (const auto& range : credential.allowed_addresses) text.add(range.text());
    text.add(std::string_view("broadcasters"));
    for (const auto& id : credential.broadcasters) text.add(id.to_string());
    return text.version();
}

// Every change sets `updated_at`, an assignment too.
std::string record_version(const Incident& incident) {
    return VersionText()
        .add(incident.id.to_string())
        .add(incident.name)
        .add(incident.reference)
        .add(incident.metadata.text())
        .add(incident.created_at)
        .add(incident.updated_at)
        .add(incident.closed_at)
        .version();
}

std::string record_version(const GuestLink& link) {
    VersionText text;
    text.add(link.id.to_string()).add(link.label).add(link.created_at).add(link.expires_at);
    text.add(link.closed_at).add(link.pin_mark);
    text.add(std::to_string(link.max_addresses.value_or(0)));
    text.add(std::to_string(link.max_viewers.value_or(0)));
    text.add(std::to_string(link.targets.broadcaster_ids.size()));
    for (const auto& id : link.targets.broadcaster_ids) text.add(id.to_string());
    for (const auto& id : link.targets.stream_key_ids) text.add(id.to_string());
    return text.version();
}

// It can only be ended.
std::string record_version(const PlaybackKey& key) {
    return VersionText()
        .add(key.id)
        .add(key.issuer)
        .add(key.label)
        .add(key.created_at)
        .add(key.expires_at)
        .version();
}

}  // namespace rescuestream
