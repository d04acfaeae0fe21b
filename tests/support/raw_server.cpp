#include "support/raw_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace rescuestream::testing {

std::string RawConnection::read_request() {
    constexpr std::string_view kEnd = "\r\n\r\n";
    while (buffer_.find(kEnd) == std::string::npos) {
        std::array<char, 4096> bytes{};
        const auto count = ::recv(socket_, bytes.data(), bytes.size(), 0);
        if (count <= 0) return {};
        buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    }
    const auto end = buffer_.find(kEnd) + kEnd.size();
    std::string request = buffer_.substr(0, end);
    buffer_.erase(0, end);
    return request;
}

bool RawConnection::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

bool RawConnection::ends_within(std::chrono::milliseconds time) {
    pollfd polled{socket_, POLLRDHUP, 0};
    return ::poll(&polled, 1, static_cast<int>(time.count())) > 0;
}

RawServer::RawServer(std::function<void(RawConnection&)> serve) : serve_(std::move(serve)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (listener_ < 0 || ::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, generic, &size) != 0) {
        throw std::runtime_error("the raw server cannot listen");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
}

RawServer::~RawServer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    }
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (auto& thread : threads_) thread.join();
    for (const int socket : sockets_) ::close(socket);
    ::close(listener_);
}

std::string RawServer::url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
}

void RawServer::accept_all() {
    while (true) {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        const std::lock_guard lock(mutex_);
        sockets_.push_back(socket);
        if (stopping_) return;
        ++connections_;
        threads_.emplace_back([this, socket] {
            RawConnection connection(socket);
            serve_(connection);
            ::shutdown(socket, SHUT_RDWR);  // closed later, so that its descriptor is not reused
        });
    }
}

}  // namespace rescuestream::testing
