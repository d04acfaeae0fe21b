#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace rescuestream::server {

/// How many requests of a kind are worked on at once, how many may wait, and for how long.
struct LaneLimits {
    std::size_t workers = 1;
    std::size_t waiting = 1'024;
    std::chrono::milliseconds longest_wait{1'000};
    std::size_t kept = 0;  ///< The part of `waiting` that is reserved for preferred requests.
    /// The nice value of its threads: above 0 they get less processor time than others.
    int nice = 0;
};

/// A thread pool and queue for one kind of request, so that another kind cannot delay it. Preferred
/// requests are served before others; otherwise the order is first in, first out. A request that
/// has waited for longer than `longest_wait` is refused instead of served, because its sender has
/// probably given up.
///
/// Thread-safety: `submit` may be called from any thread.
class Lane {
public:
    /// The argument says whether the request waited for too long.
    using Job = std::function<void(bool too_late)>;

    Lane(const char* name, LaneLimits limits);
    /// Finishes the requests that are running or queued.
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    /// Returns false, without queueing the job, when too many are waiting.
    bool submit(Job job, bool is_preferred = false);
    /// Refuses the requests that have waited for too long, on the caller's thread, in case no
    /// worker is free to do it. Call it from time to time.
    void shed_late();

    /// Returns how many requests wait for a worker.
    std::size_t waiting() const;
    /// Returns how many requests were refused because too many waited, or for too long.
    std::uint64_t shed() const noexcept { return shed_; }

private:
    struct Waiting {
        Job job;
        std::chrono::steady_clock::time_point latest;
    };
    void work();
    void take_late(std::deque<Waiting>& from, std::vector<Job>& late);

    const LaneLimits limits_;
    std::atomic<std::uint64_t> shed_{0};
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Waiting> preferred_;
    std::deque<Waiting> waiting_;
    std::size_t idle_ = 0;
    bool ends_ = false;
    std::vector<std::thread> workers_;
};

}  // namespace rescuestream::server
