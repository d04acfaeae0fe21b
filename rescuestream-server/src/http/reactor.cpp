#include "http/reactor.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
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
constexpr milliseconds kSweepInterval{100};
constexpr milliseconds kLinger{1'000};
constexpr std::size_t kMaxLingerBytes = 4 * 1024 * 1024;
constexpr milliseconds kTimeWhenStopping{3'000};
// Bodies up to here are taken in even when memory for bodies is short: MediaMTX's questions are.
constexpr std::size_t kSmallBody = 8 * 1024;
// Requests of one connection that are answered before others have their turn.
constexpr int kMostInARow = 16;
constexpr std::uint64_t kWakeNumber = 0;

// Takes in what has come behind a request. False: the peer has ended its side.
bool reads_on(Connection& connection) {
    return !connection.reads_ahead() || connection.receive();
}

}  // namespace

Reactor::Reactor(Exchange& exchange, ConnectionLimits limits, std::vector<Listener> listeners)
    : exchange_(exchange),
      limits_(limits),
      listeners_(std::move(listeners)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      next_number_(1 + listeners_.size()) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kWakeNumber;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        event.data.u64 = 1 + i;
        epoll_ctl(epoll_, EPOLL_CTL_ADD, listeners_[i].socket, &event);
    }
}

Reactor::~Reactor() {
    connections_.clear();
    for (const auto& listener : listeners_) {
        if (listener.socket >= 0) ::close(listener.socket);
    }
    ::close(epoll_);
    ::close(wake_);
}

void Reactor::stop() {
    stopping_ = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

ReactorCounts Reactor::counts() const noexcept {
    return {open_, turned_away_, evicted_, shed_, rests_};
}

bool Reactor::run() {
    thread_ = std::this_thread::get_id();
    auto next_sweep = steady_clock::now() + kSweepInterval;
    while (true) {
        if (stopping_ && !is_stopping_) begin_stop();
        if (is_stopping_ && connections_.empty()) return true;
        if (!wait_for_events()) return false;
        const auto now = steady_clock::now();
        if (now >= next_sweep) {
            sweep(now);
            resume_accepting();
            exchange_.look_after();
            next_sweep = now + kSweepInterval;
        }
    }
}

bool Reactor::wait_for_events() {
    std::array<epoll_event, kEventsAtOnce> events;
    const bool has_deadlines = !connections_.empty() || accepting_rests_;
    const int count = epoll_wait(epoll_, events.data(), kEventsAtOnce,
                                 has_deadlines ? static_cast<int>(kSweepInterval.count()) : -1);
    if (count < 0) return errno == EINTR;
    for (int i = 0; i < count; ++i) {
        const std::uint64_t number = events[static_cast<std::size_t>(i)].data.u64;
        if (number == kWakeNumber) {
            std::uint64_t value = 0;
            [[maybe_unused]] const auto got = ::read(wake_, &value, sizeof value);
        } else if (number <= listeners_.size()) {
            accept_from(listeners_[number - 1]);
        } else if (const auto found = connections_.find(number); found != connections_.end()) {
            const Pointer connection = found->second;
            // Closed at its deadline, or taken, since the kernel noted the event.
            if (connection->is_armed.exchange(false)) on_event(connection);
        }
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
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) return;
        // Out of descriptors or memory: what is idle makes room, and the queue waits meanwhile.
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            if (errno == EMFILE && evict_idle()) continue;
            rest_accepting(listener);
            return;
        }
        // Everything else is the trouble of that one connection: accept(2), "Error handling".
    }
}

void Reactor::rest_accepting(Listener& listener) {
    accepting_rests_ = true;
    ++rests_;
    epoll_ctl(epoll_, EPOLL_CTL_DEL, listener.socket, nullptr);
}

void Reactor::resume_accepting() {
    if (!accepting_rests_) return;
    accepting_rests_ = false;
    epoll_event event{};
    event.events = EPOLLIN;
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        event.data.u64 = 1 + i;
        // One that did not rest is there already, which does no harm.
        if (listeners_[i].socket >= 0) {
            epoll_ctl(epoll_, EPOLL_CTL_ADD, listeners_[i].socket, &event);
        }
    }
}

void Reactor::begin(int socket, const Listener& listener, std::string address) {
    if (stopping_ || !has_room_for(address)) {
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
    connections_.emplace(number, connection);
    ++per_address_[connection->origin.address];
    ++open_;
    set_deadline(*connection, limits_.idle);
    // A caller's request comes right behind its connection, as a rule.
    drive(connection, connection->receive());
}

bool Reactor::has_room_for(const std::string& address) {
    if (!is_this_machine(address)) {
        const auto same = per_address_.find(address);
        if (same != per_address_.end() && same->second >= limits_.connections_per_address) {
            return false;
        }
    }
    return connections_.size() < limits_.connections || evict_idle();
}

// The one that has been idle for the longest.
bool Reactor::evict_idle() {
    const Pointer* oldest = nullptr;
    for (const auto& [number, connection] : connections_) {
        if (!connection->is_armed || connection->phase != Connection::Phase::kReading ||
            connection->reader.has_begun()) {
            continue;
        }
        if (oldest == nullptr || connection->deadline < (*oldest)->deadline) oldest = &connection;
    }
    if (oldest == nullptr) return false;
    const Pointer connection = *oldest;
    if (!connection->is_armed.exchange(false)) return false;
    ++evicted_;
    close(connection);
    return true;
}

void Reactor::on_event(const Pointer& connection) {
    switch (connection->phase) {
        case Connection::Phase::kReading:
            drive(connection, connection->receive());
            return;
        case Connection::Phase::kWriting:
            if (send(connection)) drive_on(connection);
            return;
        case Connection::Phase::kLeaving:
            if (connection->discard(kMaxLingerBytes)) {
                arm(connection, false);
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
        connection.phase == Connection::Phase::kReading && !connection.reader.has_begun();
    return is_idle || stop_latest_ < now;
}

void Reactor::sweep(Deadline now) {
    std::vector<Pointer> due;
    for (const auto& [number, connection] : connections_) {
        if (is_due(*connection, now)) due.push_back(connection);
    }
    for (const auto& connection : due) {
        if (!connection->is_armed.exchange(false)) continue;
        epoll_event nothing{};
        nothing.events = EPOLLONESHOT;  // or a peer that hung up would be told of without end
        nothing.data.u64 = connection->origin.number;
        epoll_ctl(epoll_, EPOLL_CTL_MOD, connection->socket(), &nothing);
        on_deadline(connection);
    }
}

void Reactor::on_deadline(const Pointer& connection) {
    if (connection->phase != Connection::Phase::kReading) {
        close(connection);
    } else if (connection->reader.has_begun()) {
        // Half a request: its sender is told.
        connection->reader.give_up();
        dispatch(connection, nullptr);
    } else if (is_stopping_) {
        // Its peer may have sent a request at this moment: that one is answered.
        drive(connection, connection->receive());
    } else {
        close(connection);
    }
}

void Reactor::begin_stop() {
    is_stopping_ = true;
    for (auto& listener : listeners_) {
        epoll_ctl(epoll_, EPOLL_CTL_DEL, listener.socket, nullptr);
        ::close(listener.socket);
        listener.socket = -1;
    }
    const auto now = steady_clock::now();
    stop_latest_ = now + kTimeWhenStopping;
    sweep(now);
}

void Reactor::close(const Pointer& connection) {
    const auto same = per_address_.find(connection->origin.address);
    if (same != per_address_.end() && --same->second == 0) per_address_.erase(same);
    body_bytes_ -= std::exchange(connection->counted_body_bytes, 0);
    // The epoll forgets its socket when that is closed, with the last pointer to it.
    connections_.erase(connection->origin.number);
    --open_;
}

void Reactor::drive(const Pointer& connection, bool is_open) {
    RequestReader& reader = connection->reader;
    int in_a_row = 0;
    while (true) {
        const bool had_begun = reader.has_begun();
        switch (reader.advance(connection->inbox())) {
            case RequestReader::Step::kHead:
                if (!continue_with_head(connection)) return;
                break;
            case RequestReader::Step::kComplete:
                if (!dispatch(connection, connection->lane)) return;
                if (++in_a_row == kMostInARow) {
                    arm(connection, true);  // others first; a socket can be written to, as a rule
                    return;
                }
                is_open = reads_on(*connection);
                break;
            case RequestReader::Step::kRefused:
                dispatch(connection, nullptr);
                return;
            case RequestReader::Step::kNeedsMore: {
                if (!is_open || (stopping_ && !reader.has_begun())) {
                    end(connection);
                    return;
                }
                const std::size_t held = reader.body().size();
                body_bytes_ += held - std::exchange(connection->counted_body_bytes, held);
                if (held > kSmallBody && body_bytes_ > limits_.body_bytes) {
                    ++shed_;
                    reader.give_up({503, "Too many bodies are being received at this moment."});
                    dispatch(connection, nullptr);
                    return;
                }
                if (!had_begun && reader.has_begun()) set_deadline(*connection, limits_.head);
                arm(connection, connection->receive_needs_write());
                return;
            }
        }
    }
}

// Behind an answer.
void Reactor::drive_on(const Pointer& connection) {
    drive(connection, reads_on(*connection));
}

// False: it is on its way out.
bool Reactor::continue_with_head(const Pointer& connection) {
    RequestReader& reader = connection->reader;
    const auto screening = exchange_.screen(*connection, reader.head());
    connection->lane = screening.lane;
    if (screening.body_limit == 0 || !reader.has_body()) return true;
    reader.read_body(screening.body_limit);
    set_deadline(*connection, limits_.body);
    // RFC 9110 section 10.1.1. Who has sent something of the body does not wait.
    if (reader.head().framing.expects_continue && reader.in_body() && connection->inbox().empty()) {
        connection->queue("HTTP/1.1 100 Continue\r\n\r\n");
        // A peer that does not even take these bytes gets no more.
        if (connection->send() != Connection::Sent::kAll) {
            leave(connection);
            return false;
        }
    }
    return true;
}

bool Reactor::dispatch(const Pointer& connection, Lane* lane) {
    connection->phase = Connection::Phase::kAnswering;
    if (lane == nullptr) return answer(connection, false);
    const bool taken = lane->submit([this, connection](bool too_late) {
        if (answer(connection, too_late)) drive_on(connection);
    });
    return !taken && answer(connection, true);
}

bool Reactor::answer(const Pointer& connection, bool overloaded) {
    if (overloaded) ++shed_;
    if (stopping_ || overloaded) connection->close_after_answer();
    connection->begin_exchange();
    exchange_.answer(*connection, overloaded, [this, connection](std::string bytes) {
        if (!connection->ends_exchange(bytes)) return;  // who began it goes on
        if (deliver(connection, std::move(bytes))) drive_on(connection);
    });
    auto bytes = connection->leave_exchange();
    return bytes && deliver(connection, *std::move(bytes));
}

bool Reactor::deliver(const Pointer& connection, std::string bytes) {
    connection->queue(std::move(bytes));
    body_bytes_ -= std::exchange(connection->counted_body_bytes, 0);
    set_deadline(*connection, limits_.answer);
    return send(connection);
}

bool Reactor::send(const Pointer& connection) {
    connection->phase = Connection::Phase::kWriting;
    switch (connection->send()) {
        case Connection::Sent::kNeedsRead:
            arm(connection, false);
            return false;
        case Connection::Sent::kNeedsWrite:
            arm(connection, true);
            return false;
        case Connection::Sent::kBroken:
            end(connection);
            return false;
        case Connection::Sent::kAll:
            break;
    }
    if (connection->closes()) {
        leave(connection);
        return false;
    }
    connection->phase = Connection::Phase::kReading;
    connection->reader.reset();
    set_deadline(*connection, limits_.idle);
    // The next request may have come with this one.
    if (!connection->inbox().empty() || connection->reads_ahead()) return true;
    connection->inbox().trim();
    if (stopping_) {
        end(connection);
    } else {
        arm(connection, false);
    }
    return false;
}

// Closing with unread input makes the kernel reset the connection, and the peer may lose the
// answer: what still comes is read and thrown away, for a moment.
void Reactor::leave(const Pointer& connection) {
    connection->phase = Connection::Phase::kLeaving;
    connection->end_writing();
    set_deadline(*connection, kLinger);
    arm(connection, false);
}

// Nothing more is owed to the peer.
void Reactor::end(const Pointer& connection) {
    if (std::this_thread::get_id() == thread_) {
        close(connection);
        return;
    }
    // The list of connections is the reactor's: it is woken by the socket's own end.
    connection->phase = Connection::Phase::kLeaving;
    ::shutdown(connection->socket(), SHUT_RDWR);
    set_deadline(*connection, milliseconds(0));
    arm(connection, false);
}

void Reactor::arm(const Pointer& connection, bool for_write) {
    epoll_event event{};
    event.events = (for_write ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT;
    event.data.u64 = connection->origin.number;
    const int how = std::exchange(connection->is_registered, true) ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    const int socket = connection->socket();
    connection->is_armed = true;
    // The reactor may close it at this moment, for its deadline; then the call fails, which is
    // good.
    epoll_ctl(epoll_, how, socket, &event);
}

void Reactor::set_deadline(Connection& connection, milliseconds time) const {
    connection.deadline =
        steady_clock::now() + (stopping_ ? std::min(time, kTimeWhenStopping) : time);
}

}  // namespace rescuestream::server
