#include "bench/http_question.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>

namespace rescuestream::bench {
namespace {

class Socket {
public:
    Socket() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
    ~Socket() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    bool connect(const Target& target) {
        const timeval wait{.tv_sec = target.timeout.count(), .tv_usec = 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
        ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
        const int on = 1;
        ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(target.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address),
                         sizeof address) == 0;
    }

    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// Appends what has arrived; false at the end or after an error.
    bool receive(std::string& into) {
        char buffer[16 * 1024];
        const auto count = ::recv(descriptor_, buffer, sizeof buffer, 0);
        if (count <= 0) return false;
        into.append(buffer, static_cast<std::size_t>(count));
        return true;
    }

private:
    int descriptor_;
};

// The value of a header; empty: there is none.
std::string_view header(std::string_view head, std::string_view name) {
    for (auto line = head.find("\r\n"); line != std::string_view::npos;
         line = head.find("\r\n", line + 2)) {
        std::string_view rest = head.substr(line + 2);
        if (rest.size() <= name.size() || rest[name.size()] != ':' ||
            ::strncasecmp(rest.data(), name.data(), name.size()) != 0) {
            continue;
        }
        rest = rest.substr(name.size() + 1, rest.find("\r\n") - name.size() - 1);
        while (rest.starts_with(' ')) rest.remove_prefix(1);
        return rest;
    }
    return {};
}

template <class Number>
Number number(std::string_view text) {
    Number value{};
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

Answer ask(const Target& target, std::string_view request) {
    Socket socket;
    std::string text;
    if (!socket.connect(target) || !socket.send(request)) return {};
    std::size_t head_end = std::string::npos;
    while ((head_end = text.find("\r\n\r\n")) == std::string::npos) {
        if (!socket.receive(text)) return {};
    }
    const std::string_view head = std::string_view(text).substr(0, head_end);
    constexpr std::string_view kStatusLine = "HTTP/1.1 ";
    if (!head.starts_with(kStatusLine)) return {};
    Answer answer;
    answer.status = number<int>(head.substr(kStatusLine.size(), 3));
    const auto body_begin = head_end + 4;
    const auto length = number<std::size_t>(header(head, "Content-Length"));
    while (text.size() < body_begin + length) {
        if (!socket.receive(text)) return {};
    }
    answer.body = text.substr(body_begin, length);
    return answer;
}

std::string auth_question(const Target& target, std::string_view json_body) {
    return fmt::format(
        "POST /auth HTTP/1.1\r\nHost: {}\r\nUser-Agent: Go-http-client/1.1\r\n"
        "Content-Length: {}\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n{}",
        target.host(), json_body.size(), json_body);
}

std::string admin_call(const Target& target, std::string_view method, std::string_view path,
                       std::string_view secret, std::string_view json_body) {
    std::string request = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nX-API-Key: {}\r\n", method,
                                      path, target.host(), secret);
    if (!json_body.empty()) {
        request += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n",
                               json_body.size());
    }
    request += "Connection: close\r\n\r\n";
    request += json_body;
    return request;
}

}  // namespace rescuestream::bench
