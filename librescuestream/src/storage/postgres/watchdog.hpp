#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

namespace rescuestream::postgres {

/// Shuts a socket down when an answer does not arrive in time. This is the only way to interrupt a
/// caller that waits for a frozen server (a stopped process keeps its connections open).
///
/// Thread-safety: all methods may be called from any thread. All guards must be destroyed before
/// the watchdog.
class Watchdog {
    struct Entry {
        int socket = -1;
        std::chrono::steady_clock::time_point deadline;
        bool fired = false;
    };

public:
    /// Watches a socket as long as this object exists. The socket must not be closed before.
    class Guard {
    public:
        Guard(Watchdog& watchdog, int socket, std::chrono::steady_clock::time_point deadline);
        ~Guard();
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;

        bool fired() const;

    private:
        Watchdog& watchdog_;
        std::list<Entry>::iterator entry_;
    };

    Watchdog();
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

private:
    void run();

    std::mutex mutex_;
    std::condition_variable stopping_;
    bool stop_ = false;
    std::list<Entry> entries_;
    std::thread thread_;  // last member, because it uses all others
};

}  // namespace rescuestream::postgres
