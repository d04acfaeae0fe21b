#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/connection.hpp"
#include "http/crowd.hpp"
#include "http/lane.hpp"

namespace rescuestream::server {

/// What becomes of requests.
class Exchange {
public:
    struct Screening {
        Lane* lane = nullptr;        ///< Who answers; null: whoever has read it, without waiting.
        std::size_t body_limit = 0;  ///< 0: it is refused without its body.
        bool is_preferred = false;   ///< In its lane.
    };

    virtual ~Exchange() = default;
    using Send = std::function<void(std::string bytes)>;

    /// Of a head that is whole. Quick, on the thread that has read it.
    virtual Screening screen(const Connection& connection, const Head& head) noexcept = 0;
    /// Now and then, on the reactor's thread.
    virtual void look_after() noexcept = 0;
    /// Gives `send` the bytes of the answer to what `connection` has read, or of the refusal of
    /// what is no request: once, before it returns, or later on another thread. It may wait only on
    /// the thread of a lane. `overloaded`: say so, quickly.
    virtual void answer(Connection& connection, bool overloaded, Send send) noexcept = 0;
};

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

/// Accepts connections and reads requests, all of them on one thread that never waits for a peer.
/// What can be answered without waiting is answered there; other requests are given to their lane,
/// and a connection holds a worker of it only while a whole request of it is being answered. When
/// there is no room for a newcomer, a connection that the server waits for gives way: see Crowd.
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
    static constexpr std::chrono::milliseconds kTimeWhenStopping{3'000};

    // On the reactor's thread alone.
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

    // On the thread that has the connection.
    void shake_hands(const Pointer& connection);
    void drive(const Pointer& connection, bool is_open);
    // Those that return a bool: whether the next request may be read on this thread.
    bool dispatch(const Pointer& connection, Lane* lane);
    bool answer(const Pointer& connection, bool overloaded);
    bool deliver(const Pointer& connection, std::string bytes);
    bool send(const Pointer& connection);
    void drive_on(const Pointer& connection);
    void leave(const Pointer& connection);
    void end(const Pointer& connection);
    bool continue_with_head(const Pointer& connection);
    // Gives it to the epoll; the caller must not touch it any more.
    void arm(const Pointer& connection, bool for_write);
    // The peer has got somewhere, and has so long for what comes next.
    void set_deadline(Connection& connection, std::chrono::milliseconds time) const;
    void count_memory(Connection& connection);
    void wake();

    Exchange& exchange_;
    const ConnectionLimits limits_;
    std::vector<Listener> listeners_;
    const int epoll_;
    const int wake_;
    Crowd crowd_;
    std::uint64_t next_number_;
    bool accepting_rests_ = false;
    bool can_relieve_ = true;  // for the rest of this turn
    bool is_stopping_ = false;
    Deadline stop_latest_{};
    std::thread::id thread_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::size_t> buffer_bytes_{0};
    std::atomic<std::size_t> open_{0};
    std::atomic<std::uint64_t> turned_away_{0};
    std::atomic<std::uint64_t> evicted_{0};
    std::atomic<std::uint64_t> shed_{0};
    std::atomic<std::uint64_t> rests_{0};
};

}  // namespace rescuestream::server
