#include "kept_answers_quota.hpp"

#include <algorithm>

namespace rescuestream::server {
namespace {

constexpr std::int64_t kHoursKept = 24;
constexpr std::uint64_t kLeast = 1024;

std::int64_t hour_of(KeptAnswersQuota::Clock::time_point time) {
    return std::chrono::floor<std::chrono::hours>(time.time_since_epoch()).count();
}

}  // namespace

bool KeptAnswersQuota::has_room(const std::string& caller, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    forget_expired(now);
    const auto found = of_caller_.find(caller);
    const std::uint64_t own = found == of_caller_.end() ? 0 : found->second;
    if (of_all_ >= limits_.of_all) return own < limits_.always;
    return own < limits_.of_caller;
}

void KeptAnswersQuota::add(const std::string& caller, std::size_t size, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t counted = std::max<std::uint64_t>(size, kLeast);
    hours_[hour_of(now)][caller] += counted;
    of_caller_[caller] += counted;
    of_all_ += counted;
}

void KeptAnswersQuota::forget_expired(Clock::time_point now) {
    const std::int64_t first = hour_of(now) - kHoursKept;
    while (!hours_.empty() && hours_.begin()->first < first) {
        for (const auto& [caller, size] : hours_.begin()->second) {
            of_all_ -= size;
            const auto own = of_caller_.find(caller);
            own->second -= size;
            if (own->second == 0) of_caller_.erase(own);
        }
        hours_.erase(hours_.begin());
    }
}

}  // namespace rescuestream::server
