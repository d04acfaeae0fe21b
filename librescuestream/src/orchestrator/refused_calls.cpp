#include "orchestrator/refused_calls.hpp"

#include <string>
#include <utility>

#include "orchestrator/audit.hpp"
#include "rescuestream/logger.hpp"

namespace rescuestream {

void RefusedCalls::note(const Caller& caller, std::string_view reason, std::uint64_t times) {
    Caller known = caller;
    if (known.actor.empty()) known.actor = kUnauthenticated;
    const std::string count = std::to_string(times);
    AuditEntry entry = make_audit_entry({"refuse", "api_call", {}, {{"times", count}}}, known,
                                        clock_.now(), random_);
    entry.resource_id.reset();
    entry.outcome = AuditOutcome::kFailure;
    entry.failure_reason = redact_key_values(reason);
    queue_.add(std::move(entry));
}

void RefusedCalls::write() {
    const auto lost = queue_.write();
    if (lost > 0) logger_.debug("refused calls are not recorded", {{"count", lost}});
}

}  // namespace rescuestream
