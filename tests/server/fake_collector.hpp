#pragma once

#include <httplib.h>

#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace rescuestream::server::testing {

/// A collector that answers with statuses that the test gives; then with 200.
class FakeCollector {
public:
    struct Received {
        std::string path, body, content_type, encoding, authorization;
    };

    explicit FakeCollector(std::vector<int> statuses = {}, std::string retry_after = {},
                           std::string location = {}, std::string answer = "{}")
        : statuses_(std::move(statuses)) {
        server_.Post(".*", [this, retry_after, location, answer](const httplib::Request& request,
                                                                 httplib::Response& response) {
            const std::lock_guard lock(mutex_);
            received_.push_back({request.path, request.body,
                                 request.get_header_value("Content-Type"),
                                 request.get_header_value("Content-Encoding"),
                                 request.get_header_value("Authorization")});
            response.status =
                received_.size() <= statuses_.size() ? statuses_[received_.size() - 1] : 200;
            if (!retry_after.empty()) response.set_header("Retry-After", retry_after);
            if (!location.empty()) response.set_header("Location", location);
            response.set_content(answer, "application/json");
        });
        port_ = server_.bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_.listen_after_bind(); });
        // Before it runs, stop() has no effect, and the destructor would wait for ever.
        while (!server_.is_running()) std::this_thread::yield();
    }
    ~FakeCollector() {
        server_.stop();
        thread_.join();
    }
    FakeCollector(const FakeCollector&) = delete;
    FakeCollector& operator=(const FakeCollector&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    std::vector<Received> received() const {
        const std::lock_guard lock(mutex_);
        return received_;
    }

private:
    const std::vector<int> statuses_;
    mutable std::mutex mutex_;
    std::vector<Received> received_;
    httplib::Server server_;
    int port_ = 0;
    std::thread thread_;
};

}  // namespace rescuestream::server::testing
