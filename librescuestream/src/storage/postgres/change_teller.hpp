#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace rescuestream::postgres {

/// Notifies other programs of changes of keys, after the commit and on a thread of its own, because
/// in PostgreSQL a transaction that notifies holds a lock of the whole cluster while it waits for
/// the disk. Changes that follow each other quickly are one notification.
///
/// Thread-safety: all methods may be called from any thread. The destructor waits for outstanding
/// notifications.
class ChangeTeller {
public:
    /// `send` must not throw.
    explicit ChangeTeller(std::function<void(const std::string& payload)> send);
    ~ChangeTeller();
    ChangeTeller(const ChangeTeller&) = delete;
    ChangeTeller& operator=(const ChangeTeller&) = delete;

    /// Requests a notification. Does not wait.
    void tell();
    /// The payload: a word of this program after the table's name.
    const std::string& payload() const noexcept { return payload_; }

private:
    void run();

    const std::string payload_;
    const std::function<void(const std::string&)> send_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool pending_ = false;
    bool is_idle_ = false;  // waits for `tell`, not for the end of the spacing
    bool stop_ = false;
    std::thread thread_;  // last member, because it uses all others
};

}  // namespace rescuestream::postgres
