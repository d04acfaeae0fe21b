#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/connection.hpp"
#include "http/connection_loop.hpp"
#include "http/connection_table.hpp"
#include "http/exchange.hpp"
#include "http/lane.hpp"
#include "http/watch.hpp"

namespace rescuestream::server {

/// A listening socket.
struct Listener {
    int socket = -1;
    bool media_only = false;
    /// Makes the transport of an accepted socket.
    std::function<std::unique_ptr<Transport>(int socket)> open;
    /// The lane that computes TLS handshakes; null: its transports have none.
    Lane* handshakes = nullptr;
};

/// Counts for the metrics.
struct ReactorCounts {
    std::size_t connections = 0;
    std::uint64_t turned_away = 0;  ///< Connections refused because of the limits on their number.
    std::uint64_t evicted = 0;      ///< Connections closed to make room for others.
    std::uint64_t shed = 0;         ///< Requests refused because too many were waiting.
    /// How often accepting paused, for lack of descriptors or memory.
    std::uint64_t accept_pauses = 0;
    std::size_t buffer_bytes = 0;  ///< Memory of requests and responses: see ConnectionLimits.
};

/// Accepts connections and enforces their deadlines, on one thread that never waits for a peer. The
/// ConnectionLoop handles each connection; it runs on this thread until a request needs a lane. A
/// connection occupies a worker of the lane only while a complete request of it is being answered.
/// When there is no room for a new connection, one that the server waits for is evicted: see
/// ConnectionTable.
///
/// Thread-safety: `stop` and `counts` may be called from any thread, the other methods from one.
/// Ownership: `exchange` must outlive it; it owns the sockets of the listeners.
class Reactor {
public:
    /// `is_trusted` returns whether an address is that of a trusted proxy.
    Reactor(Exchange& exchange, ConnectionLimits limits, std::vector<Listener> listeners,
            ConnectionTable::IsTrusted is_trusted);
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    /// Serves until `stop` is called; then it finishes the requests in progress and closes idle
    /// connections. Returns false when it cannot continue.
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
    void pause_accepting(Listener& listener);
    void resume_accepting();

    Exchange& exchange_;
    const ConnectionLimits limits_;
    std::vector<Listener> listeners_;
    Watch watch_;
    ConnectionLoop loop_;
    ConnectionTable connections_;
    std::uint64_t next_number_;
    bool accepting_paused_ = false;
    bool can_relieve_ = true;  // until the end of this turn of the event loop
    bool is_stopping_ = false;
    Deadline stop_latest_{};
    std::atomic<std::size_t> open_{0};
    std::atomic<std::uint64_t> turned_away_{0};
    std::atomic<std::uint64_t> evicted_{0};
    std::atomic<std::uint64_t> accept_pauses_{0};
};

}  // namespace rescuestream::server
