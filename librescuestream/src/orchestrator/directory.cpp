// Broadcasters and the audit log.

#include "fields/validation.hpp"
#include "orchestrator/audit.hpp"
#include "orchestrator/impl.hpp"
#include "support/crypto.hpp"
#include "support/make_uuid.hpp"

namespace rescuestream {
namespace {

// Within this time the same signature may belong to another change with the same content.
constexpr std::chrono::seconds kRepeatable{2};

std::string broadcaster_subject(BroadcasterId id) {
    return "broadcaster " + id.to_string();
}

}  // namespace

Result<Broadcaster> StreamOrchestrator::create_broadcaster(const NewBroadcaster& input,
                                                           const Caller& caller) {
    Validation validation;
    validation.text("/display_name", input.display_name, kMaxName, false);
    validation.no_key_value("/display_name", input.display_name);
    validation.no_key_value("/metadata", input.metadata);
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
        validation.no_key_value("/display_name", *patch.display_name);
    }
    if (patch.metadata) validation.no_key_value("/metadata", *patch.metadata);
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
    Impl* const impl = impl_.get();
    const Timestamp at = now();
    auto deleted = impl->delete_broadcaster(id, force, caller, at);
    // Without `force` the storage may refuse the change, so it is not applied before it is stored.
    if (deleted || !force || !impl->outlasts(deleted.error())) return deleted;
    auto keys = impl->keys_of(id);
    if (!keys) return deleted;
    return impl->refuse_unwritten(
        deleted.error(),
        {broadcaster_subject(id), "delete", *std::move(keys), ClaimDecision::kRevoked, std::nullopt,
         std::nullopt, [impl, id, caller, at] {
             return is_written(impl->delete_broadcaster(id, true, caller, at));
         }});
}

Result<CutoffReport> StreamOrchestrator::Impl::delete_broadcaster(BroadcasterId id, bool force,
                                                                  const Caller& caller,
                                                                  Timestamp at) {
    const auto broadcaster = storage->find_broadcaster(id);
    if (!broadcaster) return broadcaster.error();
    const auto audit = make_audit_entry(
        {"delete", "broadcaster", id.to_string(), {{"display_name", broadcaster->display_name}}},
        caller, at, random);
    auto deleted = changes.delete_broadcaster(nodes, id, force, at, audit);
    if (!deleted) {
        Error error = deleted.error();
        if (error.code == ErrorCode::kConflict) {
            error.message =
                "A stream of this broadcaster is live: revoke its stream keys first, or delete the "
                "broadcaster with force=true, which cuts the stream off.";
        }
        return error;
    }
    return std::move(deleted->cutoff);
}

Result<ChangedBroadcaster> StreamOrchestrator::disable_broadcaster(BroadcasterId id,
                                                                   const Caller& caller) {
    Impl* const impl = impl_.get();
    const Timestamp at = now();
    auto changed = impl->set_broadcaster_disabled(id, true, caller, at);
    if (changed || !impl->outlasts(changed.error())) return changed;
    const auto before = impl->storage->find_broadcaster(id);
    auto keys = impl->keys_of(id);
    if (!before || !keys) return changed;
    return impl->refuse_unwritten(
        changed.error(),
        {broadcaster_subject(id), "disable", *std::move(keys), ClaimDecision::kDisabled,
         std::nullopt, std::nullopt,
         [impl, id, caller, at, seen = before->updated_at]() -> Result<bool> {
             // A later change may have enabled it.
             const auto now_is = impl->storage->find_broadcaster(id);
             if (!now_is) return now_is.error();
             if (now_is->updated_at != seen) return false;
             return is_written(impl->set_broadcaster_disabled(id, true, caller, at));
         }});
}

Result<ChangedBroadcaster> StreamOrchestrator::enable_broadcaster(BroadcasterId id,
                                                                  const Caller& caller) {
    auto unwritten = impl_->unwritten.take(broadcaster_subject(id), "disable");
    auto changed = impl_->set_broadcaster_disabled(id, false, caller, now());
    if (!changed && unwritten) impl_->unwritten.add(*std::move(unwritten));
    return changed;
}

Result<ChangedBroadcaster> StreamOrchestrator::Impl::set_broadcaster_disabled(BroadcasterId id,
                                                                              bool disabled,
                                                                              const Caller& caller,
                                                                              Timestamp at) {
    auto broadcaster = storage->find_broadcaster(id);
    if (!broadcaster) return std::move(broadcaster).error();
    const auto audit = make_audit_entry({disabled ? "disable" : "enable",
                                         "broadcaster",
                                         id.to_string(),
                                         {{"display_name", broadcaster->display_name}}},
                                        caller, at, random);
    auto changed = changes.set_broadcaster_disabled(nodes, id, disabled, at, audit);
    if (!changed) return changed.error();
    ChangedBroadcaster result{*std::move(broadcaster), std::move(changed->cutoff)};
    result.broadcaster.disabled = disabled;
    if (changed->changed) result.broadcaster.updated_at = at;
    return result;
}

Result<AuditPage> StreamOrchestrator::list_audit(const AuditFilter& filter) {
    Validation validation;
    validation.time_range(filter.from, filter.to);
    if (validation.failed()) return std::move(validation).error();
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

Result<bool> StreamOrchestrator::may_use_signature(std::string_view signature,
                                                   Timestamp expires_at) {
    const Timestamp at = now();
    const auto first_seen = impl_->storage->note_signature(sha256(signature), at, expires_at);
    if (!first_seen) return first_seen.error();
    return at - *first_seen <= kRepeatable;
}

}  // namespace rescuestream
