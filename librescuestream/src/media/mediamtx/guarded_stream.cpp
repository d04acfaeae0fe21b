#include "media/mediamtx/guarded_stream.hpp"

#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace rescuestream::mediamtx {
namespace {

constexpr std::size_t kMaxLine = 8 * 1024;
constexpr std::size_t kMaxHead = 64 * 1024;

// Returns how many bytes a body of `bytes` may take on the wire, because each chunk has a header.
std::size_t on_the_wire(std::size_t bytes) {
    return kMaxHead + bytes + bytes / 2;
}

}  // namespace

bool GuardedStream::wait_for(short events) const {
    using std::chrono::milliseconds;
    while (true) {
        const auto left =
            std::chrono::ceil<milliseconds>(limits_.deadline - std::chrono::steady_clock::now());
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

bool GuardedStream::within_limits(const char* bytes, std::size_t size) {
    for (std::size_t i = 0; in_head_ && i < size; ++i) {
        if (bytes[i] == '\n') {
            in_head_ = line_ > 0;  // an empty line ends the head
            line_ = 0;
        } else if (bytes[i] != '\r') {
            ++line_;
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

}  // namespace rescuestream::mediamtx
