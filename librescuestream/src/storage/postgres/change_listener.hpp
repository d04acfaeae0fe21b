#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "rescuestream/logger.hpp"
#include "rescuestream/pooler.hpp"
#include "storage/postgres/session.hpp"

namespace rescuestream::postgres {

/// The channel on which changes are notified.
inline constexpr const char* kChangeChannel = "rescuestream";

/// Receives the notifications that the triggers of migration 0003 and the ChangeTeller of other
/// programs send when a row was written on which other programs act.
///
/// It has a connection and a thread of its own. Notifications are lost while the connection is
/// broken, so `listener` is also called after each reconnection. A pooler does not pass
/// notifications on: behind one there are none, which is logged once.
///
/// Thread-safety: constructed and destroyed by one thread.
class ChangeListener {
public:
    /// Where notifications are received.
    struct Place {
        Session session;
        bool is_own_address = false;  ///< The address is for notifications alone.
        Pooler pooler = Pooler::kAuto;
    };

    /// Notifications with the payload `own` come from this program and are ignored.
    ChangeListener(Place place, Logger& logger, std::string own, std::function<void()> listener);
    /// Ends the thread. No call of `listener` is in flight when this returns.
    ~ChangeListener();
    ChangeListener(const ChangeListener&) = delete;
    ChangeListener& operator=(const ChangeListener&) = delete;

private:
    void run();
    // Listens until the connection breaks or the object is being destroyed.
    void listen();
    void tell_pooler();
    void tell_failure(const std::string& text);
    bool stopping();

    const Place place_;
    Logger& logger_;
    const std::string own_;
    const std::function<void()> listener_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stop_ = false;
    bool is_pooled_ = false;
    bool pooler_is_told_ = false;
    int socket_ = -1;     // of the connection, or -1
    std::thread thread_;  // last member, because it uses all others
};

}  // namespace rescuestream::postgres
