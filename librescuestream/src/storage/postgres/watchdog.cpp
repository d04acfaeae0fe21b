#include "storage/postgres/watchdog.hpp"

#include <sys/socket.h>

namespace rescuestream::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kInterval{50};
// The server's own limit is the same; its answer may be in flight.
constexpr milliseconds kGrace{150};

}  // namespace

Watchdog::Guard::Guard(Watchdog& watchdog, int socket, steady_clock::time_point deadline)
    : watchdog_(watchdog) {
    const std::lock_guard lock(watchdog_.mutex_);
    entry_ = watchdog_.entries_.insert(watchdog_.entries_.end(), Entry{socket, deadline, false});
}

Watchdog::Guard::~Guard() {
    const std::lock_guard lock(watchdog_.mutex_);
    watchdog_.entries_.erase(entry_);
}

bool Watchdog::Guard::fired() const {
    const std::lock_guard lock(watchdog_.mutex_);
    return entry_->fired;
}

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    stopping_.notify_one();
    thread_.join();
}

void Watchdog::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_.wait_for(lock, kInterval, [this] { return stop_; })) {
        const auto now = steady_clock::now();
        for (auto& entry : entries_) {
            if (entry.fired || now < entry.deadline + kGrace) continue;
            entry.fired = true;
            ::shutdown(entry.socket, SHUT_RDWR);
        }
    }
}

}  // namespace rescuestream::postgres
