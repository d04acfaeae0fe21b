#pragma once

#include <string>
#include <string_view>

#include "json/audit_names.hpp"
#include "rescuestream/audit.hpp"
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
    /// Names for readers of the audit log; they become members of the metadata beside `source`.
    /// The storage adds those of a key to the entry of a change of one.
    json::AuditNames names;
};

/// Returns the audit entry that the step of a change writes together with the change.
AuditEntry make_audit_entry(const AuditSubject& subject, const Caller& caller, Timestamp now,
                            RandomSource& random);

/// Returns true for names that are reserved as actors of this program's own entries; case and
/// blanks are ignored. Nobody else may have such a name or report an event with it.
bool is_reserved_actor(std::string_view name);

/// Returns the audit entry of an event that another program reports; key values in its texts are
/// masked. kInvalidArgument: a member is wrong; this includes a reserved actor and
/// `metadata.source: "server"`.
Result<AuditEntry> make_audit_entry(const NewAuditEvent& event, const Caller& caller, Timestamp now,
                                    RandomSource& random);

}  // namespace rescuestream
