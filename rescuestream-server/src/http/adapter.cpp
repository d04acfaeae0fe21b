#include "http/adapter.hpp"

#include <httplib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>

namespace rescuestream::server {
namespace {

constexpr std::size_t kThreads = 128;
constexpr int kBacklog = 1024;
// From so many connections on, none is kept for a next request: an idle one holds a thread, and the
// media server must never wait for one.
constexpr int kMaxKeptConnections = 96;

// The connection that this thread answers.
thread_local Connection* current_connection = nullptr;

}  // namespace

class HttpServer::Impl final : public httplib::Server {
public:
    Impl(const Application& application, const Settings& settings, ConnectionLimits limits)
        : application_(application),
          host_(settings.api_host),
          port_(settings.api_port),
          limits_(limits),
          wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
        set_tcp_nodelay(true);
        set_socket_options([](socket_t socket) {
            // Not SO_REUSEPORT, the library's default: a second server must fail to start.
            const int yes = 1;
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        });
        set_pre_routing_handler(
            [this](const httplib::Request& request, httplib::Response& response) {
                return answer(request, response);
            });
        set_error_handler(
            HandlerWithResponse([this](const httplib::Request&, httplib::Response& response) {
                return answer_malformed(response);
            }));
        set_exception_handler([](const httplib::Request&, httplib::Response& response,
                                 const std::exception_ptr&) { response.status = 500; });
        set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
            response.headers.erase("Accept-Ranges");
            response.headers.erase("Keep-Alive");
            if (response.headers.erase("Connection") > 0) {  // once, whoever set it
                response.headers.emplace("Connection", "close");
            }
            if (response.status == 204) response.headers.erase("Content-Length");
        });
    }

    ~Impl() override { ::close(wake_); }

    Result<std::uint16_t> bind() {
        int port = port_;
        if (port == 0) {
            port = bind_to_any_port(host_);
        } else if (!bind_to_port(host_, port)) {
            port = -1;
        }
        // The library's own backlog of 5 makes clients of a rush wait for seconds.
        if (port <= 0 || ::listen(svr_sock_, kBacklog) != 0) {
            return Error{ErrorCode::kUnavailable,
                         "API_HOST " + host_ + " with API_PORT " + std::to_string(port_) +
                             " cannot be listened on: another program has the port, or the address "
                             "is not this machine's.",
                         {},
                         {}};
        }
        return static_cast<std::uint16_t>(port);
    }

    bool run() {
        // A stop that comes before the library listens has shut the socket: it returns at once.
        if (!stopping_) listen_after_bind();
        return stopping_;
    }

    void request_stop() {
        stopping_ = true;
        const std::uint64_t one = 1;
        // Stays readable: every idle connection sees it.
        if (::write(wake_, &one, sizeof one) < 0) return;
        const int listening = svr_sock_;
        if (httplib::Server::is_running()) {
            httplib::Server::stop();
        } else if (listening != INVALID_SOCKET) {
            ::shutdown(listening, SHUT_RDWR);
        }
    }

private:
    bool process_and_close_socket(socket_t socket) override {
        const int open = ++connections_;
        Connection connection(socket, wake_, limits_);
        current_connection = &connection;
        bool keep = true;
        while (keep && connection.wait_for_request()) {
            connection.begin_request();
            bool close_wanted = false;
            const bool last = stopping_ || open > kMaxKeptConnections;
            const bool answered = process_request(connection, last, close_wanted, leave_out);
            keep = connection.flush() && answered && !last && !close_wanted && !connection.closes();
        }
        connection.finish();
        current_connection = nullptr;
        --connections_;
        ::close(socket);
        return true;
    }

    // What the library would do by itself and must not: answers by parts (a hundred of them make a
    // large answer), and compression (a tenth of a second for a list).
    static void leave_out(httplib::Request& request) {
        request.ranges.clear();
        request.headers.erase("Accept-Encoding");
    }

    HandlerResponse answer(const httplib::Request& from, httplib::Response& to) {
        Connection& connection = *current_connection;
        HeadProblem problem;
        auto head = parse_head(connection.raw_head(), problem);
        if (!head) {
            connection.close_after_answer();
            HttpRequest request;
            request.method = from.method;
            request.set_target(from.target);
            request.remote_address = from.remote_addr;
            return send(application_.refuse(std::move(request), problem.status, problem.why), to);
        }
        connection.end_head(head->framing);
        head->request.remote_address = from.remote_addr;
        HttpResponse response = application_.handle(std::move(head->request), connection);
        if (head->framing.close || connection.has_unread_rest()) connection.close_after_answer();
        return send(std::move(response), to);
    }

    // Requests that the library's parser refused: it has given a status and nothing else.
    HandlerResponse answer_malformed(httplib::Response& to) {
        if (to.headers.find("X-Request-ID") != to.headers.end()) return HandlerResponse::Unhandled;
        Connection& connection = *current_connection;
        connection.close_after_answer();
        HeadProblem problem{400, "The request is not well-formed HTTP/1.1."};
        // A method that it does not know is a wrong method, no malformed request.
        if (to.status == 400 && connection.read_rest_of_head()) {
            if (auto head = parse_head(connection.raw_head(), problem)) {
                connection.end_head(head->framing);
                head->request.remote_address = remote_address(connection);
                return send(application_.handle(std::move(head->request), connection), to);
            }
        }
        if (to.status == 414) problem = {414, "Path and query are too long."};
        if (connection.head_too_large()) problem = {431, "The head of the request is too large."};
        HttpRequest request;
        request.remote_address = remote_address(connection);
        return send(application_.refuse(std::move(request), problem.status, problem.why), to);
    }

    static HandlerResponse send(HttpResponse from, httplib::Response& to) {
        to.status = from.status;
        for (auto& [name, value] : from.headers) to.headers.emplace(name, std::move(value));
        if (!from.content_type.empty()) to.headers.emplace("Content-Type", from.content_type);
        if (current_connection->closes()) to.headers.emplace("Connection", "close");
        to.body = std::move(from.body);
        return HandlerResponse::Handled;
    }

    static std::string remote_address(const Connection& connection) {
        std::string ip;
        int port = 0;
        connection.get_remote_ip_and_port(ip, port);
        return ip;
    }

    const Application& application_;
    const std::string host_;
    const std::uint16_t port_;
    const ConnectionLimits limits_;
    const int wake_;
    std::atomic<bool> stopping_{false};
    std::atomic<int> connections_{0};
};

HttpServer::HttpServer(const Application& application, const Settings& settings,
                       ConnectionLimits limits)
    : impl_(std::make_unique<Impl>(application, settings, limits)) {}

HttpServer::~HttpServer() = default;

Result<std::uint16_t> HttpServer::bind() {
    return impl_->bind();
}

bool HttpServer::run() {
    return impl_->run();
}

void HttpServer::stop() {
    impl_->request_stop();
}

}  // namespace rescuestream::server
