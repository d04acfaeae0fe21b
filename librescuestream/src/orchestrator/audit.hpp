#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "json/audit_names.hpp"
#include "rescuestream/api_credentials.hpp"
#include "rescuestream/audit.hpp"
#include "rescuestream/audit_draft.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/random_source.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// The subject of a change, for its audit entry.
struct AuditSubject {
    std::string_view action;         ///< "create", "update", "delete", …
    std::string_view resource_type;  ///< "broadcaster", "stream_key", "stream".
    std::string resource_id;
    /// What is known of the change without the storage, such as its reason; these become members of
    /// the metadata beside `source`. The names of what is changed are added by the step of the
    /// change (AuditDraft).
    json::AuditNames facts;
};

/// Returns the audit entry of something that this program does.
AuditEntry make_audit_entry(const AuditSubject& subject, const Caller& caller, Timestamp now,
                            RandomSource& random);

/// Returns the same for a step of a storage, which adds the names of what it changes.
inline AuditDraft make_audit_draft(const AuditSubject& subject, const Caller& caller, Timestamp now,
                                   RandomSource& random) {
    RequestConditions conditions = caller.conditions;
    conditions.account = limited_account(caller.credential.get());
    return {make_audit_entry(subject, caller, now, random), std::move(conditions)};
}

/// The actor of an entry about a caller without a valid credential.
inline constexpr std::string_view kUnauthenticated = "unauthenticated";

/// Returns true for names that are reserved as actors of this program's own entries; case and
/// blanks are ignored. Nobody else may have such a name or report an event with it.
bool is_reserved_actor(std::string_view name);

/// Returns the audit entry of an event that another program reports; key values in its texts are
/// masked. kInvalidArgument: a member is wrong; this includes a reserved actor and
/// `metadata.source: "server"`.
Result<AuditEntry> make_audit_entry(const NewAuditEvent& event, const Caller& caller, Timestamp now,
                                    RandomSource& random);

}  // namespace rescuestream
