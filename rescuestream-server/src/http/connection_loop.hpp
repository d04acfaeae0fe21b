#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "http/connection.hpp"
#include "http/exchange.hpp"
#include "http/watch.hpp"

namespace rescuestream::server {

/// What every connection goes through: a request is read, answered, its answer is sent, and the
/// next one is read. Nothing here waits: a connection that needs bytes from its peer is given to
/// the Watch, one whose request takes time to a lane.
///
/// Each method takes a connection that the caller has in hand and gives it away: when it has
/// returned, the caller must not touch the connection any more, unless the method says otherwise.
///
/// Thread-safety: all methods from any thread, one thread at a time for each connection. Ownership:
/// the arguments of the constructor must outlive it.
class ConnectionLoop {
public:
    using Pointer = std::shared_ptr<Connection>;
    /// Closes a connection; called on the reactor's thread only.
    using Close = std::function<void(const Pointer& connection)>;

    ConnectionLoop(Exchange& exchange, const ConnectionLimits& limits, Watch& watch, Close close)
        : exchange_(exchange), limits_(limits), watch_(watch), close_(std::move(close)) {}

    /// Reads requests out of what has come, and has them answered. `is_open`: false when the peer
    /// sends no more.
    void drive(const Pointer& connection, bool is_open);
    /// Goes on with an answer that the peer has not taken yet.
    void go_on_sending(const Pointer& connection);
    /// Does the next step of a TLS handshake.
    void shake_hands(const Pointer& connection);
    /// Has a request answered that is refused, or whose rest will not come: see
    /// RequestReader::give_up.
    void refuse(const Pointer& connection);
    /// Ends a connection to whose peer nothing more is owed.
    void end(const Pointer& connection);

    /// Returns how many requests were told that too many wait.
    std::uint64_t shed() const noexcept { return shed_; }
    void count_shed() noexcept { ++shed_; }

private:
    // Those that return a bool keep the connection when it is true: the next request may be read.
    bool dispatch(const Pointer& connection, Lane* lane);
    bool answer(const Pointer& connection, bool overloaded);
    bool deliver(const Pointer& connection, std::string bytes);
    bool send(const Pointer& connection);
    bool continue_with_head(const Pointer& connection);
    void drive_on(const Pointer& connection);
    void leave(const Pointer& connection);

    Exchange& exchange_;
    const ConnectionLimits& limits_;
    Watch& watch_;
    const Close close_;
    std::atomic<std::uint64_t> shed_{0};
};

}  // namespace rescuestream::server
