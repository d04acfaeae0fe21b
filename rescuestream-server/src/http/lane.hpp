#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace rescuestream::server {

/// How many requests of a kind are worked on at once, and how many may wait for how long.
struct LaneLimits {
    std::size_t workers = 1;
    std::size_t waiting = 1'024;
    std::chrono::milliseconds longest_wait{1'000};
    std::size_t kept = 0;  ///< So many of `waiting` are for preferred requests alone.
    int nice = 0;          ///< Of its threads: above 0 they stand back for the processor.
};

/// Threads of their own for one kind of request, so that another kind cannot keep it waiting. Those
/// that are preferred are served before others; else who comes first is served first. Who has
/// waited for too long is told so instead of being served for an answer that nobody waits for any
/// more.
///
/// Thread-safety: `submit` from any thread.
class Lane {
public:
    /// Told whether it waited for too long.
    using Job = std::function<void(bool too_late)>;

    Lane(const char* name, LaneLimits limits);
    /// Finishes what is under way and what waits.
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    /// False, and nothing is done: too many wait.
    bool submit(Job job, bool is_preferred = false);
    /// Tells those who have waited for too long, on the caller's thread, when no worker comes to do
    /// it. Call it now and then.
    void shed_late();

private:
    struct Waiting {
        Job job;
        std::chrono::steady_clock::time_point latest;
    };
    void work();
    void take_late(std::deque<Waiting>& from, std::vector<Job>& late);

    const LaneLimits limits_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Waiting> preferred_;
    std::deque<Waiting> waiting_;
    std::size_t idle_ = 0;
    bool ends_ = false;
    std::vector<std::thread> workers_;
};

}  // namespace rescuestream::server
