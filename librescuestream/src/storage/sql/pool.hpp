#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

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

    explicit Pool(std::vector<T> items) : idle_(std::move(items)) {}

    /// Waits until an object is free. Returns an empty optional if none is free until `deadline`.
    std::optional<Lease> take(Deadline deadline) {
        std::unique_lock lock(mutex_);
        if (!idle_.empty()) {  // then no caller waits; see give_back
            // The object that was used last, because its memory and its server process are in the
            // caches.
            std::optional<Lease> lease(std::in_place, *this, std::move(idle_.back()));
            idle_.pop_back();
            return lease;
        }
        const auto self = waiting_.emplace(waiting_.end());
        self->ready.wait_until(lock, deadline, [&] { return self->item.has_value(); });
        std::optional<T> item = std::move(self->item);
        waiting_.erase(self);
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

    std::mutex mutex_;
    std::vector<T> idle_;
    std::list<Waiter> waiting_;
};

}  // namespace rescuestream::sql
