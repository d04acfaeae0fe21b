#include "orchestrator/broadcasters.hpp"

#include <string>
#include <utility>

#include "fields/broadcaster.hpp"
#include "fields/check.hpp"
#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/key_changes.hpp"
#include "orchestrator/nodes.hpp"
#include "orchestrator/unwritten.hpp"
#include "orchestrator/visibility.hpp"
#include "orchestrator/withdrawals.hpp"
#include "rescuestream/unreadable_row.hpp"
#include "support/make_uuid.hpp"

namespace rescuestream {
namespace {

std::string broadcaster_subject(BroadcasterId id) {
    return "broadcaster " + id.to_string();
}

}  // namespace

Result<Broadcaster> Broadcasters::create_broadcaster(const NewBroadcaster& input,
                                                     const Caller& caller) {
    Validation validation;
    const Timestamp at = d_.clock.now();
    fields::for_each_field(input, fields::Check(validation, at));
    if (validation.failed()) return std::move(validation).error();
    if (is_restricted(caller.credential.get())) {
        return restricted_error(
            "Your credential is restricted to its broadcasters, so it cannot add another one.");
    }

    const Broadcaster broadcaster{input, BroadcasterId(make_uuid(at, d_.random)), at, at};
    const auto created =
        d_.storage.create_broadcaster(broadcaster, draft("create", broadcaster.id, caller, at));
    if (!created) return created.error();
    return broadcaster;
}

Result<Broadcaster> Broadcasters::find_broadcaster(BroadcasterId id, const ApiCredential* reader) {
    return if_seen(d_.storage.find_broadcaster(id), reader, kUnseenBroadcaster,
                   [](const Broadcaster& found) { return found.id; });
}

Result<Page<Broadcaster>> Broadcasters::list_broadcasters(const PageRequest& page,
                                                          const ApiCredential* reader) {
    if (!is_restricted(reader)) return d_.storage.list_broadcasters(page);
    const auto place = [](const Broadcaster& each) {
        return Cursor{each.created_at, each.id.uuid()};
    };
    return merged_page<Broadcaster>(
        *reader, page,
        [&](BroadcasterId id) -> Result<Page<Broadcaster>> {
            auto found = d_.storage.find_broadcaster(id);
            if (!found && (found.error().code == ErrorCode::kNotFound ||
                           is_about_unreadable_row(found.error()))) {
                return Page<Broadcaster>{};
            }
            if (!found) return std::move(found).error();
            if (page.after && place(*found) >= *page.after) return Page<Broadcaster>{};
            return Page<Broadcaster>{{*std::move(found)}, std::nullopt};
        },
        place);
}

std::optional<Error> Broadcasters::hidden(BroadcasterId id, const Caller& caller) {
    if (sees(caller.credential.get(), id)) return std::nullopt;
    return Error{ErrorCode::kNotFound, kUnseenBroadcaster, {}, {}};
}

Result<Broadcaster> Broadcasters::update_broadcaster(BroadcasterId id,
                                                     const BroadcasterPatch& patch,
                                                     const Caller& caller) {
    if (auto error = hidden(id, caller)) return *std::move(error);
    Validation validation;
    const Timestamp at = d_.clock.now();
    fields::for_each_field(patch, fields::Check(validation, at));
    if (validation.failed()) return std::move(validation).error();
    return d_.storage.update_broadcaster(id, patch, at, draft("update", id, caller, at));
}

Result<CutoffReport> Broadcasters::delete_broadcaster(BroadcasterId id, bool force,
                                                      const Caller& caller) {
    if (auto error = hidden(id, caller)) return *std::move(error);
    const Timestamp at = d_.clock.now();
    auto deleted = delete_broadcaster(id, force, caller, at);
    // Without `force` the storage may refuse the change, so it is not applied before it is stored.
    if (deleted || !force || !d_.withdrawals.outlasts(deleted.error())) return deleted;
    auto keys = keys_of(id);
    if (!keys) return deleted;
    return d_.withdrawals.refuse_unwritten(
        deleted.error(),
        {broadcaster_subject(id), "delete", *std::move(keys), ClaimDecision::kRevoked, std::nullopt,
         std::nullopt, [this, id, caller = unconditional(caller), at] {
             return is_written(delete_broadcaster(id, true, caller, at));
         }});
}

Result<CutoffReport> Broadcasters::delete_broadcaster(BroadcasterId id, bool force,
                                                      const Caller& caller, Timestamp at) {
    auto deleted = d_.changes.delete_broadcaster(d_.nodes, id, force, at,
                                                 draft("delete", id, caller, d_.clock.now()));
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

Result<ChangedBroadcaster> Broadcasters::disable_broadcaster(BroadcasterId id,
                                                             const Caller& caller) {
    if (auto error = hidden(id, caller)) return *std::move(error);
    const Timestamp at = d_.clock.now();
    auto changed = set_broadcaster_disabled(id, true, caller, at);
    if (changed || !d_.withdrawals.outlasts(changed.error())) return changed;
    const auto before = d_.storage.find_broadcaster(id);
    auto keys = keys_of(id);
    if (!before || !keys) return changed;
    return d_.withdrawals.refuse_unwritten(
        changed.error(), {broadcaster_subject(id), "disable", *std::move(keys),
                          ClaimDecision::kDisabled, std::nullopt, std::nullopt,
                          [this, id, caller = unconditional(caller), at,
                           seen = before->updated_at]() -> Result<bool> {
                              // A later change may have enabled it.
                              const auto now_is = d_.storage.find_broadcaster(id);
                              if (!now_is) return now_is.error();
                              if (now_is->updated_at != seen) return false;
                              return is_written(set_broadcaster_disabled(id, true, caller, at));
                          }});
}

Result<ChangedBroadcaster> Broadcasters::enable_broadcaster(BroadcasterId id,
                                                            const Caller& caller) {
    if (auto error = hidden(id, caller)) return *std::move(error);
    auto unwritten = d_.unwritten.take(broadcaster_subject(id), "disable");
    auto changed = set_broadcaster_disabled(id, false, caller, d_.clock.now());
    if (!changed && unwritten) d_.unwritten.add(*std::move(unwritten));
    return changed;
}

Result<ChangedBroadcaster> Broadcasters::set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                                  const Caller& caller,
                                                                  Timestamp at) {
    auto broadcaster = d_.storage.find_broadcaster(id);
    if (!broadcaster && is_about_unreadable_row(broadcaster.error())) {
        // Its keys can be disabled nevertheless.
        Broadcaster unreadable;
        unreadable.id = id;
        unreadable.display_name = id.to_string();
        broadcaster = std::move(unreadable);
    }
    if (!broadcaster) return std::move(broadcaster).error();
    auto changed = d_.changes.set_broadcaster_disabled(
        d_.nodes, id, disabled, at,
        draft(disabled ? "disable" : "enable", id, caller, d_.clock.now()));
    if (!changed) return changed.error();
    ChangedBroadcaster result{*std::move(broadcaster), std::move(changed->cutoff)};
    result.broadcaster.disabled = disabled;
    if (changed->changed) result.broadcaster.updated_at = at;
    return result;
}

AuditDraft Broadcasters::draft(std::string_view action, BroadcasterId id, const Caller& caller,
                               Timestamp at) {
    return make_audit_draft({action, "broadcaster", id.to_string(), {}}, caller, at, d_.random);
}

Result<std::vector<StreamKeyId>> Broadcasters::keys_of(BroadcasterId id) {
    StreamKeyFilter filter;
    filter.broadcaster_id = id;
    const auto found = d_.storage.list_stream_keys(filter, {});
    if (!found) return found.error();
    std::vector<StreamKeyId> ids;
    for (const auto& key : found->items) {
        // Keys that are revoked already need nothing more, and there may be many of them.
        if (!key.revoked_at) ids.push_back(key.id);
    }
    return ids;
}

}  // namespace rescuestream
