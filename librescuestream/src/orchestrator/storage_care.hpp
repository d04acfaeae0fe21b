#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace rescuestream {

class Logger;
class Storage;

/// Looks after the room that the storage has: finds out soon that there is some again, and warns
/// before there is none.
///
/// Thread-safety: all methods from any thread; `start` and `stop` by one.
class StorageCare {
public:
    StorageCare(Storage& storage, Logger& logger) : storage_(storage), logger_(logger) {}
    ~StorageCare() { stop(); }

    /// Looks once a second, on a thread of its own, and calls `each_time` there.
    void start(std::function<void()> each_time);
    void stop();

    /// By the last look, the storage cannot write.
    bool is_full() const noexcept { return is_full_; }
    /// One sentence when the disk will soon be full; empty: it will not, or nobody knows. Begins
    /// below 200 MB or 5 % of free space, and ends above 250 MB and 6 %, so that it does not come
    /// and go; the log is told of both.
    std::string warning();

private:
    void run();

    Storage& storage_;
    Logger& logger_;
    std::function<void()> each_time_;

    std::mutex warning_mutex_;
    bool is_low_ = false;
    std::atomic<bool> is_full_{false};

    std::mutex mutex_;
    std::condition_variable changed_;
    bool running_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace rescuestream
