#include "telemetry/span_queue.hpp"

#include <algorithm>
#include <utility>

namespace rescuestream::server {

SpanQueue::SpanQueue(std::size_t capacity, std::size_t batch)
    : ring_(std::max<std::size_t>(capacity, 1)),
      batch_(std::clamp<std::size_t>(batch, 1, capacity)) {}

std::unique_ptr<SpanRecord> SpanQueue::push(std::unique_ptr<SpanRecord> span) noexcept {
    bool is_enough = false;
    {
        const std::lock_guard lock(mutex_);
        if (size_ == ring_.size()) {
            ring_[first_].swap(span);
            if (++first_ == ring_.size()) first_ = 0;
            ++dropped_;
        } else {
            const std::size_t end = first_ + size_;
            ring_[end < ring_.size() ? end : end - ring_.size()] = std::move(span);
            ++size_;
            if (size_ == ring_.size()) is_full_.store(true, std::memory_order_relaxed);
            is_enough = waits_ && size_ >= batch_;
            if (is_enough) waits_ = false;
        }
    }
    if (is_enough) changed_.notify_one();
    return span;
}

Spans SpanQueue::take_batch(std::chrono::milliseconds longest) {
    Spans batch;
    batch.reserve(batch_);
    std::unique_lock lock(mutex_);
    waits_ = true;
    changed_.wait_for(lock, longest, [this] { return size_ >= batch_ || closed_; });
    waits_ = false;
    for (const std::size_t count = std::min(size_, batch_); batch.size() < count;) {
        batch.push_back(std::move(ring_[first_]));
        if (++first_ == ring_.size()) first_ = 0;
        --size_;
        is_full_.store(false, std::memory_order_relaxed);
    }
    return batch;
}

void SpanQueue::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    changed_.notify_all();
}

bool SpanQueue::is_closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
}

std::size_t SpanQueue::size() const {
    const std::lock_guard lock(mutex_);
    return size_;
}

std::uint64_t SpanQueue::dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

}  // namespace rescuestream::server
