#include "http/transport.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace rescuestream::server {
namespace {

class PlainTransport final : public Transport {
public:
    using Transport::Transport;

    IoResult read(char* out, std::size_t size) noexcept override {
        ssize_t count = 0;
        do {
            count = ::recv(socket(), out, size, MSG_DONTWAIT);
        } while (count < 0 && errno == EINTR);
        return result_of(count, IoResult::Status::kNeedsRead);
    }
    IoResult write(const char* data, std::size_t size, bool more_follows) noexcept override {
        const int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more_follows ? MSG_MORE : 0);
        ssize_t count = 0;
        do {
            count = ::send(socket(), data, size, flags);
        } while (count < 0 && errno == EINTR);
        return result_of(count, IoResult::Status::kNeedsWrite);
    }
    void end_writing() noexcept override { ::shutdown(socket(), SHUT_WR); }
    bool reads_ahead() const noexcept override { return false; }

private:
    static IoResult result_of(ssize_t count, IoResult::Status when_busy) noexcept {
        if (count > 0) return {IoResult::Status::kDone, static_cast<std::size_t>(count)};
        const bool is_busy = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
        return {is_busy ? when_busy : IoResult::Status::kEnded, 0};
    }
};

}  // namespace

Transport::~Transport() {
    ::close(socket_);
}

std::unique_ptr<Transport> make_plain_transport(int socket) {
    return std::make_unique<PlainTransport>(socket);
}

}  // namespace rescuestream::server
