#include "http/carrier.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace rescuestream::server {
namespace {

// The library's own backlog of 5 makes clients of a rush wait for seconds.
constexpr int kBacklog = 4096;
constexpr std::string_view kUnixPrefix = "unix:";

// The answer that this thread writes.
thread_local HttpResponse* current_response = nullptr;

/// Gives the library a request that is beyond doubt, and keeps what it writes: the real request was
/// read, strictly, before.
class CannedStream final : public httplib::Stream {
public:
    explicit CannedStream(bool for_head)
        : request_(for_head ? "HEAD / HTTP/1.1\r\n\r\n" : "GET / HTTP/1.1\r\n\r\n") {}

    std::string take() { return std::move(out_); }

    bool is_readable() const override { return true; }
    bool is_writable() const override { return true; }
    ssize_t read(char* out, std::size_t size) override {
        const std::size_t count = std::min(size, request_.size());
        std::copy_n(request_.data(), count, out);
        request_.remove_prefix(count);
        return static_cast<ssize_t>(count);
    }
    ssize_t write(const char* data, std::size_t size) override {
        out_.append(data, size);
        return static_cast<ssize_t>(size);
    }
    void get_remote_ip_and_port(std::string& ip, int& port) const override {
        ip.clear();
        port = 0;
    }
    void get_local_ip_and_port(std::string& ip, int& port) const override {
        ip.clear();
        port = 0;
    }
    socket_t socket() const override { return INVALID_SOCKET; }

private:
    std::string_view request_;
    std::string out_;
};

// A file that a server before left behind; one that somebody listens on stays.
void remove_stale_socket(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
    httplib::Client probe(path, 80);
    probe.set_address_family(AF_UNIX);
    if (!probe.Get("/livez")) ::unlink(path.c_str());
}

}  // namespace

Carrier::Carrier() {
    set_tcp_nodelay(true);
    set_socket_options([](socket_t socket) {
        // Not SO_REUSEPORT, the library's default: a second server must fail to start.
        const int yes = 1;
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    set_pre_routing_handler([](const httplib::Request&, httplib::Response& to) {
        HttpResponse& from = *current_response;
        to.status = from.status;
        for (auto& [name, value] : from.headers) to.headers.emplace(name, std::move(value));
        if (!from.content_type.empty()) to.headers.emplace("Content-Type", from.content_type);
        to.body = std::move(from.body);
        return HandlerResponse::Handled;
    });
    set_exception_handler([](const httplib::Request&, httplib::Response& response,
                             const std::exception_ptr&) { response.status = 500; });
    set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
        response.headers.erase("Accept-Ranges");
        response.headers.erase("Keep-Alive");
        if (response.status == 204 || response.status == 304) {
            response.headers.erase("Content-Length");
        }
    });
}

int Carrier::listen(const std::string& host, int port) {
    if (host.starts_with(kUnixPrefix)) {
        const std::string path = host.substr(kUnixPrefix.size());
        remove_stale_socket(path);
        set_address_family(AF_UNIX);
        if (!bind_to_port(path, 1)) return -1;
    } else if (port == 0) {
        if (bind_to_any_port(host) <= 0) return -1;
    } else if (!bind_to_port(host, port)) {
        return -1;
    }
    const int socket = svr_sock_.exchange(INVALID_SOCKET);
    if (::listen(socket, kBacklog) != 0 || fcntl(socket, F_SETFL, O_NONBLOCK) != 0 ||
        fcntl(socket, F_SETFD, FD_CLOEXEC) != 0) {
        ::close(socket);
        return -1;
    }
    return socket;
}

std::string Carrier::write(HttpResponse response, bool for_head, bool closes) {
    CannedStream stream(for_head);
    current_response = &response;
    bool closed = false;
    process_request(stream, closes, closed, nullptr);
    current_response = nullptr;
    return stream.take();
}

std::uint16_t port_of(int socket) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
    if (address.ss_family == AF_INET) {
        return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
    }
    if (address.ss_family == AF_INET6) {
        return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
    }
    return 0;
}

}  // namespace rescuestream::server
