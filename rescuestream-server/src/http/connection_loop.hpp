#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "http/connection.hpp"
#include "http/exchange.hpp"
#include "http/watch.hpp"

namespace rescuestream::server {

/// The life of every connection: read a request, answer it, send the response, read the next
/// request. No method blocks: a connection that needs bytes from its peer is armed in the Watch,
/// and a request that takes time is submitted to a lane.
///
/// The caller of each method must be the only user of the connection, and gives it away: after the
/// method has returned, the caller must not touch the connection, unless the method says otherwise.
///
/// Thread-safety: all methods may be called from any thread, by one thread at a time for each
/// connection. Ownership: the arguments of the constructor must outlive it.
class ConnectionLoop {
public:
    using Pointer = std::shared_ptr<Connection>;
    /// Closes a connection. Called on the reactor's thread only.
    using Close = std::function<void(const Pointer& connection)>;

    ConnectionLoop(Exchange& exchange, const ConnectionLimits& limits, Watch& watch, Close close)
        : exchange_(exchange), limits_(limits), watch_(watch), close_(std::move(close)) {}

    /// Reads requests from the bytes that have arrived, and has them answered. `is_open` is false
    /// when the peer sends no more.
    void drive(const Pointer& connection, bool is_open);
    /// Continues to send a response that the peer has not received completely.
    void go_on_sending(const Pointer& connection);
    /// Performs the next step of a TLS handshake.
    void shake_hands(const Pointer& connection);
    /// Answers a request that is refused, or that will not arrive completely: see
    /// RequestReader::give_up.
    void refuse(const Pointer& connection);
    /// Closes a connection whose peer is owed nothing more.
    void end(const Pointer& connection);

    /// Returns how many requests were refused because too many were waiting.
    std::uint64_t shed() const noexcept { return shed_; }
    void count_shed() noexcept { ++shed_; }

private:
    // Of these, the methods that return bool leave the connection with the caller when they return
    // true: the next request may be read.
    bool dispatch(const Pointer& connection, Lane* lane);
    bool answer(const Pointer& connection, bool overloaded);
    bool deliver(const Pointer& connection, ResponseBytes bytes);
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
