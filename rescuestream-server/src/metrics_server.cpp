#include "metrics_server.hpp"

#include <thread>

#include "carrier/carrier.hpp"
#include "http/answer.hpp"
#include "http/listening_socket.hpp"
#include "http/reactor.hpp"

namespace rescuestream::server {
namespace {

// A few scrapers, each with a persistent connection.
ConnectionLimits limits_of_scrapes() {
    ConnectionLimits limits;
    limits.connections = 64;
    limits.connections_per_address = 32;
    limits.head_bytes = 8 * 1024;
    limits.answer = std::chrono::seconds(10);
    limits.buffer_bytes = 16 * 1024 * 1024;
    return limits;
}

HttpResponse plain(int status, std::string_view text) {
    HttpResponse response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body.append(text).append("\n");
    return response;
}

}  // namespace

class MetricsServer::Impl final : public Exchange {
public:
    Impl(const Metrics& metrics, std::string host, std::uint16_t port)
        : metrics_(metrics), host_(std::move(host)), port_(port) {}
    ~Impl() override {
        if (!reactor_) return;
        reactor_->stop();
        thread_.join();
    }

    Result<std::uint16_t> start() {
        const auto sockets = listen_on(host_, port_);
        if (!sockets) {
            return cannot_listen(
                "METRICS_HOST " + host_ + " with METRICS_PORT " + std::to_string(port_),
                sockets.error());
        }
        places_ = places_of(*sockets);
        std::vector<Listener> listeners;
        for (const int socket : *sockets) {
            listeners.push_back({socket, false, make_plain_transport, nullptr});
        }
        reactor_ = std::make_unique<Reactor>(*this, limits_of_scrapes(), std::move(listeners),
                                             [](const std::string&) { return false; });
        const std::uint16_t port = port_of(sockets->front());
        thread_ = std::thread([this] { reactor_->run(); });
        return port;
    }

    const std::string& places() const { return places_; }

    // Exchange
    Screening screen(Connection&, Head&) noexcept override { return {}; }
    void run_periodic_work() noexcept override {}
    void answer(Connection& connection, bool, Send send) noexcept override {
        const bool is_head = connection.reader.head().request.method == "HEAD";
        HttpResponse response;
        try {
            response = respond(connection.reader.problem(), connection.reader.head().request);
        } catch (...) {  // no memory
            response.status = 503;
        }
        if (!connection.reader.problem().why.empty()) connection.close_after_answer();
        send(write_answer(connection, std::move(response), is_head));
    }

private:
    HttpResponse respond(const HeadProblem& problem, const HttpRequest& request) const {
        if (!problem.why.empty()) return plain(problem.status, problem.why);
        if (request.path != "/metrics") return plain(404, "There is only /metrics.");
        if (request.method != "GET" && request.method != "HEAD") {
            HttpResponse response = plain(405, "Metrics are read only.");
            response.headers.emplace_back("Allow", "GET, HEAD");
            return response;
        }
        HttpResponse response;
        response.content_type = "text/plain; version=0.0.4; charset=utf-8";
        response.body = metrics_.text();
        return response;
    }

    const Metrics& metrics_;
    const std::string host_;
    const std::uint16_t port_;
    std::string places_;
    std::unique_ptr<Reactor> reactor_;
    std::thread thread_;
};

MetricsServer::MetricsServer(const Metrics& metrics, std::string host, std::uint16_t port)
    : impl_(std::make_unique<Impl>(metrics, std::move(host), port)) {}

MetricsServer::~MetricsServer() = default;

Result<std::uint16_t> MetricsServer::start() {
    return impl_->start();
}

std::string MetricsServer::places() const {
    return impl_->places();
}

}  // namespace rescuestream::server
