#include "http/guarded_stream.hpp"

#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace rescuestream::http {
namespace {

constexpr std::size_t kMaxLine = 8 * 1024;
constexpr std::size_t kMaxHead = 64 * 1024;
// "HTTP/1.1 1" begins a response after which another one follows.
constexpr std::size_t kStatusClassAt = 9;

// Returns how many bytes a body of `bytes` may take on the wire, because each chunk has a header.
std::size_t on_the_wire(std::size_t bytes) {
    return kMaxHead + bytes + bytes / 2;
}

}  // namespace

bool GuardedStream::wait_for(short events) const {
    using std::chrono::milliseconds;
    const auto now = std::chrono::steady_clock::now();
    const Deadline end = limits_.silence > milliseconds::zero()
                             ? std::min(limits_.deadline, now + limits_.silence)
                             : limits_.deadline;
    while (true) {
        const auto left = std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
        if (left <= milliseconds::zero()) return false;
        pollfd wanted{socket_, events, 0};
        const int ready = ::poll(&wanted, 1, static_cast<int>(left.count()));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

bool GuardedStream::is_readable() const {
    return begin_ < end_ || (ssl_ != nullptr && SSL_pending(ssl_) > 0) || wait_for(POLLIN);
}

bool GuardedStream::is_writable() const {
    return wait_for(POLLOUT);
}

// Returns the number of bytes in the buffer; 0 at the end, -1 on an error or at the deadline.
ssize_t GuardedStream::fill() {
    begin_ = 0;
    end_ = 0;
    ssize_t count = -1;
    do {
        if (!is_readable()) return -1;
        if (ssl_ != nullptr) {
            count = SSL_read(ssl_, buffer_.data(), static_cast<int>(buffer_.size()));
            // Only a part of a TLS record has arrived.
            if (count < 0 && SSL_get_error(ssl_, static_cast<int>(count)) == SSL_ERROR_WANT_READ) {
                continue;
            }
        } else {
            count = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
            if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        }
        break;
    } while (true);
    if (count <= 0) return count;
    end_ = static_cast<std::size_t>(count);
    return within_limits(buffer_.data(), end_) ? count : -1;
}

// An empty line ends the head, unless that was the head of an interim response ("100 Continue"):
// httplib reads the next status line with the same regular expression.
void GuardedStream::end_line() {
    if (line_ == 0) {
        in_head_ = beginning_.size() > kStatusClassAt && beginning_[kStatusClassAt] == '1';
        beginning_.clear();
    }
    line_ = 0;
}

bool GuardedStream::within_limits(const char* bytes, std::size_t size) {
    for (std::size_t i = 0; in_head_ && i < size; ++i) {
        if (bytes[i] == '\n') {
            end_line();
        } else if (bytes[i] != '\r') {
            ++line_;
            if (beginning_.size() <= kStatusClassAt) beginning_ += bytes[i];
        }
        if (line_ > kMaxLine || (in_head_ && total_ + i > kMaxHead)) limits_.exceeded = true;
    }
    total_ += size;
    if (total_ > on_the_wire(limits_.max_body_bytes)) limits_.exceeded = true;
    return !limits_.exceeded;
}

ssize_t GuardedStream::read(char* to, std::size_t size) {
    if (!limits_.in_time()) return -1;
    if (begin_ == end_) {
        const auto count = fill();
        if (count <= 0) return count;
    }
    const std::size_t taken = std::min(size, end_ - begin_);
    std::memcpy(to, buffer_.data() + begin_, taken);
    begin_ += taken;
    return static_cast<ssize_t>(taken);
}

ssize_t GuardedStream::write(const char* from, std::size_t size) {
    while (is_writable()) {
        if (ssl_ != nullptr) {
            const int count = SSL_write(ssl_, from, static_cast<int>(size));
            if (count > 0 || SSL_get_error(ssl_, count) != SSL_ERROR_WANT_WRITE) return count;
        } else {
            const auto count = ::send(socket_, from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (count >= 0 || (errno != EINTR && errno != EAGAIN)) return count;
        }
    }
    return -1;
}

void end_handshakes_at_deadline(SSL_CTX* context, Guard& guard) {
    if (context == nullptr) return;
    SSL_CTX_set_app_data(context, static_cast<void*>(&guard));
    // Called whenever OpenSSL returns to httplib, which waits for more bytes of the handshake.
    SSL_CTX_set_info_callback(context, [](const SSL* ssl, int where, int /*result*/) {
        const auto* of = static_cast<const Guard*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
        const bool is_over = of != nullptr && of->limits != nullptr && !of->limits->in_time();
        if (where == SSL_CB_CONNECT_EXIT && is_over) ::shutdown(SSL_get_fd(ssl), SHUT_RDWR);
    });
}

}  // namespace rescuestream::http
