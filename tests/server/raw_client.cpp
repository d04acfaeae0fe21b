#include "raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace rescuestream::server::testing {
namespace {

constexpr std::chrono::seconds kTimeout{10};

}  // namespace

RawClient::RawClient(std::uint16_t port, const char* from)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    if (from != nullptr && (inet_pton(AF_INET, from, &own.sin_addr) != 1 ||
                            bind(socket_, reinterpret_cast<const sockaddr*>(&own), sizeof own))) {
        close(socket_);
        throw std::runtime_error("cannot bind to that address");
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        close(socket_);
        throw std::runtime_error("cannot connect to the server under test");
    }
    const int yes = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

RawClient::~RawClient() {
    close(socket_);
}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool RawClient::receive(std::chrono::milliseconds within) {
    pollfd polled{socket_, POLLIN, 0};
    if (poll(&polled, 1, static_cast<int>(within.count())) <= 0) return false;
    std::array<char, 16 * 1024> buffer{};
    const ssize_t count = recv(socket_, buffer.data(), buffer.size(), 0);
    if (count <= 0) return false;
    received_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
}

std::string RawClient::receive_answer(bool with_body) {
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
        if (!receive(kTimeout)) return {};
    }
    end += 4;
    const std::string length = header_of(received_, "Content-Length");
    const std::size_t size = end + (with_body ? std::strtoul(length.c_str(), nullptr, 10) : 0);
    while (received_.size() < size) {
        if (!receive(kTimeout)) return {};
    }
    std::string answer = received_.substr(0, size);
    received_.erase(0, size);
    return answer;
}

void RawClient::receive_to_the_end() {
    while (receive(kTimeout)) received_.clear();
    received_.clear();
}

bool RawClient::is_closed_by_peer(std::chrono::milliseconds within) {
    if (!received_.empty()) return false;
    pollfd polled{socket_, POLLIN, 0};
    if (poll(&polled, 1, static_cast<int>(within.count())) <= 0) return false;
    char byte = 0;
    return recv(socket_, &byte, 1, MSG_PEEK) <= 0;
}

int status_of(std::string_view answer) {
    return answer.size() < 12 ? 0 : std::atoi(std::string(answer.substr(9, 3)).c_str());
}

std::string body_of(std::string_view answer) {
    const auto end = answer.find("\r\n\r\n");
    return end == std::string_view::npos ? std::string() : std::string(answer.substr(end + 4));
}

std::string header_of(std::string_view answer, std::string_view name) {
    const std::string_view head = answer.substr(0, answer.find("\r\n\r\n"));
    for (auto line = head.find("\r\n"); line != std::string_view::npos;
         line = head.find("\r\n", line + 2)) {
        const std::string_view rest = head.substr(line + 2);
        if (rest.size() > name.size() + 1 && rest[name.size()] == ':' &&
            strncasecmp(rest.data(), name.data(), name.size()) == 0) {
            return std::string(rest.substr(name.size() + 2, rest.find("\r\n") - name.size() - 2));
        }
    }
    return {};
}

int count_headers(std::string_view answer, std::string_view name) {
    int count = 0;
    const std::string_view head = answer.substr(0, answer.find("\r\n\r\n"));
    for (auto line = head.find("\r\n"); line != std::string_view::npos;
         line = head.find("\r\n", line + 2)) {
        const std::string_view rest = head.substr(line + 2);
        count += rest.size() > name.size() && rest[name.size()] == ':' &&
                 strncasecmp(rest.data(), name.data(), name.size()) == 0;
    }
    return count;
}

}  // namespace rescuestream::server::testing
