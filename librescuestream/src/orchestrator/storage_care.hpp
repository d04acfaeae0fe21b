#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace rescuestream {

class Logger;
class Storage;

/// Monitors the free space of the storage: warns before its disk is full, and finds out soon when a
/// full storage can be written again.
///
/// Thread-safety: all methods may be called from any thread, `start` and `stop` only from one.
class StorageCare {
public:
    StorageCare(Storage& storage, Logger& logger) : storage_(storage), logger_(logger) {}
    ~StorageCare() { stop(); }

    /// Starts a thread that checks the storage once a second and then calls `each_time`.
    void start(std::function<void()> each_time);
    void stop();

    /// Returns true if the storage could not be written at the last check.
    bool is_full() const noexcept { return is_full_; }
    /// Returns one sentence if the disk is nearly full; empty: it is not, or its space is unknown.
    /// The warning begins below 200 MB or 5 % of free space and ends above 250 MB and 6 %, so that
    /// it does not alternate. Both are logged.
    std::string warning();
    /// Returns the free space at the last check. Empty: unknown.
    std::optional<std::uint64_t> free_bytes() const;

private:
    void run();

    Storage& storage_;
    Logger& logger_;
    std::function<void()> each_time_;

    mutable std::mutex warning_mutex_;
    bool is_low_ = false;
    std::optional<std::uint64_t> free_bytes_;
    std::atomic<bool> is_full_{false};

    std::mutex mutex_;
    std::condition_variable changed_;
    bool running_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace rescuestream
