#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "orchestrator/worker.hpp"

namespace rescuestream {

class Logger;
class Storage;

/// Monitors the free space of the storage: warns before its disk is full, and finds out soon when a
/// full storage can be written again.
///
/// Thread-safety: all methods may be called from any thread, `start` and `stop` only from one.
class StorageCare {
public:
    StorageCare(Storage& storage, Logger& logger);

    /// Starts a thread that checks the storage once a second and then calls `each_time`.
    void start(std::function<void()> each_time);
    /// Returns false if the thread did not run.
    bool stop() { return worker_.stop(); }

    /// Returns true if the storage could not be written at the last check.
    bool is_full() const noexcept { return is_full_; }
    /// Returns one sentence if the disk is nearly full; empty: it is not, or its space is unknown.
    /// The warning begins below 200 MB or 5 % of free space and ends above 250 MB and 6 %, so that
    /// it does not alternate. Both are logged.
    std::string warning();
    /// Returns the free space at the last check. Empty: unknown.
    std::optional<std::uint64_t> free_bytes() const;

private:
    void check();

    Storage& storage_;
    Logger& logger_;

    mutable std::mutex warning_mutex_;
    bool is_low_ = false;
    std::optional<std::uint64_t> free_bytes_;
    std::atomic<bool> is_full_{false};

    Worker worker_;
};

}  // namespace rescuestream
