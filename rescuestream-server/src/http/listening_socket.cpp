#include "http/listening_socket.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace rescuestream::server {
namespace {

// Connections that the kernel queues until they are accepted: enough for a burst.
constexpr int kBacklog = 4096;
constexpr std::string_view kUnixPrefix = "unix:";

int open_socket(int family) {
    return ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

void turn(int socket, int level, int option, int value) {
    setsockopt(socket, level, option, &value, sizeof value);
}

// Returns the socket, or -1 when it cannot be bound; the socket is then closed.
int bind_and_listen(int socket, const sockaddr* address, socklen_t length) {
    if (socket < 0) return -1;
    if (::bind(socket, address, length) == 0 && ::listen(socket, kBacklog) == 0) return socket;
    ::close(socket);
    return -1;
}

// Removes a socket file that an earlier server left behind. A file on which somebody listens stays:
// then the kernel does not report that the connection was refused.
void remove_stale_socket(const sockaddr_un& address) {
    struct stat status {};
    if (::lstat(address.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return;
    const int probe = open_socket(AF_UNIX);
    if (probe < 0) return;
    const bool is_refused =
        ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
        errno == ECONNREFUSED;
    ::close(probe);
    if (is_refused) ::unlink(address.sun_path);
}

int listen_on_path(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) return -1;
    std::memcpy(address.sun_path, path.data(), path.size());
    remove_stale_socket(address);
    return bind_and_listen(open_socket(AF_UNIX), reinterpret_cast<const sockaddr*>(&address),
                           sizeof address);
}

int listen_on_address(const addrinfo& place) {
    const int socket = open_socket(place.ai_family);
    // After a restart, old connections of the port may still be closing. SO_REUSEPORT is not used:
    // a second server would receive half of the connections instead of failing to start.
    turn(socket, SOL_SOCKET, SO_REUSEADDR, 1);
    // Accepted sockets inherit it: a response does not wait for the acknowledgement of an earlier
    // one.
    turn(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    // `::` accepts IPv4 too, whatever the system's default is.
    if (place.ai_family == AF_INET6) turn(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    return bind_and_listen(socket, place.ai_addr, place.ai_addrlen);
}

}  // namespace

int listen_on(const std::string& host, int port) {
    if (host.starts_with(kUnixPrefix)) return listen_on_path(host.substr(kUnixPrefix.size()));
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.empty() ? nullptr : host.c_str(), std::to_string(port).c_str(), &hints,
                    &found) != 0) {
        return -1;
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> places(found, &freeaddrinfo);
    for (const addrinfo* place = places.get(); place != nullptr; place = place->ai_next) {
        const int socket = listen_on_address(*place);
        if (socket >= 0) return socket;
    }
    return -1;
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
