#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace rescuestream::server::testing {

/// A TCP connection that sends any bytes.
class RawClient {
public:
    /// Throws std::runtime_error when it cannot connect to 127.0.0.1. `from`: its own address,
    /// one of 127.0.0.0/8.
    explicit RawClient(std::uint16_t port, const char* from = nullptr);
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    ~RawClient();

    /// Returns false when the peer does not read any more.
    bool send(std::string_view bytes);
    /// Reads one whole answer with a Content-Length (or 204): head and body. "" when the connection
    /// ended or nothing arrived in time. `with_body`: false for the answer to HEAD.
    std::string receive_answer(bool with_body = true);
    /// Reads and discards bytes until the peer has closed or nothing arrives in time.
    void receive_to_the_end();
    /// Waits, and returns true when the peer has closed and nothing more arrives.
    bool is_closed_by_peer(std::chrono::milliseconds within = std::chrono::seconds(5));

private:
    bool receive(std::chrono::milliseconds within);

    int socket_;
    std::string received_;
};

/// Returns the status of an answer; 0 for "".
int status_of(std::string_view answer);
std::string body_of(std::string_view answer);
/// Returns "" when there is none.
std::string header_of(std::string_view answer, std::string_view name);
/// Returns how often the answer has the header.
int count_headers(std::string_view answer, std::string_view name);

}  // namespace rescuestream::server::testing
