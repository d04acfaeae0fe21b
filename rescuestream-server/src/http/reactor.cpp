#include "http/reactor.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "http/peer_address.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kEventsAtOnce = 256;
constexpr int kAcceptsAtOnce = 64;
// Attempts to make room for one connection: some candidates turn out to have sent a whole request.
constexpr int kMostTries = 64;
constexpr milliseconds kSweepInterval{100};
constexpr std::size_t kMaxLingerBytes = 4 * 1024 * 1024;

}  // namespace

Reactor::Reactor(Exchange& exchange, ConnectionLimits limits, std::vector<Listener> listeners,
                 ConnectionTable::IsTrusted is_trusted)
    : exchange_(exchange),
      limits_(limits),
      listeners_(std::move(listeners)),
      watch_(limits_),
      loop_(exchange, limits_, watch_, [this](const Pointer& connection) { close(connection); }),
      connections_(limits_, std::move(is_trusted)),
      next_number_(1 + listeners_.size()) {
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        watch_.add_listener(listeners_[i].socket, 1 + i);
    }
}

Reactor::~Reactor() {
    for (const auto& listener : listeners_) {
        if (listener.socket >= 0) ::close(listener.socket);
    }
}

void Reactor::stop() {
    watch_.begin_stopping();
    watch_.wake();
}

ReactorCounts Reactor::counts() const noexcept {
    return {open_, turned_away_, evicted_, loop_.shed(), accept_pauses_, watch_.buffer_bytes()};
}

bool Reactor::run() {
    watch_.enter();
    auto next_sweep = steady_clock::now() + kSweepInterval;
    while (true) {
        if (watch_.is_stopping() && !is_stopping_) begin_stop();
        if (is_stopping_ && connections_.empty()) return true;
        if (!wait_for_events()) return false;
        const auto now = steady_clock::now();
        if (now >= next_sweep) {
            sweep(now);
            resume_accepting();
            exchange_.run_periodic_work();
            next_sweep = now + kSweepInterval;
        }
    }
}

bool Reactor::wait_for_events() {
    std::array<epoll_event, kEventsAtOnce> events;
    const bool has_deadlines = !connections_.empty() || accepting_paused_;
    const int count =
        watch_.wait(events, has_deadlines ? static_cast<int>(kSweepInterval.count()) : -1);
    if (count < 0) return false;
    can_relieve_ = true;
    for (int i = 0; i < count; ++i) {
        const std::uint64_t number = events[static_cast<std::size_t>(i)].data.u64;
        if (number == Watch::kWakeNumber) {
            watch_.take_wake();
        } else if (number <= listeners_.size()) {
            accept_from(listeners_[number - 1]);
        } else if (const Pointer connection = connections_.find(number)) {
            // It was closed at its deadline, or disarmed, after the kernel queued the event.
            if (connection->is_armed.exchange(false)) on_event(connection);
        }
        relieve_memory();
    }
    return true;
}

void Reactor::accept_from(Listener& listener) {
    for (int i = 0; i < kAcceptsAtOnce && listener.socket >= 0; ++i) {
        sockaddr_storage address{};
        socklen_t length = sizeof address;
        const int socket = accept4(listener.socket, reinterpret_cast<sockaddr*>(&address), &length,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0) {
            begin(socket, listener, address_of(address));
            relieve_memory();
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) return;
        // Out of descriptors or memory: evict the slowest connection; if none can be, stop
        // accepting for now.
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            if (evict(connections_.slowest())) continue;
            pause_accepting(listener);
            return;
        }
        // Every other error concerns that one connection only: accept(2), "Error handling".
    }
}

void Reactor::pause_accepting(Listener& listener) {
    accepting_paused_ = true;
    ++accept_pauses_;
    watch_.remove_listener(listener.socket);
}

void Reactor::resume_accepting() {
    if (!accepting_paused_) return;
    accepting_paused_ = false;
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        if (listeners_[i].socket >= 0) watch_.add_listener(listeners_[i].socket, 1 + i);
    }
}

void Reactor::begin(int socket, const Listener& listener, std::string address) {
    if (watch_.is_stopping() || !make_room_for(address)) {
        ++turned_away_;
        ::close(socket);
        return;
    }
    auto transport = listener.open(socket);
    if (!transport) return;
    const std::uint64_t number = next_number_++;
    auto connection = std::make_shared<Connection>(
        Connection::Origin{number, std::move(address), listener.media_only}, std::move(transport),
        limits_.head_bytes);
    connections_.add(connection);
    ++open_;
    if (listener.handshakes != nullptr) {
        begin_handshake(connection, listener);
        return;
    }
    watch_.set_deadline(*connection, limits_.idle);
    // Usually the request arrives right after the connection.
    loop_.drive(connection, connection->receive());
}

bool Reactor::make_room_for(const std::string& address) {
    for (int tries = 0; tries < kMostTries; ++tries) {
        const bool is_full = connections_.is_full(address);
        if (!is_full && connections_.size() < limits_.connections) return true;
        if (!evict(is_full ? connections_.slowest_of(address) : connections_.slowest()))
            return false;
    }
    return false;
}

// Returns true when the connection is closed, or when bytes that it has sent meanwhile were read,
// so that it may not be the slowest any more.
bool Reactor::evict(const Pointer& connection) {
    if (!connection || !connection->is_armed.exchange(false)) return false;
    if (connection->phase == Connection::Phase::kReading && connection->has_unread()) {
        on_event(connection);
        return true;
    }
    ++evicted_;
    close(connection);
    return true;
}

// A peer whose request is incomplete is told why it will not be answered.
void Reactor::relieve_memory() {
    if (!can_relieve_ || watch_.buffer_bytes() <= limits_.buffer_bytes) return;
    const std::size_t enough = limits_.buffer_bytes - limits_.buffer_bytes / 8;
    // Every connection may keep this much, however much others hold: MediaMTX's requests are
    // smaller.
    const std::size_t small = limits_.buffer_bytes / limits_.connections / 2;
    for (const auto& connection : connections_.largest(small)) {
        if (watch_.buffer_bytes() <= enough) return;
        if (connection->phase != Connection::Phase::kReading || !connection->reader.has_begun()) {
            evict(connection);
            continue;
        }
        if (!connection->is_armed.exchange(false)) continue;
        loop_.count_shed();
        connection->inbox().clear();
        connection->reader.give_up({503, "Too many requests are being received at this moment."});
        loop_.refuse(connection);
    }
    // The remaining memory belongs to requests that are being answered.
    can_relieve_ = watch_.buffer_bytes() <= limits_.buffer_bytes;
}

void Reactor::begin_handshake(const Pointer& connection, const Listener& listener) {
    if (connections_.handshakes() >= limits_.handshakes &&
        !evict(connections_.oldest_handshake())) {
        ++turned_away_;
        close(connection);
        return;
    }
    connections_.begin_handshake(connection);
    connection->phase = Connection::Phase::kHandshaking;
    connection->lane = listener.handshakes;
    watch_.set_deadline(*connection, limits_.handshake);
    watch_.arm(*connection, false);
}

void Reactor::on_event(const Pointer& connection) {
    switch (connection->phase) {
        case Connection::Phase::kHandshaking: {
            // Computing a handshake takes as long as dozens of requests, so it does not run on this
            // thread.
            const bool taken = connection->lane->submit([this, connection](bool too_late) {
                too_late ? loop_.end(connection) : loop_.shake_hands(connection);
            });
            if (!taken) close(connection);
            return;
        }
        case Connection::Phase::kReading:
            connections_.end_handshake(*connection);
            loop_.drive(connection, connection->receive());
            return;
        case Connection::Phase::kWriting:
            loop_.go_on_sending(connection);
            return;
        case Connection::Phase::kLeaving:
            if (connection->discard(kMaxLingerBytes)) {
                watch_.arm(*connection, false);
            } else {
                close(connection);
            }
            return;
        case Connection::Phase::kAnswering:
            return;
    }
}

bool Reactor::is_due(const Connection& connection, Deadline now) const {
    if (!connection.is_armed) return false;
    if (connection.deadline < now) return true;
    if (!is_stopping_) return false;
    const bool is_idle =
        connection.phase == Connection::Phase::kHandshaking ||
        (connection.phase == Connection::Phase::kReading && !connection.reader.has_begun());
    return is_idle || stop_latest_ < now;
}

void Reactor::sweep(Deadline now) {
    std::vector<Pointer> due;
    connections_.for_each([&](const Pointer& connection) {
        if (is_due(*connection, now)) due.push_back(connection);
    });
    for (const auto& connection : due) {
        if (!connection->is_armed.exchange(false)) continue;
        watch_.disarm(*connection);
        on_deadline(connection);
    }
}

void Reactor::on_deadline(const Pointer& connection) {
    if (connection->phase != Connection::Phase::kReading) {
        close(connection);
    } else if (connection->reader.has_begun()) {
        // The request is incomplete: its sender is told.
        connection->reader.give_up();
        loop_.refuse(connection);
    } else if (is_stopping_) {
        // The peer may have sent a request at this moment: that one is answered.
        loop_.drive(connection, connection->receive());
    } else {
        close(connection);
    }
}

void Reactor::begin_stop() {
    is_stopping_ = true;
    for (auto& listener : listeners_) {
        watch_.remove_listener(listener.socket);
        ::close(listener.socket);
        listener.socket = -1;
    }
    const auto now = steady_clock::now();
    stop_latest_ = now + Watch::kTimeWhenStopping;
    sweep(now);
}

void Reactor::close(const Pointer& connection) {
    watch_.forget_memory(*connection);
    // The epoll removes a socket when it is closed, with the last pointer to the connection.
    connections_.remove(connection);
    --open_;
}

}  // namespace rescuestream::server
