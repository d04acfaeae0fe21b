#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

#include "rescuestream/events.hpp"
#include "rescuestream/operating_figures.hpp"
#include "rescuestream/result.hpp"
#include "support/counters.hpp"

namespace rescuestream {

/// Counts what happens on one media server.
///
/// Thread-safety: all methods may be called from any thread.
class NodeMeter {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    NodeMeter();

    /// Reports the error of a call. Answers of the media server about an object (kNotFound, …) are
    /// not counted.
    void count_error(ErrorCode code) noexcept;
    void count_restart() noexcept { restarts_.fetch_add(1, std::memory_order_relaxed); }
    void count_event(const Event& event) noexcept;
    void count_bytes(std::uint64_t bytes) noexcept {
        inbound_bytes_.fetch_add(bytes, std::memory_order_relaxed);
    }
    /// Reports a poll that was answered.
    void polled(SteadyTime begun, SteadyTime ended) noexcept;
    /// Sets the result of a round. Empty: the media server does not answer, or another program
    /// supervises it.
    void set_gauges(std::optional<NodeGauges> gauges);
    void set_pending_cutoffs(std::size_t count) noexcept { pending_cutoffs_ = count; }
    std::size_t pending_cutoffs() const noexcept { return pending_cutoffs_; }

    /// Returns the figures, but for the name and the state of the node.
    NodeFigures read() const;

private:
    static constexpr SteadyTime::rep kNever = -1;

    Counters<ErrorCode, ErrorCode::kInternal> errors_;
    Counters<EndReason, EndReason::kIncidentClosed> ends_;
    std::atomic<std::uint64_t> restarts_{0};
    std::atomic<std::uint64_t> inbound_bytes_{0};
    std::atomic<std::uint64_t> starts_{0};
    std::atomic<std::uint64_t> interruptions_{0};
    std::atomic<std::uint64_t> interrupted_ms_{0};
    std::atomic<std::uint64_t> takeovers_{0};
    std::atomic<std::size_t> pending_cutoffs_{0};
    std::atomic<SteadyTime::rep> polled_at_{kNever};
    Histogram poll_seconds_;
    mutable std::mutex mutex_;
    std::optional<NodeGauges> gauges_;
};

}  // namespace rescuestream
