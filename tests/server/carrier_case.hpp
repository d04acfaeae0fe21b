#pragma once

#include <httplib.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "rescuestream/mount.hpp"
#include "support/temporary_directory.hpp"
#include "support/wait.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {

using rescuestream::testing::eventually;
using rescuestream::testing::TemporaryDirectory;

template <HttpEngine kEngine>
Settings with_engine(Settings settings) {
    settings.http_engine = kEngine;
    return settings;
}

template <HttpEngine kEngine>
class Carried : public TestServer {
public:
    explicit Carried(Settings with = {}) : TestServer(with_engine<kEngine>(std::move(with))) {}

    bool has_served(const std::string& route) const {
        for (const auto& seen : observer.all()) {
            if (seen.route == route) return true;
        }
        return false;
    }
};

using OverReactor = Carried<HttpEngine::kReactor>;
using OverHttplib = Carried<HttpEngine::kHttplib>;

/// A program with a server of its own, which has one route.
class InAnotherServer {
public:
    explicit InAnotherServer(const Settings& settings = {}) {
        MountOptions options;
        options.api_secret = Secret(kSecret);
        options.cors_origins = settings.cors_origins;
        options.logger = &logger;
        for (const auto& range : settings.trusted_proxies) {
            options.trusted_proxies.push_back(range.text());
        }
        mounted = std::make_unique<Mounted>(
            mount(server_, *test.orchestrator, std::move(options)).value());
        server_.Get("/own", [](const httplib::Request&, httplib::Response& response) {
            response.set_content("mine", "text/plain");
        });
        server_.set_tcp_nodelay(true);
        port = static_cast<std::uint16_t>(server_.bind_to_any_port("127.0.0.1"));
        thread_ = std::thread([this] { server_.listen_after_bind(); });
        REQUIRE(eventually([this] { return server_.is_running(); }));
    }
    ~InAnotherServer() {
        server_.stop();
        thread_.join();
    }
    bool has_served(const std::string& route) const {
        return mounted->metrics().find("route=\"" + route + "\"") != std::string::npos;
    }

    RecordingLogger logger;
    TestOrchestrator test;
    std::unique_ptr<Mounted> mounted;
    std::uint16_t port = 0;

private:
    httplib::Server server_;
    std::thread thread_;
};

}  // namespace rescuestream::server::testing
