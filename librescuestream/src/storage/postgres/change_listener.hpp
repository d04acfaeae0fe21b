#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "rescuestream/logger.hpp"

namespace rescuestream::postgres {

/// Where changes are told of.
inline constexpr const char* kChangeChannel = "rescuestream";

/// Hears what the triggers of migration 0003 and the ChangeTeller of other programs say when
/// somebody wrote a row that others act on.
///
/// Has a connection and a thread of its own. A notification is lost while the connection is; so
/// `listener` is called after each new one, too.
///
/// Thread-safety: constructed and destroyed by one thread.
class ChangeListener {
public:
    /// What says `own` is from this program, which knows it already.
    ChangeListener(std::string conninfo, Logger& logger, std::string own,
                   std::function<void()> listener);
    /// Returns when no call is under way and none will come.
    ~ChangeListener();
    ChangeListener(const ChangeListener&) = delete;
    ChangeListener& operator=(const ChangeListener&) = delete;

private:
    void run();
    // Until the connection breaks or the end is near.
    void listen();
    bool stopping();

    const std::string conninfo_;
    Logger& logger_;
    const std::string own_;
    const std::function<void()> listener_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stop_ = false;
    int socket_ = -1;     // of the connection, while there is one
    std::thread thread_;  // last: uses all of the above
};

}  // namespace rescuestream::postgres
