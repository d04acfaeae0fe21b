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

/// The epoll of a reactor, where connections wait until they are readable or writable. It also
/// holds the state that the reactor shares with the threads that own a connection: the deadlines,
/// the total memory of all buffers, and whether the reactor is stopping.
///
/// Thread-safety: all methods may be called from any thread, unless they say otherwise. Ownership:
/// `limits` must outlive it.
class Watch {
public:
    /// The number that the events of `wake` carry. Connections and listening sockets have other
    /// numbers.
    static constexpr std::uint64_t kWakeNumber = 0;
    static constexpr std::chrono::milliseconds kTimeWhenStopping{3'000};

    explicit Watch(const ConnectionLimits& limits);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// Adds a listening socket. Adding a number again has no effect.
    void add_listener(int socket, std::uint64_t number);
    void remove_listener(int socket);

    /// The reactor's thread calls it before it waits for events.
    void enter() noexcept { thread_ = std::this_thread::get_id(); }
    bool is_reactor_thread() const noexcept { return std::this_thread::get_id() == thread_; }
    /// Waits for events, on the reactor's thread; -1 for `timeout` waits without limit. Returns the
    /// number of events, or -1 when the epoll cannot be used any more. An interruption counts as no
    /// event and is not a failure.
    int wait(std::span<epoll_event> events, int timeout);
    /// Makes `wait` return.
    void wake() noexcept;
    /// Resets the event of `wake`.
    void take_wake() noexcept;

    /// Arms `connection` in the epoll, which reports one event for it. The caller must not touch
    /// the connection afterwards.
    void arm(Connection& connection, bool for_write);
    /// Disarms a connection, so that the epoll reports no more events for it.
    void disarm(Connection& connection) noexcept;

    /// Records progress of the peer, and gives it `time` for the next step.
    void set_deadline(Connection& connection, std::chrono::milliseconds time) const;
    /// Updates the total memory with what the connection's buffers take up now.
    void count_memory(Connection& connection);
    /// Removes the connection's buffers from the total memory.
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
