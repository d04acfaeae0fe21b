#include "http/listening_socket.hpp"

#include <fcntl.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace rescuestream::server {
namespace {

// The library's own backlog of 5 makes clients of a rush wait for seconds.
constexpr int kBacklog = 4096;
constexpr std::string_view kUnixPrefix = "unix:";

// A file that a server before left behind; one that somebody listens on stays.
void remove_stale_socket(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
    httplib::Client probe(path, 80);
    probe.set_address_family(AF_UNIX);
    if (!probe.Get("/livez")) ::unlink(path.c_str());
}

// Only its listening socket is wanted.
class SocketMaker final : private httplib::Server {
public:
    SocketMaker();
    int listen(const std::string& host, int port);
};

SocketMaker::SocketMaker() {
    set_tcp_nodelay(true);
    set_socket_options([](socket_t socket) {
        // Not SO_REUSEPORT, the library's default: a second server must fail to start.
        const int yes = 1;
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
}

int SocketMaker::listen(const std::string& host, int port) {
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

}  // namespace

int listen_on(const std::string& host, int port) {
    return SocketMaker().listen(host, port);
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
