#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace rescuestream::server::testing {

/// A TCP connection that sends whatever it is told.
class RawClient {
public:
    /// Throws std::runtime_error when it cannot connect to 127.0.0.1. `from`: its own address, one
    /// of 127.0.0.0/8.
    explicit RawClient(std::uint16_t port, const char* from = nullptr);
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    ~RawClient();

    /// False: the peer does not take it any more.
    bool send(std::string_view bytes);
    /// One whole answer with a Content-Length (or 204): head and body. "" when the connection ended
    /// or nothing came in time. `with_body`: false for the answer to HEAD.
    std::string receive_answer(bool with_body = true);
    /// Takes and forgets what comes, until the peer has closed or nothing came in time.
    void receive_to_the_end();
    /// True when the peer has closed and nothing more comes; waits for it.
    bool is_closed_by_peer(std::chrono::milliseconds within = std::chrono::seconds(5));

private:
    bool receive(std::chrono::milliseconds within);

    int socket_;
    std::string received_;
};

/// The status of an answer; 0 for "".
int status_of(std::string_view answer);
std::string body_of(std::string_view answer);
/// "" when there is none.
std::string header_of(std::string_view answer, std::string_view name);
/// How often the header stands there.
int count_headers(std::string_view answer, std::string_view name);

}  // namespace rescuestream::server::testing
