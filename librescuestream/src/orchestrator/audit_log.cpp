#include "orchestrator/audit_log.hpp"

#include <chrono>

#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/visibility.hpp"
#include "support/crypto.hpp"
#include "support/validation.hpp"

namespace rescuestream {
namespace {

// Within this time the same signature may belong to another change with the same content.
constexpr std::chrono::seconds kRepeatable{2};

Result<void> check_reading(const AuditFilter& filter, const ApiCredential* reader) {
    if (is_restricted(reader)) {
        return restricted_error(
            "Your credential is restricted to broadcasters; the audit log is about all of them.");
    }
    Validation validation;
    validation.time_range(filter.from, filter.to);
    if (validation.failed()) return std::move(validation).error();
    return {};
}

}  // namespace

Result<AuditPage> AuditLog::list_audit(const AuditFilter& filter, const ApiCredential* reader) {
    if (auto allowed = check_reading(filter, reader); !allowed) return allowed.error();
    return d_.storage.list_audit(filter);
}

Result<Page<AuditEntry>> AuditLog::export_audit(const AuditFilter& filter, const PageRequest& page,
                                                const ApiCredential* reader) {
    if (auto allowed = check_reading(filter, reader); !allowed) return allowed.error();
    return d_.storage.export_audit(filter, page);
}

Result<AuditEntry> AuditLog::record_audit_event(const NewAuditEvent& input, const Caller& caller) {
    auto entry = make_audit_entry(input, caller, d_.clock.now(), d_.random);
    if (!entry) return entry;
    const auto stored = d_.storage.append_audit({*entry, caller.conditions});
    if (!stored) return stored.error();
    return entry;
}

Result<bool> AuditLog::may_use_signature(std::string_view signature, Timestamp expires_at) {
    const Timestamp at = d_.clock.now();
    const auto first_seen = d_.storage.note_signature(sha256(signature), at, expires_at);
    if (!first_seen) return first_seen.error();
    return at - *first_seen <= kRepeatable;
}

}  // namespace rescuestream
