#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace rescuestream::postgres {

/// Tells other programs of changes of keys, after the commit and on a thread of its own: in
/// PostgreSQL a transaction that notifies holds a lock of the whole cluster while it waits for the
/// disk. Many changes at once are one message.
///
/// Thread-safety: all methods may be called from any thread. Its end waits for what is to be told.
class ChangeTeller {
public:
    /// `send` does not throw.
    explicit ChangeTeller(std::function<void(const std::string& payload)> send);
    ~ChangeTeller();
    ChangeTeller(const ChangeTeller&) = delete;
    ChangeTeller& operator=(const ChangeTeller&) = delete;

    /// Does not wait.
    void tell();
    /// What it says: a word of its own behind the table's name.
    const std::string& payload() const noexcept { return payload_; }

private:
    void run();

    const std::string payload_;
    const std::function<void(const std::string&)> send_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool pending_ = false;
    bool stop_ = false;
    std::thread thread_;  // last: uses all of the above
};

}  // namespace rescuestream::postgres
