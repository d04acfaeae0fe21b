#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "rescuestream/tracer.hpp"

namespace rescuestream::server {

using Spans = std::vector<std::unique_ptr<SpanRecord>>;

/// Holds spans until they are sent. When it is full, the oldest span makes room for a new one.
///
/// Thread-safety: all methods may be called from any thread. `push` holds a lock for the time of a
/// few assignments, and `take_batch` for no longer.
class SpanQueue {
public:
    SpanQueue(std::size_t capacity, std::size_t batch);

    /// Returns the span that was dropped; null: there was room.
    std::unique_ptr<SpanRecord> push(std::unique_ptr<SpanRecord> span) noexcept;

    /// Waits until there are enough spans for a batch, or `longest` is over, or `close` was called.
    /// Returns the oldest spans, at most a batch; maybe none.
    Spans take_batch(std::chrono::milliseconds longest);
    /// Ends waiting.
    void close();
    bool is_closed() const;

    std::size_t size() const;
    /// Returns whether a span that is pushed now takes the place of another one. Waits for nobody.
    bool is_full() const noexcept { return is_full_.load(std::memory_order_relaxed); }
    /// Number of spans that were dropped because the queue was full.
    std::uint64_t dropped() const;

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Spans ring_;
    const std::size_t batch_;
    std::size_t first_ = 0;  // index of the oldest span
    std::size_t size_ = 0;
    std::uint64_t dropped_ = 0;
    std::atomic<bool> is_full_{false};  // written with `mutex_` locked
    bool waits_ = false;
    bool closed_ = false;
};

}  // namespace rescuestream::server
