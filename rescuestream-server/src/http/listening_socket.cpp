#include "http/listening_socket.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

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

struct Place {
    sockaddr_storage address{};
    socklen_t length = 0;

    int family() const { return address.ss_family; }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
    bool operator==(const Place& other) const {
        return length == other.length && std::memcmp(&address, &other.address, length) == 0;
    }
};

// Returns the socket, or -1 with errno when it cannot be bound; the socket is then closed.
int bind_and_listen(int socket, const sockaddr* address, socklen_t length) {
    if (socket < 0) return -1;
    if (::bind(socket, address, length) == 0 && ::listen(socket, kBacklog) == 0) return socket;
    const int reason = errno;
    ::close(socket);
    errno = reason;
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

Error refused(std::string reason) {
    return {ErrorCode::kUnavailable, std::move(reason), {}, {}};
}

// Returns the reason for which bind(2) failed.
Error refused_by(int reason, int port) {
    switch (reason) {
        case EADDRINUSE:
            return refused("another program uses it");
        case EADDRNOTAVAIL:
        case EAFNOSUPPORT:
            return refused("the address is not this machine's");
        case EACCES:
            if (port > 0 && port < 1024) {
                return refused(
                    "this user may not use a port below 1024 (CAP_NET_BIND_SERVICE permits it)");
            }
            break;
        default:
            break;
    }
    return refused(std::strerror(reason));
}

Result<std::vector<int>> listen_on_path(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return refused("its path is empty or too long");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    remove_stale_socket(address);
    const int socket = bind_and_listen(open_socket(AF_UNIX),
                                       reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (socket < 0) return refused_by(errno, 0);
    return std::vector<int>{socket};
}

// Returns -1 with errno when it cannot listen there.
int listen_at(Place place, int port) {
    if (place.family() == AF_INET6) {
        reinterpret_cast<sockaddr_in6&>(place.address).sin6_port =
            htons(static_cast<std::uint16_t>(port));
    } else {
        reinterpret_cast<sockaddr_in&>(place.address).sin_port =
            htons(static_cast<std::uint16_t>(port));
    }
    const int socket = open_socket(place.family());
    if (socket < 0) return -1;
    // After a restart, old connections of the port may still be closing. SO_REUSEPORT is not used:
    // a second server would receive half of the connections instead of failing to start.
    turn(socket, SOL_SOCKET, SO_REUSEADDR, 1);
    // Accepted sockets inherit it: a response does not wait for the acknowledgement of an earlier
    // one.
    turn(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    // `::` accepts IPv4 too, whatever the system's default is.
    if (place.family() == AF_INET6) turn(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    return bind_and_listen(socket, place.get(), place.length);
}

Place place_of(const char* address, int family) {
    Place place;
    place.address.ss_family = static_cast<sa_family_t>(family);
    if (family == AF_INET6) {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(place.address);
        inet_pton(AF_INET6, address, &v6.sin6_addr);
        place.length = sizeof v6;
    } else {
        auto& v4 = reinterpret_cast<sockaddr_in&>(place.address);
        inet_pton(AF_INET, address, &v4.sin_addr);
        place.length = sizeof v4;
    }
    return place;
}

Result<std::vector<Place>> resolve(const std::string& host) {
    // No resolver is asked for it (RFC 6761), so that a start does not depend on /etc/hosts.
    if (host == "localhost") {
        return std::vector<Place>{place_of("127.0.0.1", AF_INET), place_of("::1", AF_INET6)};
    }
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    if (const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found); error != 0) {
        return refused(std::string("the name does not resolve (") + gai_strerror(error) + ")");
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(found, &freeaddrinfo);
    std::vector<Place> places;
    for (const addrinfo* each = all.get(); each != nullptr; each = each->ai_next) {
        if (each->ai_addrlen > sizeof(sockaddr_storage)) continue;
        Place place;
        std::memcpy(&place.address, each->ai_addr, each->ai_addrlen);
        place.length = each->ai_addrlen;
        if (std::find(places.begin(), places.end(), place) == places.end()) {
            places.push_back(place);
        }
    }
    std::stable_sort(places.begin(), places.end(), [](const Place& one, const Place& other) {
        return one.family() == AF_INET && other.family() != AF_INET;
    });
    return places;
}

bool is_not_here(int reason) {
    return reason == EADDRNOTAVAIL || reason == EAFNOSUPPORT;
}

void close_all(std::vector<int>& sockets) {
    for (const int socket : sockets) ::close(socket);
    sockets.clear();
}

// Listens at those of the places that this machine has. Returns no socket, with errno, when another
// program uses one of them, or when it has none.
std::vector<int> listen_at_all(const std::vector<Place>& places, int port) {
    std::vector<int> sockets;
    int reason = EADDRNOTAVAIL;
    for (const Place& place : places) {
        const int socket = listen_at(place, sockets.empty() ? port : port_of(sockets.front()));
        if (socket >= 0) {
            sockets.push_back(socket);
            continue;
        }
        reason = errno;
        if (is_not_here(reason)) continue;
        close_all(sockets);
        break;
    }
    errno = reason;
    return sockets;
}

// Returns "[::1]:8080" and the like.
std::string place_of(int socket) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) return {};
    if (address.ss_family == AF_UNIX) {
        return std::string(kUnixPrefix) + reinterpret_cast<const sockaddr_un&>(address).sun_path;
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    const std::string port = ":" + std::to_string(port_of(socket));
    if (address.ss_family == AF_INET) {
        inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text.data(),
                  text.size());
        return text.data() + port;
    }
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    inet_ntop(AF_INET6, &v6, text.data(), text.size());
    const bool is_any = IN6_IS_ADDR_UNSPECIFIED(&v6);
    return "[" + std::string(text.data()) + "]" + port + (is_any ? " (IPv4 and IPv6)" : "");
}

}  // namespace

Result<std::vector<int>> listen_on(const std::string& host, int port) {
    if (host.starts_with(kUnixPrefix)) return listen_on_path(host.substr(kUnixPrefix.size()));
    if (host == "*") {
        int socket = listen_at(place_of("::", AF_INET6), port);
        if (socket < 0 && is_not_here(errno))
            socket = listen_at(place_of("0.0.0.0", AF_INET), port);
        if (socket < 0) return refused_by(errno, port);
        return std::vector<int>{socket};
    }
    const auto places = resolve(host);
    if (!places) return places.error();
    // With port 0, the port that is free at the first address may be used at another.
    constexpr int kAttempts = 20;
    for (int attempt = 1;; ++attempt) {
        auto sockets = listen_at_all(*places, port);
        if (!sockets.empty()) return sockets;
        const bool may_retry = port == 0 && errno == EADDRINUSE && attempt < kAttempts;
        if (!may_retry) return refused_by(errno, port);
    }
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

std::string places_of(const std::vector<int>& sockets) {
    std::string all;
    for (const int socket : sockets) (all += all.empty() ? "" : ", ") += place_of(socket);
    return all;
}

}  // namespace rescuestream::server
