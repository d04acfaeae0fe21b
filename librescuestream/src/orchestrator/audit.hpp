#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "rescuestream/audit.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/random_source.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// What a change was about, for its audit entry.
struct AuditSubject {
    std::string_view action;         ///< "create", "update", "delete", …
    std::string_view resource_type;  ///< "broadcaster", "stream_key", "stream".
    std::string resource_id;
    /// Names that a reader of the record wants to see, as metadata beside `source`.
    std::initializer_list<std::pair<std::string_view, std::string_view>> names;
};

/// The entry that the step which changes something writes with it.
AuditEntry make_audit_entry(const AuditSubject& subject, const Caller& caller, Timestamp now,
                            RandomSource& random);

/// True for the names that only this program's own entries have as actor, however they are
/// written: nobody else may be called so, or report in their name.
bool is_reserved_actor(std::string_view name);

/// The entry for an event that another program reports. kInvalidArgument names each wrong member, a
/// reserved actor and `metadata.source: "server"` among them; key values in its texts are masked.
Result<AuditEntry> make_audit_entry(const NewAuditEvent& event, const Caller& caller, Timestamp now,
                                    RandomSource& random);

}  // namespace rescuestream
