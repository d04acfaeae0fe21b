#include "http/connection.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

namespace rescuestream::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kReceiveSize = 16 * 1024;
constexpr std::size_t kMaxChunkLine = 256;
constexpr std::size_t kMaxTrailers = 20;
constexpr milliseconds kLinger{1'000};
constexpr std::size_t kMaxLingerBytes = 4 * 1024 * 1024;
constexpr milliseconds kTimeWhenStopping{3'000};
constexpr std::size_t kMaxKeptBuffer = 64 * 1024;

int milliseconds_until(steady_clock::time_point deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
    return static_cast<int>(std::max<milliseconds::rep>(left, 0));
}

}  // namespace

Connection::Connection(int socket, int wake, ConnectionLimits limits)
    : socket_(socket), wake_(wake), limits_(limits) {}

bool Connection::wait_for_request() {
    if (in_at_ < in_.size()) return true;
    deadline_ = steady_clock::now() + limits_.idle;
    std::array<pollfd, 2> polled{{{socket_, POLLIN, 0}, {wake_, POLLIN, 0}}};
    int ready = 0;
    do {
        ready = poll(polled.data(), polled.size(), milliseconds_until(deadline_));
    } while (ready < 0 && errno == EINTR);
    // Readable also means: closed by the peer, which the read will tell.
    return ready > 0 && polled[0].revents != 0 && fill();
}

// Until `deadline_`, which comes nearer when the server stops.
bool Connection::wait(short events) {
    std::array<pollfd, 2> polled{{{socket_, events, 0}, {wake_, POLLIN, 0}}};
    while (true) {
        const nfds_t count = hurried_ ? 1 : 2;
        const int ready = poll(polled.data(), count, milliseconds_until(deadline_));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return false;
        if (polled[0].revents != 0) return true;
        hurried_ = true;
        deadline_ = std::min(deadline_, steady_clock::now() + kTimeWhenStopping);
    }
}

void Connection::begin_request() {
    head_.clear();
    framing_ = {};
    in_head_ = true;
    head_too_large_ = false;
    body_complete_ = true;
    deadline_ = steady_clock::now() + limits_.head;
}

void Connection::end_head(const Framing& framing) {
    in_head_ = false;
    framing_ = framing;
    body_complete_ = !present();
}

bool Connection::read_rest_of_head() {
    char byte = 0;
    while (!head_.ends_with("\r\n\r\n")) {
        if (read(&byte, 1) != 1) return false;
    }
    return true;
}

bool Connection::fill() {
    if (in_at_ == in_.size()) {
        in_.clear();
        in_at_ = 0;
    }
    const std::size_t kept = in_.size();
    in_.resize(kept + kReceiveSize);
    ssize_t count = 0;
    do {
        count = recv(socket_, in_.data() + kept, kReceiveSize, MSG_DONTWAIT);
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (!wait(POLLIN)) break;
            errno = EINTR;
        }
    } while (count < 0 && errno == EINTR);
    in_.resize(kept + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    return count > 0;
}

ssize_t Connection::read(char* out, std::size_t size) {
    if (!out_.empty() && !flush()) return -1;
    if (in_at_ == in_.size() && !fill()) return -1;
    if (in_head_ && head_.size() >= limits_.head_bytes) {
        head_too_large_ = true;
        return -1;
    }
    const std::size_t count = std::min(size, in_.size() - in_at_);
    std::copy_n(in_.data() + in_at_, count, out);
    if (in_head_) head_.append(out, count);
    in_at_ += count;
    return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* data, std::size_t size) {
    out_.append(data, size);
    return static_cast<ssize_t>(size);
}

bool Connection::flush() {
    deadline_ = steady_clock::now() + (hurried_ ? kTimeWhenStopping : limits_.answer);
    std::size_t sent = 0;
    while (sent < out_.size()) {
        const ssize_t count =
            send(socket_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count > 0) {
            sent += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!wait(POLLOUT)) break;
        } else if (errno != EINTR) {
            break;
        }
    }
    const bool all = sent == out_.size();
    if (out_.capacity() > kMaxKeptBuffer) {
        std::string().swap(out_);  // an idle connection must not hold a large answer's memory
    } else {
        out_.clear();
    }
    return all;
}

void Connection::finish() {
    // Closing with unread input makes the kernel reset the connection, and the peer may lose the
    // answer: what still comes is read and thrown away, for a moment.
    if (shutdown(socket_, SHUT_WR) != 0) return;
    if (!has_unread_rest()) return;
    deadline_ = steady_clock::now() + kLinger;
    std::size_t thrown_away = 0;
    do {
        thrown_away += in_.size();
        in_.clear();
        in_at_ = 0;
    } while (thrown_away < kMaxLingerBytes && fill());
}

bool Connection::present() const noexcept {
    return framing_.chunked || framing_.content_length.value_or(0) > 0;
}

bool Connection::sender_has_gone() const {
    char next = 0;
    return ::recv(socket_, &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

BodyOutcome Connection::read(std::size_t limit, std::string& out) {
    out.clear();
    if (body_complete_) return BodyOutcome::kComplete;
    if (!out_.empty() && !flush()) return BodyOutcome::kBroken;
    deadline_ = steady_clock::now() + limits_.body;
    BodyOutcome outcome = BodyOutcome::kTooLarge;
    if (framing_.chunked) {
        outcome = read_chunks(limit, out);
    } else if (*framing_.content_length <= limit) {
        outcome = read_length(*framing_.content_length, out);
    }
    body_complete_ = outcome == BodyOutcome::kComplete;
    return outcome;
}

BodyOutcome Connection::read_length(std::uint64_t length, std::string& out) {
    const std::size_t end = out.size() + length;
    out.reserve(end);
    while (out.size() < end) {
        if (in_at_ == in_.size() && !fill()) return BodyOutcome::kBroken;
        const std::size_t count = std::min(end - out.size(), in_.size() - in_at_);
        out.append(in_, in_at_, count);
        in_at_ += count;
    }
    return BodyOutcome::kComplete;
}

// One line without its CRLF. False: too long, or the peer has gone.
bool Connection::take_line(std::string& line, std::size_t max) {
    line.clear();
    while (line.size() <= max) {
        if (in_at_ == in_.size() && !fill()) return false;
        line += in_[in_at_++];
        if (line.ends_with("\r\n")) {
            line.resize(line.size() - 2);
            return true;
        }
    }
    return false;
}

// RFC 9112 section 7.1.
BodyOutcome Connection::read_chunks(std::size_t limit, std::string& out) {
    std::string line;
    while (true) {
        if (!take_line(line, kMaxChunkLine)) return BodyOutcome::kMalformed;
        std::uint64_t size = 0;
        const char* end = line.data() + line.size();
        const auto [parsed, error] = std::from_chars(line.data(), end, size, 16);
        const bool extended = parsed != end && (*parsed == ';' || *parsed == ' ');
        if (error != std::errc{} || (parsed != end && !extended)) return BodyOutcome::kMalformed;
        if (size == 0) break;
        if (size > limit - out.size()) return BodyOutcome::kTooLarge;
        const BodyOutcome outcome = read_length(size, out);
        if (outcome != BodyOutcome::kComplete) return outcome;
        if (!take_line(line, 2) || !line.empty()) return BodyOutcome::kMalformed;
    }
    for (std::size_t i = 0; i <= kMaxTrailers; ++i) {
        if (!take_line(line, limits_.head_bytes)) return BodyOutcome::kMalformed;
        if (line.empty()) return BodyOutcome::kComplete;
    }
    return BodyOutcome::kMalformed;
}

void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> service{};
    ip.clear();
    port = 0;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (getpeername(socket_, generic, &length) != 0 ||
        getnameinfo(generic, length, host.data(), host.size(), service.data(), service.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return;
    }
    ip = host.data();
    // A v4 client of a v6 socket.
    if (ip.starts_with("::ffff:") && ip.find('.') != std::string::npos) ip.erase(0, 7);
    std::from_chars(service.data(), service.data() + service.size(), port);
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
    // Nobody asks; finding it out would cost each request a system call.
    ip.clear();
    port = 0;
}

}  // namespace rescuestream::server
