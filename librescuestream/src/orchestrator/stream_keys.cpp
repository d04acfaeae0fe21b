#include "orchestrator/stream_keys.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fields/check.hpp"
#include "fields/stream_key.hpp"
#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/key_changes.hpp"
#include "orchestrator/key_follower.hpp"
#include "orchestrator/nodes.hpp"
#include "orchestrator/unwritten.hpp"
#include "orchestrator/visibility.hpp"
#include "orchestrator/withdrawals.hpp"
#include "rules/path.hpp"
#include "rules/path_pattern.hpp"
#include "support/make_uuid.hpp"
#include "support/text.hpp"

namespace rescuestream {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::size_t kGeneratedPathCharacters = 12;
constexpr seconds kLongestOverlap{hours(24 * 7)};

// Returns `live/` and 12 characters of base32 (60 random bits), so that the address of a stream
// cannot be guessed.
std::string generate_playback_path(RandomSource& random) {
    constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
    std::array<std::uint8_t, kGeneratedPathCharacters> bytes{};
    random.fill(bytes);
    std::string path = "live/";
    for (const auto byte : bytes) path += kAlphabet[byte % kAlphabet.size()];
    return path;
}

std::string key_subject(StreamKeyId id) {
    return "stream key " + id.to_string();
}

// What may be reset: each name once or more, and none that is given too.
void check_reset(Validation& validation, const StreamKeyPatch& patch) {
    const auto allowed = fields::resettable_fields();
    for (std::size_t i = 0; i < patch.reset.size(); ++i) {
        const std::string& name = patch.reset[i];
        const bool is_good = std::find(allowed.begin(), allowed.end(), name) != allowed.end() &&
                             !fields::is_given(patch, name);
        if (is_good) continue;
        validation.add("/reset/" + std::to_string(i),
                       "must be " + listed(allowed) + ", and not one that is given too");
    }
}

void no_broadcaster(Validation& validation) {
    validation.add("/broadcaster_id", "names no broadcaster");
}

template <class T>
bool is_not_found(const Result<T>& result) {
    return !result && result.error().code == ErrorCode::kNotFound;
}

// A restricted reader does not learn who else works with the installation.
void hide_others(StreamKey& key, const ApiCredential* reader) {
    key.created_by = visible_actor(std::move(key.created_by), reader);
}

// The changed key as the caller may see it.
StreamKey changed_key_of(KeyChanges::Done& done, const Caller& caller) {
    StreamKey key = std::move(done.keys.front());
    hide_others(key, caller.credential.get());
    return key;
}

// Of one path: those that were revoked stay listed.
constexpr std::size_t kMostOwners = 100;

// Names the key that has the path to a caller who may read keys.
std::optional<std::string> name_of_owner(const std::string& path, const Caller& caller,
                                         CountedStorage& storage) {
    if (caller.credential && !caller.credential->scopes.permit(Scope::kKeysRead)) {
        return std::nullopt;
    }
    StreamKeyFilter filter;
    filter.playback_path = path;
    PageRequest page;
    page.limit = kMostOwners;
    const auto keys = storage.list_stream_keys(filter, page);
    if (!keys) return std::nullopt;
    const auto owner = std::find_if(keys->items.begin(), keys->items.end(),
                                    [](const StreamKey& key) { return !key.revoked_at; });
    if (owner == keys->items.end()) return std::nullopt;
    return (owner->label.empty() ? "" : "\"" + owner->label + "\" ") + "(" + owner->id.to_string() +
           ")";
}

// The other key may belong to somebody whom the caller does not see, unless it is another key of
// the same broadcaster that does not share its path.
void explain_taken_path(Error& error, const Caller& caller, const std::string& path,
                        CountedStorage& storage) {
    if (error.fields.front().detail == rules::kTakenAlone) {
        const auto owner = name_of_owner(path, caller, storage);
        if (!owner) return;
        error.message = "The stream key " + *owner +
                        " has this playback path, and no priority, so it has the path alone. Give "
                        "that key a priority first, or choose another path.";
        return;
    }
    // Another refusal says already why the keys, which have one broadcaster, may not share the
    // path.
    if (error.fields.front().detail != rules::kTakenPath) return;
    if (is_restricted(caller.credential.get())) {
        error.message = "The playback path is not available. Choose another one.";
        error.fields = {{"/playback_path", "is not available"}};
        return;
    }
    const auto owner = name_of_owner(path, caller, storage);
    error.message = "The playback path is taken by " +
                    (owner ? "the stream key " + *owner : "another stream key") +
                    ". Choose another one, or revoke that key.";
}

}  // namespace

Result<CreatedStreamKey> StreamKeys::create_stream_key(const NewStreamKey& input,
                                                       const Caller& caller) {
    if (!sees(caller.credential.get(), input.broadcaster_id)) {
        Error error = restricted_error(
            "Your credential is restricted to other broadcasters than that of the key.");
        error.fields = {{"/broadcaster_id", "is not one of your credential's broadcasters"}};
        return error;
    }
    const Timestamp at = d_.clock.now();
    Validation validation;
    fields::for_each_field(input, fields::Check(validation, at));
    if (input.until_closed && !input.incident_id) {
        validation.add("/incident_id", "is required with until_closed");
    }
    if (validation.failed()) {
        if (is_not_found(d_.storage.find_broadcaster(input.broadcaster_id)))
            no_broadcaster(validation);
        return std::move(validation).error();
    }
    if (input.incident_id) {
        const auto is_seen = sees_incident(*input.incident_id, caller.credential.get());
        if (!is_seen) return is_seen.error();
        if (!*is_seen) return unseen_incident();
    }

    CreatedStreamKey created{{}, generate_key_value(d_.random)};
    StreamKey& key = created.key;
    key.id = StreamKeyId(make_uuid(at, d_.random));
    key.broadcaster_id = input.broadcaster_id;
    key.label = input.label.value_or("");
    key.playback_path = input.playback_path.value_or(generate_playback_path(d_.random));
    if (rules::matches_any(d_.settings.ignore_paths, key.playback_path)) {
        validation.add("/playback_path",
                       "is one of this installation's IGNORE_PATHS (" + key.playback_path + ")");
        return std::move(validation).error();
    }
    // A helper that publishes there would be removed.
    if (rules::matches_any(d_.settings.helper_paths, key.playback_path)) {
        validation.add(
            "/playback_path",
            "is one of this installation's HELPER_PATHS (" + key.playback_path +
                "), to which programs publish that MediaMTX starts: choose another path, "
                "or take it out of that setting");
        return std::move(validation).error();
    }
    key.policies = input.policies;
    key.created_at = at;
    key.expires_at = input.expires_at;
    key.incident_id = input.incident_id;
    key.until_closed = input.until_closed;
    key.created_by = caller.actor;
    auto stored = d_.changes.create({key, digest_key_value(created.value.reveal())},
                                    audit_of_key("create", key.id, caller, at));
    if (is_not_found(stored)) {
        no_broadcaster(validation);
        return std::move(validation).error();
    }
    if (!stored) {
        Error error = stored.error();
        if (error.code == ErrorCode::kConflict && !error.fields.empty()) {
            explain_taken_path(error, caller, key.playback_path, d_.storage);
        }
        return error;
    }
    key = *std::move(stored);
    return created;
}

// A restricted credential sees the incidents to which one of its broadcasters or of their keys is
// assigned.
Result<bool> StreamKeys::sees_incident(IncidentId id, const ApiCredential* reader) {
    if (!is_restricted(reader)) return true;
    for (const auto owner : reader->broadcasters) {
        const auto broadcaster = d_.storage.find_broadcaster(owner);
        if (broadcaster && broadcaster->incident_id == id) return true;
        if (!broadcaster && broadcaster.error().code != ErrorCode::kNotFound) {
            return broadcaster.error();
        }
        StreamKeyFilter filter;
        filter.broadcaster_id = owner;
        filter.incident_id = id;
        PageRequest one;
        one.limit = 1;
        const auto keys = d_.storage.list_stream_keys(filter, one);
        if (!keys) return keys.error();
        if (!keys->items.empty()) return true;
    }
    return false;
}

Result<StreamKey> StreamKeys::find_stream_key(StreamKeyId id, const ApiCredential* reader) {
    auto found = if_seen(d_.storage.find_stream_key(id), reader, kUnseenKey,
                         [](const StreamKey& key) { return key.broadcaster_id; });
    if (found) hide_others(*found, reader);
    return found;
}

std::optional<Error> StreamKeys::hidden(StreamKeyId id, const Caller& caller) {
    if (!is_restricted(caller.credential.get())) return std::nullopt;
    auto found = find_stream_key(id, caller.credential.get());
    return found ? std::nullopt : std::optional(std::move(found).error());
}

Result<Page<StreamKey>> StreamKeys::list_stream_keys(const StreamKeyFilter& filter,
                                                     const PageRequest& page,
                                                     const ApiCredential* reader) {
    StreamKeyFilter now = filter;
    now.at = d_.clock.now();
    if (!is_restricted(reader)) return d_.storage.list_stream_keys(now, page);
    auto merged = merged_page<StreamKey>(
        *reader, page,
        [&](BroadcasterId id) -> Result<Page<StreamKey>> {
            if (filter.broadcaster_id && *filter.broadcaster_id != id) return Page<StreamKey>{};
            now.broadcaster_id = id;
            return d_.storage.list_stream_keys(now, page);
        },
        [](const StreamKey& key) {
            return Cursor{key.created_at, key.id.uuid()};
        });
    if (!merged) return merged;
    for (auto& key : merged->items) hide_others(key, reader);
    return merged;
}

Result<KeyListChanges> StreamKeys::key_list_after(const std::string& place) {
    return d_.storage.key_list_after(place);
}

AuditDraft StreamKeys::audit_of_key(std::string_view action, StreamKeyId id, const Caller& caller,
                                    Timestamp at) {
    return make_audit_draft({action, "stream_key", id.to_string(), {}}, caller, at, d_.random);
}

Result<RevokedStreamKey> StreamKeys::revoke_stream_key(StreamKeyId id, const Caller& caller) {
    if (auto error = hidden(id, caller)) return *std::move(error);
    const Timestamp at = d_.clock.now();
    auto revoked = revoke_key(id, caller, at);
    if (revoked) return revoked;
    return d_.withdrawals.refuse_unwritten(revoked.error(),
                                           {key_subject(id),
                                            "revoke",
                                            {id},
                                            ClaimDecision::kRevoked,
                                            std::nullopt,
                                            std::nullopt,
                                            [this, id, caller = unconditional(caller), at] {
                                                return is_written(revoke_key(id, caller, at));
                                            }});
}

Result<RevokedStreamKey> StreamKeys::revoke_key(StreamKeyId id, const Caller& caller,
                                                Timestamp at) {
    // When it is written, which may be later: see rules::kLatestSeal.
    const auto audit = audit_of_key("delete", id, caller, d_.clock.now());
    auto revoked = d_.changes.revoke(d_.nodes, id, at, audit);
    if (!revoked) return revoked.error();
    return RevokedStreamKey{changed_key_of(*revoked, caller), std::move(revoked->cutoff)};
}

Result<StreamKey> StreamKeys::update_stream_key(StreamKeyId id, const StreamKeyPatch& patch,
                                                const Caller& caller) {
    if (auto error = hidden(id, caller)) return *std::move(error);
    const Timestamp at = d_.clock.now();
    Validation validation;
    fields::for_each_field(patch, fields::Check(validation, at));
    check_reset(validation, patch);
    if (validation.failed()) {
        const auto key = d_.storage.find_stream_key(id);
        return key ? std::move(validation).error() : key.error();
    }

    const StreamKeyChange change{patch, id, std::nullopt};
    const auto audit = audit_of_key("update", id, caller, at);
    auto updated = d_.changes.update(d_.nodes, change, at, audit);
    if (!updated) return updated.error();
    return changed_key_of(*updated, caller);
}

Result<ChangedStreamKey> StreamKeys::disable_stream_key(StreamKeyId id, const Caller& caller) {
    if (auto error = hidden(id, caller)) return *std::move(error);
    const Timestamp at = d_.clock.now();
    auto changed = set_key_disabled(id, true, caller, at);
    if (changed) return changed;
    // Memory may not have the newest change of the key yet, which is then taken for a later one.
    if (d_.withdrawals.outlasts(changed.error()) && !d_.keys.is_cut_off()) d_.keys.await_changes();
    const auto before = d_.keys.trace_of(id);
    return d_.withdrawals.refuse_unwritten(
        changed.error(), {key_subject(id),
                          "disable",
                          {id},
                          ClaimDecision::kDisabled,
                          std::nullopt,
                          std::nullopt,
                          [this, id, caller = unconditional(caller), at, before]() -> Result<bool> {
                              // A later change may have enabled the key.
                              const auto now_is = d_.keys.trace_of(id);
                              if (!before || !now_is || now_is->revision != before->revision)
                                  return false;
                              return is_written(set_key_disabled(id, true, caller, at));
                          }});
}

Result<ChangedStreamKey> StreamKeys::enable_stream_key(StreamKeyId id, const Caller& caller) {
    if (auto error = hidden(id, caller)) return *std::move(error);
    auto unwritten = d_.unwritten.take(key_subject(id), "disable");
    auto changed = set_key_disabled(id, false, caller, d_.clock.now());
    if (!changed && unwritten) d_.unwritten.add(*std::move(unwritten));
    return changed;
}

Result<ChangedStreamKey> StreamKeys::set_key_disabled(StreamKeyId id, bool disabled,
                                                      const Caller& caller, Timestamp at) {
    const StreamKeyChange change{{}, id, disabled};
    const auto audit = audit_of_key(disabled ? "disable" : "enable", id, caller, d_.clock.now());
    auto changed = d_.changes.update(d_.nodes, change, at, audit);
    if (!changed) return changed.error();
    return ChangedStreamKey{changed_key_of(*changed, caller), std::move(changed->cutoff)};
}

Result<RotatedStreamKey> StreamKeys::rotate_stream_key(StreamKeyId id, seconds overlap,
                                                       const Caller& caller) {
    if (auto error = hidden(id, caller)) return *std::move(error);
    Validation validation;
    validation.duration("/overlap_seconds", overlap, seconds(0), kLongestOverlap);
    if (validation.failed()) return std::move(validation).error();

    const Timestamp at = d_.clock.now();
    Secret value = generate_key_value(d_.random);
    StreamKeyRotation rotation;
    rotation.id = id;
    rotation.digest = digest_key_value(value.reveal());
    if (overlap.count() > 0) rotation.overlap_until = at + overlap;
    const auto audit = audit_of_key("rotate", id, caller, at);
    auto rotated = d_.changes.rotate(d_.nodes, rotation, at, audit);
    if (!rotated) return rotated.error();
    return RotatedStreamKey{changed_key_of(*rotated, caller), std::move(value),
                            std::move(rotated->cutoff)};
}

}  // namespace rescuestream
