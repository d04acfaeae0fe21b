#include "orchestrator/refused_calls.hpp"

#include <string>
#include <utility>

#include "orchestrator/audit.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/storage/record.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kMostWaiting = 64;

}  // namespace

void RefusedCalls::note(const Caller& caller, std::string_view reason, std::uint64_t times) {
    Caller known = caller;
    if (known.actor.empty()) known.actor = kUnauthenticated;
    const std::string count = std::to_string(times);
    AuditEntry entry = make_audit_entry({"refuse", "api_call", {}, {{"times", count}}}, known,
                                        clock_.now(), random_);
    entry.resource_id.reset();
    entry.outcome = AuditOutcome::kFailure;
    entry.failure_reason = redact_key_values(reason);
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < kMostWaiting) waiting_.push_back(std::move(entry));
}

void RefusedCalls::write() {
    std::vector<AuditEntry> entries;
    {
        const std::lock_guard lock(mutex_);
        entries.swap(waiting_);
    }
    for (const auto& entry : entries) {
        const auto written = storage_.append_audit(entry);
        if (written) continue;
        logger_.debug("refused calls cannot be recorded", {{"error", written.error().message}});
        return;
    }
}

}  // namespace rescuestream
