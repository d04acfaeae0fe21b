#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace rescuestream::testing {

/// One connection of a RawServer.
class RawConnection {
public:
    explicit RawConnection(int socket) : socket_(socket) {}

    /// Reads up to the end of the next request's headers; empty when the client has disconnected.
    std::string read_request();
    /// Returns false when the client has disconnected.
    bool write(std::string_view bytes);
    /// Returns true as soon as the client has disconnected, and false after `time`.
    bool ends_within(std::chrono::milliseconds time);

private:
    int socket_;
    std::string buffer_;
};

/// A TCP server that sends what no HTTP library would: `serve` has the connection to itself, and
/// the connection ends when it returns.
class RawServer {
public:
    explicit RawServer(std::function<void(RawConnection&)> serve);
    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;
    /// Breaks all connections; waits for every `serve`.
    ~RawServer();

    std::string url() const;
    int connections() const { return connections_; }

private:
    void accept_all();

    const std::function<void(RawConnection&)> serve_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    std::mutex mutex_;
    bool stopping_ = false;
    std::vector<int> sockets_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

}  // namespace rescuestream::testing
