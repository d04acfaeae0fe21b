#pragma once

#include <httplib.h>

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace rescuestream::cli {

/// An HTTP server on a port of its own that remembers what it was asked.
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
        server_.set_keep_alive_timeout(1);
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

/// Where nobody listens.
inline std::string dead_origin() {
    httplib::Server server;
    return "http://127.0.0.1:" + std::to_string(server.bind_to_any_port("127.0.0.1"));
}

}  // namespace rescuestream::cli
