#include "carrier/httplib_carrier.hpp"

#include <fcntl.h>
#include <httplib.h>
#include <unistd.h>

#include <thread>

#include "carrier/httplib_bridge.hpp"
#include "http/listening_socket.hpp"

namespace rescuestream::server {
namespace {

constexpr std::size_t kThreads = 128;
// The time limit for a connection without a request, which occupies its thread, and for stopping
// the server.
constexpr std::time_t kIdleSeconds = 5;
constexpr std::time_t kReadSeconds = 5;
constexpr const char* kEveryPath = "[\\s\\S]*";

class StockServer final : public httplib::Server {
public:
    ~StockServer() override { end(); }

    void take(int socket) { svr_sock_ = socket; }
    int socket() const { return svr_sock_; }
    /// Calls `stop`, which does nothing while the server does not run yet.
    void end() {
        const socket_t socket = svr_sock_.exchange(INVALID_SOCKET);
        if (socket == INVALID_SOCKET) return;
        ::shutdown(socket, SHUT_RDWR);
        ::close(socket);
    }
};

}  // namespace

struct HttplibCarrier::Endpoint {
    Endpoint(const Service& service, const Settings& settings, bool media_only)
        : bridge(service, settings.trusted_proxies, media_only) {
        server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
        server.set_keep_alive_max_count(1);  // HttplibBridge gives the reason
        server.set_keep_alive_timeout(kIdleSeconds);
        server.set_read_timeout(kReadSeconds);
        server.set_write_timeout(kReadSeconds);
        add_handlers(
            server, kEveryPath,
            [this](const httplib::Request& from, httplib::Response& to,
                   const httplib::ContentReader* reader) { bridge.answer(from, to, reader); });
        server.set_error_handler(httplib::Server::HandlerWithResponse(
            [this](const httplib::Request& from, httplib::Response& to) {
                return answer_error(from, to);
            }));
        // By default the library sends the text of an exception to the client.
        server.set_exception_handler([](const httplib::Request&, httplib::Response& to,
                                        std::exception_ptr) { to.status = 500; });
    }

    // Answers what the library itself refuses: a malformed head, or a method that it does not know.
    httplib::Server::HandlerResponse answer_error(const httplib::Request& from,
                                                  httplib::Response& to) const noexcept {
        using Outcome = httplib::Server::HandlerResponse;
        try {
            if (to.has_header("X-Request-ID")) return Outcome::Unhandled;
            bridge.refuse(from, to);
            return Outcome::Handled;
        } catch (...) {  // no memory; the library would not catch the exception
            return Outcome::Unhandled;
        }
    }
    // The library has one socket, so the others are closed.
    void listen_at_first(const std::vector<int>& sockets) {
        for (std::size_t i = 1; i < sockets.size(); ++i) ::close(sockets[i]);
        const int socket = sockets.front();
        // The library blocks in accept(2).
        ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) & ~O_NONBLOCK);
        place = places_of({socket});
        server.take(socket);
    }
    /// Returns false when it ended by itself.
    bool run() { return server.listen_after_bind(); }

    HttplibBridge bridge;
    StockServer server;
    std::string place;
};

HttplibCarrier::HttplibCarrier(const Service& service, const Settings& settings)
    : service_(service), settings_(settings) {}

HttplibCarrier::~HttplibCarrier() = default;

Result<std::uint16_t> HttplibCarrier::bind() {
    if (!settings_.tls_certificate.empty()) {
        return Error{
            ErrorCode::kInvalidArgument,
            "HTTP_ENGINE=httplib does not support TLS: leave TLS_CERTIFICATE out and put a proxy "
            "in front, or leave HTTP_ENGINE out.",
            {},
            {}};
    }
    everybody_ = std::make_unique<Endpoint>(service_, settings_, false);
    const auto sockets = listen_for_api(settings_);
    if (!sockets) return sockets.error();
    everybody_->listen_at_first(*sockets);
    if (!settings_.media_listen.host.empty()) {
        media_ = std::make_unique<Endpoint>(service_, settings_, true);
        const auto media_sockets = listen_for_media(settings_);
        if (!media_sockets) return media_sockets.error();
        media_->listen_at_first(*media_sockets);
    }
    return port_of(everybody_->server.socket());
}

std::uint16_t HttplibCarrier::media_port() const {
    return media_ ? port_of(media_->server.socket()) : 0;
}

std::string HttplibCarrier::api_places() const {
    return everybody_ ? everybody_->place : std::string();
}

std::string HttplibCarrier::media_places() const {
    return media_ ? media_->place : std::string();
}

bool HttplibCarrier::run() {
    bool is_good = true;
    std::thread media_thread;
    if (media_) {
        media_thread = std::thread([&] {
            if (media_->run()) return;
            is_good = false;
            everybody_->server.end();
        });
    }
    const bool ended_as_asked = everybody_->run();
    if (media_thread.joinable()) {
        media_->server.end();
        media_thread.join();
    }
    return ended_as_asked && is_good;
}

void HttplibCarrier::stop() {
    if (everybody_) everybody_->server.end();
    if (media_) media_->server.end();
}

}  // namespace rescuestream::server
