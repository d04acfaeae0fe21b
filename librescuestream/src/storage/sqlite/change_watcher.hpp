#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace rescuestream::sqlite {

/// Notices that somebody wrote to the file, this program too: SQLite keeps count of it, and looking
/// costs a few microseconds. Source: SQLite, PRAGMA data_version.
///
/// Thread-safety: constructed and destroyed by one thread.
class ChangeWatcher {
public:
    ChangeWatcher(std::string path, std::function<void()> listener);
    /// Returns when no call is under way and none will come.
    ~ChangeWatcher();
    ChangeWatcher(const ChangeWatcher&) = delete;
    ChangeWatcher& operator=(const ChangeWatcher&) = delete;

private:
    void run();
    // Until something goes wrong or the end is near.
    void watch();
    bool wait();

    const std::string path_;
    const std::function<void()> listener_;
    std::mutex mutex_;
    std::condition_variable stopping_;
    bool stop_ = false;
    std::thread thread_;  // last: uses all of the above
};

}  // namespace rescuestream::sqlite
