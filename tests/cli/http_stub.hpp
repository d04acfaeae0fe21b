#pragma once

#include <arpa/inet.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace rescuestream::cli {

/// An HTTP server on a port of its own that records the requests.
class HttpStub {
public:
    using Answer = std::function<void(const httplib::Request&, httplib::Response&)>;

    explicit HttpStub(Answer answer) : answer_(std::move(answer)) {
        const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
            answer_(request, response);
        };
        server_.Get(".*", handler);
        server_.Post(".*", handler);
        server_.Patch(".*", handler);
        server_.Delete(".*", handler);
        server_.set_keep_alive_max_count(1);  // an idle connection would delay the end
        port_ = server_.bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_.listen_after_bind(); });
        while (!server_.is_running()) std::this_thread::yield();
    }
    ~HttpStub() {
        server_.stop();
        thread_.join();
    }

    std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
    std::vector<httplib::Request> requests() {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    Answer answer_;
    httplib::Server server_;
    int port_ = 0;
    std::thread thread_;
    std::mutex mutex_;
    std::vector<httplib::Request> requests_;
};

/// Returns an address at which no server listens.
inline std::string dead_origin() {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    const bool bound = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                       ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(descriptor);
    if (!bound) throw std::runtime_error("no port is free");
    return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

}  // namespace rescuestream::cli
