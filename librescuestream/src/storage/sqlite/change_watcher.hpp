#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace rescuestream::sqlite {

/// Detects writes to the file, also by this program. SQLite counts them, and reading the counter
/// takes a few microseconds. Source: SQLite, PRAGMA data_version.
///
/// Thread-safety: constructed and destroyed by one thread.
class ChangeWatcher {
public:
    ChangeWatcher(std::string path, std::function<void()> listener);
    /// Ends the thread. No call of `listener` is in flight when this returns.
    ~ChangeWatcher();
    ChangeWatcher(const ChangeWatcher&) = delete;
    ChangeWatcher& operator=(const ChangeWatcher&) = delete;

private:
    void run();
    // Polls until an error occurs or the object is being destroyed.
    void watch();
    bool wait();

    const std::string path_;
    const std::function<void()> listener_;
    std::mutex mutex_;
    std::condition_variable stopping_;
    bool stop_ = false;
    std::thread thread_;  // last member, because it uses all others
};

}  // namespace rescuestream::sqlite
