#include "orchestrator/cutoff_meter.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace rescuestream {
namespace {

constexpr std::array<double, 12> kSecondsOfCutoffs{0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                   1,    2,     5,    15,  60,   300};
constexpr std::size_t kMostMet = 4'096;

}  // namespace

CutoffMeter::CutoffMeter() : seconds_(kSecondsOfCutoffs) {}

void CutoffMeter::ordered(const std::vector<Cutoff>& pending, Timestamp at) noexcept {
    for (const auto& cutoff : pending) {
        if (cutoff.requested_at == at) ordered_.add(cutoff.cause.reason);
    }
}

void CutoffMeter::met(const std::vector<Cutoff>& pending) {
    for (const auto& cutoff : pending) {
        const EndReason reason = cutoff.cause.reason;
        if (reason != EndReason::kTakenOver && reason != EndReason::kNeverStarted) continue;
        const std::lock_guard lock(mutex_);
        if (met_.size() >= kMostMet) return;
        if (met_.emplace(cutoff.stream_key_id, cutoff.connection).second) ordered_.add(reason);
    }
}

void CutoffMeter::verified(const Cutoff& cutoff, Timestamp now) {
    {
        const std::lock_guard lock(mutex_);
        met_.erase({cutoff.stream_key_id, cutoff.connection});
    }
    verified_.fetch_add(1, std::memory_order_relaxed);
    // Its `requested_at` is the time at which the connection was accepted.
    if (cutoff.cause.reason == EndReason::kNeverStarted) return;
    const auto took = std::chrono::duration<double>(now - cutoff.requested_at).count();
    seconds_.observe(std::max(took, 0.0));  // another program's clock may be ahead
}

CutoffFigures CutoffMeter::read() const {
    return {ordered_.read(), verified_.load(std::memory_order_relaxed), 0, seconds_.read()};
}

}  // namespace rescuestream
