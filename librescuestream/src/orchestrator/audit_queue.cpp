#include "orchestrator/audit_queue.hpp"

#include <utility>

#include "rescuestream/storage/record.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

void AuditQueue::add(AuditEntry entry) {
    const std::lock_guard lock(mutex_);
    if (entries_.size() < most_) {
        entries_.push_back(std::move(entry));
    } else {
        ++lost_;
    }
}

std::uint64_t AuditQueue::write() {
    std::vector<AuditEntry> entries;
    {
        const std::lock_guard lock(mutex_);
        entries.swap(entries_);
    }
    auto next = entries.begin();
    for (; next != entries.end(); ++next) {
        // Written now, and maybe added long ago: see rules::kLatestSeal.
        next->timestamp = clock_.now();
        const auto written = storage_.append_audit(*next);
        // kInternal: its id exists, because only the answer to an earlier attempt was lost.
        if (!written && written.error().code != ErrorCode::kInternal) break;
    }
    for (; next != entries.end(); ++next) add(std::move(*next));
    const std::lock_guard lock(mutex_);
    return std::exchange(lost_, 0);
}

}  // namespace rescuestream
