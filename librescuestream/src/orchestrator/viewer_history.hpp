#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>

#include "rescuestream/time.hpp"

namespace rescuestream {

/// Limits how many viewers are kept after their end: a day's, or about the `most` that this program
/// has stored last.
///
/// Thread-safety: none; the owner locks.
class ViewerHistory {
public:
    explicit ViewerHistory(std::size_t most) : most_(most) {}

    void note(Timestamp now, std::size_t stored) {
        if (stored == 0) return;
        if (batches_.empty() || now - batches_.back().since >= kBatch) batches_.push_back({now, 0});
        batches_.back().stored += stored;
        total_ += stored;
        while (batches_.size() > 1 && (total_ > most_ || batches_.front().since < now - kKept)) {
            total_ -= batches_.front().stored;
            batches_.pop_front();
            forgotten_until_ = batches_.front().since;
        }
    }
    /// What has ended before may be deleted.
    Timestamp oldest(Timestamp now) const { return std::max(now - kKept, forgotten_until_); }

private:
    static constexpr std::chrono::hours kKept{24};
    static constexpr std::chrono::seconds kBatch{10};

    struct Batch {
        Timestamp since{};
        std::size_t stored = 0;
    };
    const std::size_t most_;
    std::deque<Batch> batches_;
    std::size_t total_ = 0;
    Timestamp forgotten_until_{};
};

}  // namespace rescuestream
