#include "test_server.hpp"

#include <thread>

#include "api.hpp"
#include "carrier/reactor_carrier.hpp"

namespace rescuestream::cli {
namespace {

Settings settings_with(const std::string& api_secret) {
    Settings settings;
    settings.api_host = "127.0.0.1";
    settings.api_port = 0;
    settings.api_secret = Secret(api_secret);
    return settings;
}

}  // namespace

struct TestServer::Impl {
    Impl(StreamOrchestrator& orchestrator, const std::string& api_secret)
        : settings(settings_with(api_secret)),
          application(server::make_api({orchestrator, settings, null_logger()})),
          http(application, settings, null_logger()) {}

    Settings settings;
    server::Application application;
    server::ReactorCarrier http;
    std::thread thread;
};

TestServer::TestServer(StreamOrchestrator& orchestrator, const std::string& api_secret)
    : impl_(std::make_unique<Impl>(orchestrator, api_secret)) {
    port_ = impl_->http.bind().value();
    impl_->thread = std::thread([this] { impl_->http.run(); });
}

TestServer::~TestServer() {
    impl_->http.stop();
    impl_->thread.join();
}

}  // namespace rescuestream::cli
