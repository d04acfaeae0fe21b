#pragma once

#include <atomic>
#include <cstdint>

#include "rescuestream/operating_figures.hpp"
#include "rescuestream/publishing.hpp"
#include "rescuestream/result.hpp"
#include "support/counters.hpp"

namespace rescuestream {

/// Counts decisions on publish requests.
///
/// Thread-safety: all methods may be called from any thread.
class PublishMeter {
public:
    void count(const Result<PublishDecision>& decision) noexcept {
        if (!decision) {
            failed_.fetch_add(1, std::memory_order_relaxed);
        } else if (decision->refusal) {
            refused_.add(*decision->refusal);
        } else {
            accepted_.fetch_add(1, std::memory_order_relaxed);
        }
    }
    PublishFigures read() const {
        return {accepted_, failed_, refused_.read([](PublishRefusal refusal) {
                    return refusal == PublishRefusal::kGranted;
                })};
    }

private:
    std::atomic<std::uint64_t> accepted_{0};
    std::atomic<std::uint64_t> failed_{0};
    Counters<PublishRefusal, PublishRefusal::kKeyMisplaced> refused_;
};

}  // namespace rescuestream
