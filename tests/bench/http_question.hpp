#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace rescuestream::bench {

/// A server on loopback.
struct Target {
    std::uint16_t port = 8080;
    std::chrono::seconds timeout{10};  ///< For each wait on the socket.

    std::string host() const { return "127.0.0.1:" + std::to_string(port); }
};

struct Answer {
    int status = 0;  ///< 0: no answer, or none that is HTTP.
    std::string body;
};

/// Opens a connection, sends `request` as it is, reads one answer, closes the connection: what
/// MediaMTX does for each of its questions.
Answer ask(const Target& target, std::string_view request);

/// The bytes of MediaMTX's question to `POST /auth`, with its complete set of headers.
/// Source: MediaMTX v1.20, HTTP authentication.
std::string auth_question(const Target& target, std::string_view json_body);

/// The bytes of a call by an administrator; no body: none is sent.
std::string admin_call(const Target& target, std::string_view method, std::string_view path,
                       std::string_view secret, std::string_view json_body = {});

}  // namespace rescuestream::bench
