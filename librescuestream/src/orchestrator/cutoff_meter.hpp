#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "rescuestream/operating_figures.hpp"
#include "support/counters.hpp"

namespace rescuestream {

/// Counts the cut-offs of all nodes, each once.
///
/// Thread-safety: all methods may be called from any thread.
class CutoffMeter {
public:
    CutoffMeter();

    /// Reports the pending cut-offs after a step that was requested at `at`. Those that an earlier
    /// step wrote are not counted again.
    void ordered(const std::vector<Cutoff>& pending, Timestamp at) noexcept;
    /// Reports the cut-offs that are being carried out. Those that a claim or a session wrote,
    /// which no caller of `ordered` sees, are counted when they are met first.
    void met(const std::vector<Cutoff>& pending);
    /// Reports that the media server has confirmed that the connection is gone.
    void verified(const Cutoff& cutoff, Timestamp now);

    /// Returns the figures, but for those that are pending.
    CutoffFigures read() const;

private:
    using Name = std::pair<StreamKeyId, ConnectionId>;

    Counters<EndReason, EndReason::kIncidentClosed> ordered_;
    std::atomic<std::uint64_t> verified_{0};
    Histogram seconds_;
    std::mutex mutex_;
    std::set<Name> met_;  // counted by `met` and not verified yet
};

}  // namespace rescuestream
