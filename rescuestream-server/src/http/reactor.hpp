#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/connection.hpp"
#include "http/connection_loop.hpp"
#include "http/crowd.hpp"
#include "http/exchange.hpp"
#include "http/lane.hpp"
#include "http/watch.hpp"

namespace rescuestream::server {

/// A socket that is listened on.
struct Listener {
    int socket = -1;
    bool media_only = false;
    /// Makes the transport of an accepted socket.
    std::function<std::unique_ptr<Transport>(int socket)> open;
    /// Where handshakes are worked on; null: its transports have none.
    Lane* handshakes = nullptr;
};

/// Counts for the metrics.
struct ReactorCounts {
    std::size_t connections = 0;
    std::uint64_t turned_away = 0;  ///< Connections, for the limits on them.
    std::uint64_t evicted = 0;      ///< Connections that gave way, to make room.
    std::uint64_t shed = 0;         ///< Requests, since too many waited.
    std::uint64_t rests = 0;        ///< From accepting, out of descriptors or memory.
    std::size_t buffer_bytes = 0;   ///< Memory of requests and answers: see ConnectionLimits.
};

/// Accepts connections and keeps their time, on one thread that never waits for a peer. What each
/// connection goes through is in ConnectionLoop, which runs on this thread until a request needs a
/// lane; a connection holds a worker of the lane only while a whole request of it is being
/// answered. When there is no room for a newcomer, a connection that the server waits for gives
/// way: see Crowd.
///
/// Thread-safety: `stop` and `counts` from any thread; the others from one. Ownership: `exchange`
/// must outlive it; the sockets of the listeners are its own.
class Reactor {
public:
    /// `is_trusted`: whether an address is that of a proxy.
    Reactor(Exchange& exchange, ConnectionLimits limits, std::vector<Listener> listeners,
            Crowd::IsTrusted is_trusted);
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    /// Until `stop`; then what is under way is finished, and idle connections are closed. False: it
    /// cannot go on.
    bool run();
    void stop();
    ReactorCounts counts() const noexcept;

private:
    using Pointer = std::shared_ptr<Connection>;
    using Deadline = Connection::Deadline;

    bool is_due(const Connection& connection, Deadline now) const;
    bool wait_for_events();
    void accept_from(Listener& listener);
    void begin(int socket, const Listener& listener, std::string address);
    bool make_room_for(const std::string& address);
    bool evict(const Pointer& connection);
    void relieve_memory();
    void begin_handshake(const Pointer& connection, const Listener& listener);
    void on_event(const Pointer& connection);
    void sweep(Deadline now);
    void on_deadline(const Pointer& connection);
    void begin_stop();
    void close(const Pointer& connection);
    void rest_accepting(Listener& listener);
    void resume_accepting();

    Exchange& exchange_;
    const ConnectionLimits limits_;
    std::vector<Listener> listeners_;
    Watch watch_;
    ConnectionLoop loop_;
    Crowd crowd_;
    std::uint64_t next_number_;
    bool accepting_rests_ = false;
    bool can_relieve_ = true;  // for the rest of this turn
    bool is_stopping_ = false;
    Deadline stop_latest_{};
    std::atomic<std::size_t> open_{0};
    std::atomic<std::uint64_t> turned_away_{0};
    std::atomic<std::uint64_t> evicted_{0};
    std::atomic<std::uint64_t> rests_{0};
};

}  // namespace rescuestream::server
