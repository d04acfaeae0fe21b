#include "http/connection_loop.hpp"

#include <sys/socket.h>

#include "http/lane.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLinger{1'000};
// Requests of one connection that are answered before other connections get their turn.
constexpr int kMostInARow = 16;

// Receives the bytes that arrived after a request. Returns false when the peer has closed its side.
bool reads_on(Connection& connection) {
    return !connection.reads_ahead() || connection.receive();
}

}  // namespace

void ConnectionLoop::drive(const Pointer& connection, bool is_open) {
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
                    // Other connections get their turn. A socket is almost always writable, so the
                    // event comes at once.
                    watch_.arm(*connection, true);
                    return;
                }
                is_open = reads_on(*connection);
                break;
            case RequestReader::Step::kRefused:
                refuse(connection);
                return;
            case RequestReader::Step::kNeedsMore: {
                if (!is_open || (watch_.is_stopping() && !reader.has_begun())) {
                    end(connection);
                    return;
                }
                connection->inbox().trim();
                if (!had_begun && reader.has_begun()) {
                    watch_.set_deadline(*connection, limits_.head);
                }
                watch_.arm(*connection, connection->receive_needs_write());
                return;
            }
        }
    }
}

void ConnectionLoop::go_on_sending(const Pointer& connection) {
    if (send(connection)) drive_on(connection);
}

void ConnectionLoop::refuse(const Pointer& connection) {
    dispatch(connection, nullptr);
}

// Continues after a response.
void ConnectionLoop::drive_on(const Pointer& connection) {
    drive(connection, reads_on(*connection));
}

// Returns false when the connection is being closed.
bool ConnectionLoop::continue_with_head(const Pointer& connection) {
    RequestReader& reader = connection->reader;
    const auto screening = exchange_.screen(*connection, reader.head());
    connection->lane = screening.lane;
    connection->is_preferred = screening.is_preferred;
    if (screening.body_limit == 0 || !reader.has_body()) return true;
    reader.read_body(screening.body_limit);
    watch_.set_deadline(*connection, limits_.body);
    // RFC 9110 section 10.1.1. A client that has already sent a part of the body does not wait for
    // it.
    if (reader.head().framing.expects_continue && reader.in_body() && connection->inbox().empty()) {
        connection->queue({"HTTP/1.1 100 Continue\r\n\r\n", nullptr});
        // A peer that does not even receive these bytes is not served any further.
        if (connection->send() != Connection::Sent::kAll) {
            leave(connection);
            return false;
        }
    }
    return true;
}

bool ConnectionLoop::dispatch(const Pointer& connection, Lane* lane) {
    connection->phase = Connection::Phase::kAnswering;
    if (lane == nullptr) return answer(connection, false);
    watch_.count_memory(*connection);
    const bool taken = lane->submit(
        [this, connection](bool too_late) {
            if (answer(connection, too_late)) drive_on(connection);
        },
        connection->is_preferred);
    return !taken && answer(connection, true);
}

bool ConnectionLoop::answer(const Pointer& connection, bool overloaded) {
    if (overloaded) ++shed_;
    if (watch_.is_stopping() || overloaded) connection->close_after_answer();
    connection->begin_exchange();
    exchange_.answer(*connection, overloaded, [this, connection](ResponseBytes bytes) {
        if (!connection->ends_exchange(bytes)) return;  // the thread that began it continues
        if (deliver(connection, std::move(bytes))) drive_on(connection);
    });
    auto bytes = connection->leave_exchange();
    return bytes && deliver(connection, *std::move(bytes));
}

bool ConnectionLoop::deliver(const Pointer& connection, ResponseBytes bytes) {
    connection->request.reset();
    connection->queue(std::move(bytes));
    watch_.set_deadline(*connection, limits_.answer);
    return send(connection);
}

bool ConnectionLoop::send(const Pointer& connection) {
    connection->phase = Connection::Phase::kWriting;
    switch (connection->send()) {
        case Connection::Sent::kNeedsRead:
            watch_.arm(*connection, false);
            return false;
        case Connection::Sent::kNeedsWrite:
            watch_.arm(*connection, true);
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
    watch_.set_deadline(*connection, limits_.idle);
    // The next request may have arrived together with this one.
    if (!connection->inbox().empty() || connection->reads_ahead()) return true;
    connection->inbox().trim();
    if (watch_.is_stopping()) {
        end(connection);
    } else {
        watch_.arm(*connection, false);
    }
    return false;
}

// Closing a socket with unread input makes the kernel reset the connection, and the peer may lose
// the response. So the input that still arrives is discarded for a moment.
void ConnectionLoop::leave(const Pointer& connection) {
    connection->phase = Connection::Phase::kLeaving;
    connection->end_writing();
    connection->reader.reset();
    connection->inbox().clear();
    watch_.set_deadline(*connection, kLinger);
    connection->since = {};
    watch_.arm(*connection, false);
}

void ConnectionLoop::shake_hands(const Pointer& connection) {
    switch (connection->shake_hands().status) {
        case IoResult::Status::kDone:
            connection->phase = Connection::Phase::kReading;
            watch_.set_deadline(*connection, limits_.idle);
            // a request may have arrived together with the end of the stream
            watch_.arm(*connection, true);
            return;
        case IoResult::Status::kNeedsRead:
            watch_.arm(*connection, false);
            return;
        case IoResult::Status::kNeedsWrite:
            watch_.arm(*connection, true);
            return;
        case IoResult::Status::kEnded:
            end(connection);
            return;
    }
}

// The peer is owed nothing more.
void ConnectionLoop::end(const Pointer& connection) {
    if (watch_.is_reactor_thread()) {
        close_(connection);
        return;
    }
    // Only the reactor may change the list of connections: the end of the socket wakes it.
    connection->phase = Connection::Phase::kLeaving;
    ::shutdown(connection->socket(), SHUT_RDWR);
    watch_.set_deadline(*connection, milliseconds(0));
    connection->since = {};
    watch_.arm(*connection, false);
}

}  // namespace rescuestream::server
