#include "orchestrator/guest_links.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "orchestrator/addresses.hpp"
#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/key_follower.hpp"
#include "orchestrator/nodes.hpp"
#include "rescuestream/settings.hpp"
#include "rescuestream/unreadable_row.hpp"
#include "rules/key.hpp"
#include "support/ascii.hpp"
#include "support/crypto.hpp"
#include "support/guest_secrets.hpp"
#include "support/make_uuid.hpp"
#include "support/text.hpp"
#include "support/validation.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kShortestPin = 6;
constexpr std::size_t kLongestPin = 64;
// Of tokens that a guest link gives out.
constexpr std::string_view kOwnerPrefix = "guest-link:";
// Who has given the PIN is not asked again for so long.
constexpr std::chrono::hours kPassLife{12};

bool is_good_pin(const Secret& pin) {
    const std::string& text = pin.reveal();
    return text.size() >= kShortestPin && text.size() <= kLongestPin &&
           std::all_of(text.begin(), text.end(), is_alphanumeric);
}

// The members that a new link and a change have in common.
void check_members(Validation& validation, const std::optional<std::string>& label,
                   const std::optional<Timestamp>& expires_at, const std::optional<Secret>& pin,
                   const std::optional<std::int64_t>& max_addresses,
                   const std::optional<std::int64_t>& max_viewers, Timestamp now) {
    if (label) {
        validation.text("/label", *label, kMaxName, true);
        validation.no_secret("/label", *label);
    }
    if (expires_at) validation.in_future("/expires_at", *expires_at, now);
    if (pin && !is_good_pin(*pin)) validation.add("/pin", "must be 6 to 64 letters and digits");
    if (max_addresses && (*max_addresses < 1 || *max_addresses > kMostGuestAddresses)) {
        validation.add("/max_addresses", "must be 1 to " + std::to_string(kMostGuestAddresses));
    }
    if (max_viewers && (*max_viewers < 1 || *max_viewers > kMaxTokenSessions)) {
        validation.add("/max_viewers", "must be 1 to " + std::to_string(kMaxTokenSessions));
    }
}

Validation check_input(const NewGuestLink& input, Timestamp now) {
    Validation validation;
    check_members(validation, input.label, input.expires_at, input.pin, input.max_addresses,
                  input.max_viewers, now);
    const bool has_targets =
        !input.targets.broadcaster_ids.empty() || !input.targets.stream_key_ids.empty();
    if (!has_targets && !input.incident_id) {
        validation.add(
            "/stream_key_ids",
            "must name a stream key, or broadcaster_ids a broadcaster, or incident_id an "
            "incident");
    }
    if (!input.expires_at && !input.incident_id) {
        validation.add("/expires_at", "is required without incident_id");
    }
    return validation;
}

Validation check_patch(const GuestLinkPatch& patch, Timestamp now) {
    Validation validation;
    check_members(validation, patch.label, patch.expires_at, patch.pin, patch.max_addresses,
                  patch.max_viewers, now);
    const auto& allowed = resettable_guest_link_members();
    for (std::size_t i = 0; i < patch.reset.size(); ++i) {
        const std::string& name = patch.reset[i];
        const bool is_given = (name == "pin" && patch.pin) ||
                              (name == "expires_at" && patch.expires_at) ||
                              (name == "max_addresses" && patch.max_addresses) ||
                              (name == "max_viewers" && patch.max_viewers);
        const bool is_known = std::find(allowed.begin(), allowed.end(), name) != allowed.end();
        if (is_known && !is_given) continue;
        validation.add("/reset/" + std::to_string(i),
                       "must be " + listed(allowed) + ", and not one that is given too");
    }
    return validation;
}

// For the audit log.
std::string names_of_changes(const GuestLinkPatch& patch) {
    std::string names;
    const auto add = [&](bool is_given, std::string_view name) {
        if (is_given) names.append(names.empty() ? "" : " ").append(name);
    };
    add(patch.label.has_value(), "label");
    add(patch.broadcaster_ids.has_value(), "broadcaster_ids");
    add(patch.stream_key_ids.has_value(), "stream_key_ids");
    add(patch.expires_at || patch.resets("expires_at"), "expires_at");
    add(patch.pin || patch.resets("pin"), "pin");
    add(patch.max_addresses || patch.resets("max_addresses"), "max_addresses");
    add(patch.max_viewers || patch.resets("max_viewers"), "max_viewers");
    return names;
}

// Of an incident.
constexpr std::size_t kMostLinksLookedAt = 20;
// Of a broadcaster or an incident; the newest. A page shows no more.
constexpr std::size_t kMostShownKeys = 500;

void sort_and_limit(std::vector<std::string>& paths) {
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    if (paths.size() > kMostPublicPaths) paths.resize(kMostPublicPaths);
}

std::string_view without_last_slash(std::string_view url) noexcept {
    if (url.ends_with('/')) url.remove_suffix(1);
    return url;
}

}  // namespace

bool GuestLinkPatch::resets(std::string_view member) const {
    return std::find(reset.begin(), reset.end(), member) != reset.end();
}

const std::vector<std::string>& resettable_guest_link_members() {
    static const std::vector<std::string> members{"pin", "expires_at", "max_addresses",
                                                  "max_viewers"};
    return members;
}

std::string guest_link_path(GuestLinkId id) {
    return "watch/" + id.to_string();
}

std::string token_owner(const GuestLinkId& link) {
    return std::string(kOwnerPrefix) + link.to_string();
}

std::optional<GuestLinkId> guest_link_of(std::string_view owner) {
    if (!owner.starts_with(kOwnerPrefix)) return std::nullopt;
    return GuestLinkId::parse(owner.substr(kOwnerPrefix.size()));
}

Result<CreatedGuestLink> GuestLinks::create_guest_link(const NewGuestLink& input,
                                                       const Caller& caller) {
    const Timestamp at = d_.clock.now();
    if (auto validation = check_input(input, at); validation.failed()) {
        return std::move(validation).error();
    }
    if (auto checked = check_targets(input.targets); !checked) return std::move(checked).error();
    const Secret code = make_guest_code(d_.random);
    GuestLinkRow row;
    GuestLink& link = row.link;
    link.id = GuestLinkId(make_uuid(at, d_.random));
    link.label = input.label;
    link.targets = input.targets;
    link.incident_id = input.incident_id;
    link.expires_at = input.expires_at;
    link.max_addresses = input.max_addresses;
    link.max_viewers = input.max_viewers;
    link.created_at = at;
    link.created_by = caller.actor;
    row.digest = sha256(code.reveal());
    if (input.pin) set_pin(row, stored_pin(*input.pin, d_.random));
    auto stored = d_.storage.create_guest_link(row, draft("create", link.id, caller, at));
    if (!stored) return std::move(stored).error();
    std::string address(without_last_slash(d_.settings.public_url));
    address.append(kGuestPath).append(code.reveal());
    return CreatedGuestLink{std::move(link), Secret(std::move(address))};
}

Result<void> GuestLinks::check_targets(const IncidentAssignment& targets) {
    Validation validation;
    const auto& broadcasters = targets.broadcaster_ids;
    const auto& keys = targets.stream_key_ids;
    for (std::size_t i = 0; i < broadcasters.size(); ++i) {
        const auto found = d_.storage.find_broadcaster(broadcasters[i]);
        if (found) continue;
        if (found.error().code != ErrorCode::kNotFound) return found.error();
        validation.add("/broadcaster_ids/" + std::to_string(i), "names no broadcaster");
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto found = d_.storage.find_stream_key(keys[i]);
        if (found) continue;
        if (found.error().code != ErrorCode::kNotFound) return found.error();
        validation.add("/stream_key_ids/" + std::to_string(i), "names no stream key");
    }
    if (validation.failed()) return std::move(validation).error();
    return {};
}

Result<GuestLink> GuestLinks::find_guest_link(GuestLinkId id) {
    auto row = d_.storage.find_guest_link(id);
    if (!row) return std::move(row).error();
    return std::move(row->link);
}

Result<Page<GuestLink>> GuestLinks::list_guest_links(const GuestLinkFilter& filter,
                                                     const PageRequest& page) {
    GuestLinkFilter now = filter;
    now.at = d_.clock.now();
    return d_.storage.list_guest_links(now, page);
}

Result<ChangedGuestLink> GuestLinks::update_guest_link(GuestLinkId id, const GuestLinkPatch& patch,
                                                       const Caller& caller) {
    const Timestamp at = d_.clock.now();
    if (auto validation = check_patch(patch, at); validation.failed()) {
        const auto row = d_.storage.find_guest_link(id);
        return row ? std::move(validation).error() : row.error();
    }
    const IncidentAssignment targets{patch.broadcaster_ids.value_or(std::vector<BroadcasterId>()),
                                     patch.stream_key_ids.value_or(std::vector<StreamKeyId>())};
    if (auto checked = check_targets(targets); !checked) return std::move(checked).error();
    GuestLinkChange change{id, patch, {}, at};
    if (patch.pin) change.pin = stored_pin(*patch.pin, d_.random);
    return d_.storage.update_guest_link(
        change,
        make_audit_draft(
            {"update", "guest_link", id.to_string(), {{"changed", names_of_changes(patch)}}},
            caller, at, d_.random));
}

Result<GuestLink> GuestLinks::close_guest_link(GuestLinkId id, const Caller& caller) {
    const Timestamp at = d_.clock.now();
    return d_.storage.close_guest_link(id, at, draft("close", id, caller, at));
}

Result<GuestLinkRow> GuestLinks::find_open_guest_link(const Secret& code) {
    const Error none{ErrorCode::kNotFound, "There is no such guest link.", {}, {}};
    if (!looks_like_guest_code(code.reveal())) return none;
    auto row = d_.storage.find_guest_link(sha256(code.reveal()));
    if (!row) return row.error().code == ErrorCode::kNotFound ? none : row.error();
    if (!row->link.is_open_at(d_.clock.now())) return none;
    return row;
}

Result<void> GuestLinks::check_unchanged(const GuestLinkRow& row) {
    const auto now = d_.storage.find_guest_link(row.link.id);
    if (!now) return now.error();
    if (*now == row) return {};
    return Error{ErrorCode::kNotFound, "The guest link was closed or changed.", {}, {}};
}

Secret GuestLinks::pass_secret() const {
    return d_.settings.control_secret.empty() ? d_.settings.relay_secret
                                              : d_.settings.control_secret;
}

std::string GuestLinks::make_guest_pass(const GuestLinkRow& row) {
    return guest_pass(pass_secret(), row.link.id.to_string(), row.pin, d_.clock.now() + kPassLife);
}

bool GuestLinks::has_guest_pass(const GuestLinkRow& row, std::string_view pass) {
    return row.pin.empty() ||
           is_guest_pass(pass_secret(), row.link.id.to_string(), row.pin, pass, d_.clock.now());
}

Result<std::vector<GuestStream>> GuestLinks::guest_streams(const GuestLink& link,
                                                           const Caller& caller) {
    const Timestamp at = d_.clock.now();
    auto entered = d_.storage.enter_guest_link(link.id, caller.ip_address,
                                               link.max_addresses.value_or(kMostGuestAddresses), at,
                                               draft("enter", link.id, caller, at));
    if (!entered) return std::move(entered).error();
    auto keys = keys_of(link);
    if (!keys) return std::move(keys).error();
    StreamFilter filter;
    filter.states = {StreamState::kLive};
    auto live = d_.storage.list_streams(filter, {});
    if (!live) return std::move(live).error();
    std::unordered_map<StreamKeyId, const ListedStream*> stream_of;
    std::unordered_map<std::string, const ListedStream*> stream_at;
    for (const auto& stream : live->items) {
        stream_of.emplace(stream.stream_key_id, &stream);
        stream_at.emplace(stream.path, &stream);
    }
    std::vector<GuestStream> streams;
    std::unordered_set<std::string> shared_paths;
    for (const auto& key : *keys) {
        // Viewers see one stream at a path, whichever key has it.
        const bool may_share = key.policies.priority.has_value();
        if (may_share && !shared_paths.insert(key.playback_path).second) continue;
        GuestStream shown;
        shown.name = key.label.empty() ? key.playback_path : key.label;
        const auto own = stream_of.find(key.id);
        const ListedStream* found = own == stream_of.end() ? nullptr : own->second;
        if (may_share) {
            const auto any = stream_at.find(key.playback_path);
            if (any != stream_at.end()) found = any->second;
        }
        if (found != nullptr) {
            const ListedStream& stream = *found;
            const auto node = d_.nodes.find(stream.node);
            shown.is_live = node != nullptr;
            shown.since = stream.started_at;
            shown.broadcaster_name = stream.broadcaster_name;
            const auto policy = policy_of(key);
            if (node && policy == PlaybackPolicy::kSigned) shown.signed_stream = stream.id;
            if (node) {
                shown.addresses = make_viewer_addresses(node->node().addresses, key.playback_path);
            }
        }
        streams.push_back(std::move(shown));
    }
    return streams;
}

// Of the keys that share a path, the strictest policy applies.
PlaybackPolicy GuestLinks::policy_of(const StreamKey& key) {
    const auto own = rules::playback_policy_of(key.policies).value_or(d_.settings.playback_policy);
    if (own == PlaybackPolicy::kSigned || !key.policies.priority) return own;
    return d_.keys.playback_policy(key.playback_path, d_.clock.now(), d_.settings.playback_policy);
}

std::vector<std::string> GuestLinks::public_paths(const GuestLink& link) {
    std::vector<std::string> paths;
    if (!link.is_open_at(d_.clock.now())) return paths;
    const auto keys = keys_of(link);
    if (!keys) return paths;
    for (const auto& key : *keys) {
        const auto policy = policy_of(key);
        if (policy == PlaybackPolicy::kPublic) paths.push_back(key.playback_path);
    }
    sort_and_limit(paths);
    return paths;
}

std::vector<std::string> GuestLinks::public_paths(IncidentId incident) {
    GuestLinkFilter filter;
    filter.incident_id = incident;
    PageRequest page;
    page.limit = kMostLinksLookedAt;
    const auto links = d_.storage.list_guest_links(filter, page);
    std::vector<std::string> paths;
    if (!links) return paths;
    for (const auto& link : links->items) {
        const auto some = public_paths(link);
        paths.insert(paths.end(), some.begin(), some.end());
    }
    sort_and_limit(paths);
    return paths;
}

// Without those that have ended.
Result<std::vector<StreamKey>> GuestLinks::keys_of(const GuestLink& link) {
    std::vector<StreamKey> keys;
    PageRequest most;
    most.limit = kMostShownKeys;
    const auto add = [&](StreamKeyFilter filter) -> Result<void> {
        filter.status = StreamKeyStatus::kActive;
        filter.at = d_.clock.now();
        auto found = d_.storage.list_stream_keys(filter, most);
        if (!found) return std::move(found).error();
        for (auto& key : found->items) keys.push_back(std::move(key));
        return {};
    };
    for (const auto& id : link.targets.broadcaster_ids) {
        StreamKeyFilter filter;
        filter.broadcaster_id = id;
        if (auto added = add(filter); !added) return std::move(added).error();
    }
    for (const auto& id : link.targets.stream_key_ids) {
        auto key = d_.storage.find_stream_key(id);
        if (key) {
            keys.push_back(*std::move(key));
        } else if (key.error().code != ErrorCode::kNotFound &&
                   !is_about_unreadable_row(key.error())) {
            return std::move(key).error();
        }
    }
    if (link.targets == IncidentAssignment{} && link.incident_id) {
        StreamKeyFilter filter;
        filter.incident_id = link.incident_id;
        if (auto added = add(filter); !added) return std::move(added).error();
    }
    std::erase_if(keys, [](const StreamKey& key) { return key.revoked_at.has_value(); });
    std::sort(keys.begin(), keys.end(), [](const StreamKey& a, const StreamKey& b) {
        return std::tie(a.label, a.playback_path, a.id) < std::tie(b.label, b.playback_path, b.id);
    });
    keys.erase(std::unique(keys.begin(), keys.end(),
                           [](const StreamKey& a, const StreamKey& b) { return a.id == b.id; }),
               keys.end());
    return keys;
}

AuditDraft GuestLinks::draft(std::string_view action, GuestLinkId id, const Caller& caller,
                             Timestamp at) {
    return make_audit_draft({action, "guest_link", id.to_string(), {}}, caller, at, d_.random);
}

}  // namespace rescuestream
