#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <thread>

namespace rescuestream::server {

class Connection;
struct ConnectionLimits;

/// Where the connections of a reactor wait until something can be read or written: its epoll. It
/// also keeps what the reactor and the threads that have a connection in hand must agree on: the
/// deadlines, the memory of all buffers, and whether the reactor is stopping.
///
/// Thread-safety: all methods from any thread, unless they say otherwise. Ownership: `limits` must
/// outlive it.
class Watch {
public:
    /// The number that events of `wake` carry. Connections and listening sockets have others.
    static constexpr std::uint64_t kWakeNumber = 0;
    static constexpr std::chrono::milliseconds kTimeWhenStopping{3'000};

    explicit Watch(const ConnectionLimits& limits);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// Listening sockets; a number that is there already stays.
    void add_listener(int socket, std::uint64_t number);
    void remove_listener(int socket);

    /// The reactor's thread calls it before it waits.
    void enter() noexcept { thread_ = std::this_thread::get_id(); }
    bool is_reactor_thread() const noexcept { return std::this_thread::get_id() == thread_; }
    /// Waits for events, on the reactor's thread; -1 for `timeout` is for ever. Returns how many
    /// came; -1: the epoll cannot be used any more. An interruption is no event and no failure.
    int wait(std::span<epoll_event> events, int timeout);
    /// Makes `wait` return.
    void wake() noexcept;
    /// Takes note that `wake` was called.
    void take_wake() noexcept;

    /// Gives `connection` to the epoll, which tells of it once: the caller must not touch it any
    /// more.
    void arm(Connection& connection, bool for_write);
    /// The epoll tells nothing more of a connection that was taken from it.
    void disarm(Connection& connection) noexcept;

    /// The peer has got somewhere, and has so long for what comes next.
    void set_deadline(Connection& connection, std::chrono::milliseconds time) const;
    /// Counts what the connection's buffers take up now.
    void count_memory(Connection& connection);
    /// Counts the connection's buffers no more.
    void forget_memory(Connection& connection) noexcept;
    std::size_t buffer_bytes() const noexcept { return buffer_bytes_; }

    void begin_stopping() noexcept { stopping_ = true; }
    bool is_stopping() const noexcept { return stopping_; }

private:
    const ConnectionLimits& limits_;
    const int epoll_;
    const int wake_;
    std::thread::id thread_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::size_t> buffer_bytes_{0};
};

}  // namespace rescuestream::server
