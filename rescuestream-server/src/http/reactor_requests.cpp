// What a Reactor does with one connection: read requests, have them answered, send the answers.

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>

#include "http/reactor.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLinger{1'000};
// Requests of one connection that are answered before others have their turn.
constexpr int kMostInARow = 16;

// Takes in what has come behind a request. False: the peer has ended its side.
bool reads_on(Connection& connection) {
    return !connection.reads_ahead() || connection.receive();
}

}  // namespace

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
                connection->inbox().trim();
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
    connection->is_preferred = screening.is_preferred;
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
    count_memory(*connection);
    const bool taken = lane->submit(
        [this, connection](bool too_late) {
            if (answer(connection, too_late)) drive_on(connection);
        },
        connection->is_preferred);
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
    connection->reader.reset();
    connection->inbox().clear();
    set_deadline(*connection, kLinger);
    connection->since = {};
    arm(connection, false);
}

void Reactor::shake_hands(const Pointer& connection) {
    switch (connection->shake_hands().status) {
        case IoResult::Status::kDone:
            connection->phase = Connection::Phase::kReading;
            set_deadline(*connection, limits_.idle);
            arm(connection, true);  // a request may have come with its end
            return;
        case IoResult::Status::kNeedsRead:
            arm(connection, false);
            return;
        case IoResult::Status::kNeedsWrite:
            arm(connection, true);
            return;
        case IoResult::Status::kEnded:
            end(connection);
            return;
    }
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
    connection->since = {};
    arm(connection, false);
}

void Reactor::arm(const Pointer& connection, bool for_write) {
    epoll_event event{};
    event.events = (for_write ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT;
    event.data.u64 = connection->origin.number;
    const int how = std::exchange(connection->is_registered, true) ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    const int socket = connection->socket();
    count_memory(*connection);
    connection->is_armed = true;
    // The reactor may close it at this moment, for its deadline; then the call fails, which is
    // good.
    epoll_ctl(epoll_, how, socket, &event);
}

void Reactor::set_deadline(Connection& connection, milliseconds time) const {
    connection.since = steady_clock::now();
    connection.deadline = connection.since + (stopping_ ? std::min(time, kTimeWhenStopping) : time);
}

void Reactor::count_memory(Connection& connection) {
    const std::size_t bytes = connection.buffer_bytes();
    const std::size_t before = std::exchange(connection.counted_bytes, bytes);
    if (bytes == before) return;
    buffer_bytes_ += bytes - before;
    // The reactor looks after each event; what a worker has made it has to be told of.
    if (bytes > before && buffer_bytes_ > limits_.buffer_bytes &&
        std::this_thread::get_id() != thread_) {
        wake();
    }
}

}  // namespace rescuestream::server
