// Broadcasters, stream keys and the record.

#include <array>

#include "orchestrator/audit.hpp"
#include "orchestrator/impl.hpp"
#include "orchestrator/validation.hpp"
#include "support/make_uuid.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kMaxName = 255;
constexpr std::size_t kGeneratedPathCharacters = 12;

// What a person calls the key.
std::string_view name_of(const StreamKey& key) noexcept {
    return key.label.empty() ? key.playback_path : key.label;
}

// `live/` and 12 characters of base32 (60 random bits): nobody guesses the address of a stream.
std::string generate_playback_path(RandomSource& random) {
    constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
    std::array<std::uint8_t, kGeneratedPathCharacters> bytes{};
    random.fill(bytes);
    std::string path = "live/";
    for (const auto byte : bytes) path += kAlphabet[byte % kAlphabet.size()];
    return path;
}

}  // namespace

Result<Broadcaster> StreamOrchestrator::create_broadcaster(const NewBroadcaster& input,
                                                           const Caller& caller) {
    Validation validation;
    validation.text("/display_name", input.display_name, kMaxName, false);
    if (validation.failed()) return std::move(validation).error();

    Broadcaster broadcaster;
    broadcaster.created_at = broadcaster.updated_at = now();
    broadcaster.id = BroadcasterId(make_uuid(broadcaster.created_at, impl_->random));
    broadcaster.display_name = input.display_name;
    broadcaster.metadata = input.metadata;
    const auto audit = make_audit_entry({"create",
                                         "broadcaster",
                                         broadcaster.id.to_string(),
                                         {{"display_name", input.display_name}}},
                                        caller, broadcaster.created_at, impl_->random);
    const auto created = impl_->storage->create_broadcaster(broadcaster, audit);
    if (!created) return created.error();
    return broadcaster;
}

Result<Broadcaster> StreamOrchestrator::find_broadcaster(BroadcasterId id) {
    return impl_->storage->find_broadcaster(id);
}

Result<Page<Broadcaster>> StreamOrchestrator::list_broadcasters(const PageRequest& page) {
    return impl_->storage->list_broadcasters(page);
}

Result<Broadcaster> StreamOrchestrator::update_broadcaster(BroadcasterId id,
                                                           const BroadcasterPatch& patch,
                                                           const Caller& caller) {
    Validation validation;
    if (patch.display_name) {
        validation.text("/display_name", *patch.display_name, kMaxName, false);
    }
    if (validation.failed()) return std::move(validation).error();

    auto broadcaster = impl_->storage->find_broadcaster(id);
    if (!broadcaster) return broadcaster;
    if (patch.display_name) broadcaster->display_name = *patch.display_name;
    if (patch.metadata) broadcaster->metadata = *patch.metadata;
    broadcaster->updated_at = now();
    const auto audit = make_audit_entry(
        {"update", "broadcaster", id.to_string(), {{"display_name", broadcaster->display_name}}},
        caller, broadcaster->updated_at, impl_->random);
    const auto updated = impl_->storage->update_broadcaster(*broadcaster, audit);
    if (!updated) return updated.error();
    return broadcaster;
}

Result<CutoffReport> StreamOrchestrator::delete_broadcaster(BroadcasterId id, bool force,
                                                            const Caller& caller) {
    const auto broadcaster = impl_->storage->find_broadcaster(id);
    if (!broadcaster) return broadcaster.error();
    const Timestamp at = now();
    const auto audit = make_audit_entry(
        {"delete", "broadcaster", id.to_string(), {{"display_name", broadcaster->display_name}}},
        caller, at, impl_->random);
    const auto deleted = impl_->storage->delete_broadcaster(id, force, at, audit);
    if (!deleted) {
        Error error = deleted.error();
        if (error.code == ErrorCode::kConflict) {
            error.message =
                "A stream of this broadcaster is live: revoke its stream keys first, or delete the "
                "broadcaster with force=true, which cuts the stream off.";
        }
        return error;
    }
    return impl_->cutoffs.carry_out(deleted->cutoffs);
}

Result<CreatedStreamKey> StreamOrchestrator::create_stream_key(const NewStreamKey& input,
                                                               const Caller& caller) {
    const Timestamp at = now();
    Validation validation;
    validation.text("/label", input.label, kMaxName, true);
    if (input.playback_path) validation.path_name("/playback_path", *input.playback_path);
    if (input.expires_at) validation.in_future("/expires_at", *input.expires_at, at);
    const auto broadcaster = impl_->storage->find_broadcaster(input.broadcaster_id);
    if (!broadcaster) {
        if (broadcaster.error().code != ErrorCode::kNotFound) return broadcaster.error();
        validation.add("/broadcaster_id", "names no broadcaster");
    }
    if (validation.failed()) return std::move(validation).error();

    CreatedStreamKey created{{}, generate_key_value(impl_->random)};
    StreamKey& key = created.key;
    key.id = StreamKeyId(make_uuid(at, impl_->random));
    key.broadcaster_id = input.broadcaster_id;
    key.label = input.label;
    key.playback_path = input.playback_path.value_or(generate_playback_path(impl_->random));
    key.policies.on_duplicate = input.on_duplicate;
    key.created_at = at;
    key.expires_at = input.expires_at;
    const auto audit = make_audit_entry({"create",
                                         "stream_key",
                                         key.id.to_string(),
                                         {{"broadcaster_name", broadcaster->display_name},
                                          {"key_name", name_of(key)},
                                          {"playback_path", key.playback_path}}},
                                        caller, at, impl_->random);
    const auto stored =
        impl_->storage->create_stream_key({key, digest_key_value(created.value.reveal())}, audit);
    if (!stored) {
        Error error = stored.error();
        if (error.code == ErrorCode::kConflict) {
            error.message =
                "The playback path is taken by another stream key. Choose another one, or revoke "
                "that key.";
            error.fields = {{"/playback_path", "is taken by another stream key"}};
        }
        return error;
    }
    return created;
}

Result<StreamKey> StreamOrchestrator::find_stream_key(StreamKeyId id) {
    return impl_->storage->find_stream_key(id);
}

Result<Page<StreamKey>> StreamOrchestrator::list_stream_keys(const StreamKeyFilter& filter,
                                                             const PageRequest& page) {
    return impl_->storage->list_stream_keys(filter, page);
}

Result<RevokedStreamKey> StreamOrchestrator::revoke_stream_key(StreamKeyId id,
                                                               const Caller& caller) {
    const auto key = impl_->storage->find_stream_key(id);
    if (!key) return key.error();
    const auto broadcaster = impl_->storage->find_broadcaster(key->broadcaster_id);
    const Timestamp at = now();
    const auto audit = make_audit_entry(
        {"delete",
         "stream_key",
         id.to_string(),
         {{"broadcaster_name", broadcaster ? broadcaster->display_name : std::string_view{}},
          {"key_name", name_of(*key)},
          {"playback_path", key->playback_path}}},
        caller, at, impl_->random);
    auto revoked = impl_->storage->revoke_stream_key(id, at, audit);
    if (!revoked) return std::move(revoked).error();
    RevokedStreamKey result{*key, impl_->cutoffs.carry_out(revoked->cutoffs)};
    if (!revoked->keys.empty()) result.key = revoked->keys.front();
    return result;
}

Result<AuditPage> StreamOrchestrator::list_audit(const AuditFilter& filter) {
    return impl_->storage->list_audit(filter);
}

Result<AuditEntry> StreamOrchestrator::record_audit_event(const NewAuditEvent& input,
                                                          const Caller& caller) {
    auto entry = make_audit_entry(input, caller, now(), impl_->random);
    if (!entry) return entry;
    const auto stored = impl_->storage->append_audit(*entry);
    if (!stored) return stored.error();
    return entry;
}

}  // namespace rescuestream
