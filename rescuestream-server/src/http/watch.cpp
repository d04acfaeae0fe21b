#include "http/watch.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "http/connection.hpp"

namespace rescuestream::server {

using std::chrono::steady_clock;

Watch::Watch(const ConnectionLimits& limits)
    : limits_(limits),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    add_listener(wake_, kWakeNumber);
}

Watch::~Watch() {
    ::close(epoll_);
    ::close(wake_);
}

void Watch::add_listener(int socket, std::uint64_t number) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = number;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
}

void Watch::remove_listener(int socket) {
    epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, nullptr);
}

int Watch::wait(std::span<epoll_event> events, int timeout) {
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout);
    return count < 0 && errno == EINTR ? 0 : count;
}

void Watch::wake() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

void Watch::take_wake() noexcept {
    std::uint64_t value = 0;
    [[maybe_unused]] const auto got = ::read(wake_, &value, sizeof value);
}

void Watch::arm(Connection& connection, bool for_write) {
    epoll_event event{};
    event.events = (for_write ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT;
    event.data.u64 = connection.origin.number;
    const int how = std::exchange(connection.is_registered, true) ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    const int socket = connection.socket();
    count_memory(connection);
    connection.is_armed = true;
    // The reactor may close the connection at this moment, at its deadline. Then the call fails,
    // which is harmless.
    epoll_ctl(epoll_, how, socket, &event);
}

void Watch::disarm(Connection& connection) noexcept {
    epoll_event nothing{};
    nothing.events = EPOLLONESHOT;  // without it, a closed peer would be reported without end
    nothing.data.u64 = connection.origin.number;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.socket(), &nothing);
}

void Watch::set_deadline(Connection& connection, std::chrono::milliseconds time) const {
    connection.since = steady_clock::now();
    connection.deadline = connection.since + (stopping_ ? std::min(time, kTimeWhenStopping) : time);
}

void Watch::count_memory(Connection& connection) {
    const std::size_t bytes = connection.buffer_bytes();
    const std::size_t before = std::exchange(connection.counted_bytes, bytes);
    if (bytes == before) return;
    buffer_bytes_ += bytes - before;
    // The reactor checks the total after each event. Memory that a worker has added must be
    // reported to it.
    if (bytes > before && buffer_bytes_ > limits_.buffer_bytes && !is_reactor_thread()) wake();
}

void Watch::forget_memory(Connection& connection) noexcept {
    buffer_bytes_ -= std::exchange(connection.counted_bytes, 0);
}

}  // namespace rescuestream::server
