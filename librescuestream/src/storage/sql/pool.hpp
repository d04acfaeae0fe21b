#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "rescuestream/storage_figures.hpp"
#include "support/counters.hpp"

namespace rescuestream::sql {

/// A pool of a fixed number of objects. Each is lent to one caller at a time, in the order of the
/// requests.
///
/// Thread-safety: all methods may be called from any thread. All leases must end before the pool is
/// destroyed.
template <class T>
class Pool {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    class Lease {
    public:
        Lease(Pool& pool, T item) : pool_(&pool), item_(std::move(item)) {}
        Lease(Lease&& other) noexcept
            : pool_(std::exchange(other.pool_, nullptr)), item_(std::move(other.item_)) {}
        Lease& operator=(Lease&&) = delete;
        ~Lease() {
            if (pool_ != nullptr) pool_->give_back(std::move(item_));
        }

        T& operator*() noexcept { return item_; }

    private:
        Pool* pool_;
        T item_;
    };

    /// `waits` gets the seconds that each request waited; it must outlive the pool.
    Pool(std::vector<T> items, Histogram& waits)
        : size_(items.size()), waits_(waits), idle_(std::move(items)) {}

    /// Adds the state of this pool to `figures`.
    void add_to(PoolFigures& figures) const {
        const std::lock_guard lock(mutex_);
        figures.idle += idle_.size();
        figures.busy += size_ - idle_.size();
        figures.waiting += waiting_.size();
    }

    /// Waits until an object is free. Returns an empty optional if none is free until `deadline`.
    std::optional<Lease> take(Deadline deadline) {
        std::unique_lock lock(mutex_);
        if (!idle_.empty()) {  // then no caller waits; see give_back
            // The object that was used last, because its memory and its server process are in the
            // caches.
            std::optional<Lease> lease(std::in_place, *this, std::move(idle_.back()));
            idle_.pop_back();
            waits_.observe(0);
            return lease;
        }
        const auto begun = std::chrono::steady_clock::now();
        const auto self = waiting_.emplace(waiting_.end());
        self->ready.wait_until(lock, deadline, [&] { return self->item.has_value(); });
        std::optional<T> item = std::move(self->item);
        waiting_.erase(self);
        waits_.observe(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
        if (!item) return std::nullopt;
        return std::optional<Lease>(std::in_place, *this, std::move(*item));
    }

private:
    struct Waiter {
        std::condition_variable ready;
        std::optional<T> item;
    };

    void give_back(T item) {
        const std::lock_guard lock(mutex_);
        for (auto& waiter : waiting_) {
            if (waiter.item) continue;
            waiter.item = std::move(item);
            waiter.ready.notify_one();
            return;
        }
        idle_.push_back(std::move(item));
    }

    const std::size_t size_;
    Histogram& waits_;
    mutable std::mutex mutex_;
    std::vector<T> idle_;
    std::list<Waiter> waiting_;
};

}  // namespace rescuestream::sql
