#pragma once

#include <httplib.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "support/url.hpp"

namespace rescuestream::http {

using Deadline = std::chrono::steady_clock::time_point;

/// The limits of one exchange.
struct ExchangeLimits {
    Deadline deadline;
    std::size_t max_body_bytes = 0;
    /// How long the server may be silent; zero: until the deadline.
    std::chrono::milliseconds silence{0};
    bool exceeded = false;  ///< Set by the stream: the server sent more than that.

    bool in_time() const { return std::chrono::steady_clock::now() < deadline; }
};

/// The stream that httplib's client uses here. httplib's own stream has a time-out for each read
/// (so a server that sends a byte a second is read forever) and accepts header lines of any length
/// (its regular expression for the status line overflows the stack at about 100 kB). This stream
/// ends at the deadline, and when a header exceeds a limit that no HTTP server reaches.
class GuardedStream final : public httplib::Stream {
public:
    /// `ssl` may be null. Both, and `limits`, must outlive the stream.
    GuardedStream(socket_t socket, SSL* ssl, ExchangeLimits& limits)
        : socket_(socket), ssl_(ssl), limits_(limits) {}

    bool is_readable() const override;
    bool is_writable() const override;
    ssize_t read(char* to, std::size_t size) override;
    ssize_t write(const char* from, std::size_t size) override;
    // Only servers call these two.
    void get_remote_ip_and_port(std::string&, int&) const override {}
    void get_local_ip_and_port(std::string&, int&) const override {}
    socket_t socket() const override { return socket_; }

private:
    bool wait_for(short events) const;
    ssize_t fill();
    bool within_limits(const char* bytes, std::size_t size);
    void end_line();

    const socket_t socket_;
    SSL* const ssl_;
    ExchangeLimits& limits_;
    // httplib reads lines one byte at a time.
    std::array<char, 16 * 1024> buffer_{};
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t total_ = 0;
    std::size_t line_ = 0;   // bytes of the current header line
    std::string beginning_;  // of the status line
    bool in_head_ = true;
};

/// Data that `GuardedClient` shares with its owner.
struct Guard {
    ExchangeLimits* limits = nullptr;  ///< Must be set before each request.
};

/// Lets handshakes of `context` end at the deadline of `guard`, which must outlive it: httplib has
/// a time-out for each read of a handshake, too.
void end_handshakes_at_deadline(SSL_CTX* context, Guard& guard);

/// `Base` is httplib::ClientImpl or httplib::SSLClient. Depends on a virtual function of httplib
/// 0.11 that creates the stream of a request.
template <class Base>
class GuardedClient final : public Base, public Guard {
public:
    GuardedClient(const std::string& host, int port) : Base(host, port) {
        if constexpr (requires { this->ssl_context(); }) {
            end_handshakes_at_deadline(this->ssl_context(), *this);
        }
    }

private:
    bool process_socket(const typename Base::Socket& socket,
                        std::function<bool(httplib::Stream&)> exchange) override {
        GuardedStream stream(socket.sock, socket.ssl, *limits);
        return exchange(stream);
    }
};

/// A client for one origin.
struct Client {
    std::unique_ptr<httplib::ClientImpl> http;
    Guard& guard;  ///< Of `http`.
};

/// Creates a client for http or https.
inline Client make_client(const HttpUrl& url) {
    const auto make = [&](auto client) {
        Guard& guard = *client;
        return Client{std::move(client), guard};
    };
    if (url.scheme == "https") {
        return make(std::make_unique<GuardedClient<httplib::SSLClient>>(url.host, url.port));
    }
    return make(std::make_unique<GuardedClient<httplib::ClientImpl>>(url.host, url.port));
}

}  // namespace rescuestream::http
