// Where listening sockets listen, with and without IPv6.
#include "http/listening_socket.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "http/peer_address.hpp"

namespace rescuestream::server::testing {
namespace {

class Sockets {
public:
    explicit Sockets(std::vector<int> all) : all_(std::move(all)) {}
    ~Sockets() {
        for (const int socket : all_) ::close(socket);
    }
    Sockets(const Sockets&) = delete;
    Sockets& operator=(const Sockets&) = delete;

    std::uint16_t port() const { return port_of(all_.front()); }
    std::string places() const { return places_of(all_); }
    std::size_t size() const { return all_.size(); }
    /// Returns the address of a client as the first socket that accepts one sees it.
    std::string next_peer() const {
        for (const int socket : all_) {
            sockaddr_storage peer{};
            socklen_t length = sizeof peer;
            const int accepted = ::accept(socket, reinterpret_cast<sockaddr*>(&peer), &length);
            if (accepted < 0) continue;
            ::close(accepted);
            return address_of(peer);
        }
        return "nobody";
    }

private:
    const std::vector<int> all_;
};

Sockets listening(const std::string& host, int port = 0) {
    auto sockets = listen_on(host, port);
    if (!sockets) FAIL(host << ": " << sockets.error().message);
    return Sockets(*std::move(sockets));
}

bool can_connect(int family, const char* address, std::uint16_t port) {
    const int socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = -1;
    if (family == AF_INET6) {
        sockaddr_in6 to{};
        to.sin6_family = AF_INET6;
        to.sin6_port = htons(port);
        inet_pton(AF_INET6, address, &to.sin6_addr);
        result = ::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    } else {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        inet_pton(AF_INET, address, &to.sin_addr);
        result = ::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    }
    ::close(socket);
    return result == 0;
}

// From here on, this process is on a machine whose kernel has no IPv6.
void remove_ipv6() {
    std::array<sock_filter, 6> program{{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    }};
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}

// Returns the exit code of `act` in a child process without IPv6.
template <class Act>
int without_ipv6(Act act) {
    const pid_t child = ::fork();
    if (child == 0) {
        remove_ipv6();
        ::_exit(act());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_CASE("every address of the machine is IPv4 and IPv6, and an IPv4 client is seen as IPv4") {
    for (const char* host : {"*", "::"}) {
        CAPTURE(host);
        const auto sockets = listening(host);
        CHECK(sockets.places() == "[::]:" + std::to_string(sockets.port()) + " (IPv4 and IPv6)");
        CHECK(can_connect(AF_INET, "127.0.0.1", sockets.port()));
        CHECK(sockets.next_peer() == "127.0.0.1");
        CHECK(can_connect(AF_INET6, "::1", sockets.port()));
        CHECK(sockets.next_peer() == "::1");
    }
    const auto v4_alone = listening("0.0.0.0");
    CHECK_FALSE(can_connect(AF_INET6, "::1", v4_alone.port()));
}

TEST_CASE("localhost is both loopback addresses, on one port") {
    const auto sockets = listening("localhost");
    CHECK(sockets.size() == 2);
    const std::string port = std::to_string(sockets.port());
    CHECK(sockets.places() == "127.0.0.1:" + port + ", [::1]:" + port);
    CHECK(can_connect(AF_INET, "127.0.0.1", sockets.port()));
    CHECK(can_connect(AF_INET6, "::1", sockets.port()));
}

TEST_CASE("a machine without IPv6 listens on IPv4") {
    CHECK(without_ipv6([] {
              const auto sockets = listen_on("*", 0);
              if (!sockets || sockets->size() != 1) return 1;
              const std::uint16_t port = port_of(sockets->front());
              if (places_of(*sockets) != "0.0.0.0:" + std::to_string(port)) return 2;
              return can_connect(AF_INET, "127.0.0.1", port) ? 0 : 3;
          }) == 0);
    CHECK(without_ipv6([] {
              const auto sockets = listen_on("localhost", 0);
              if (!sockets || sockets->size() != 1) return 1;
              return can_connect(AF_INET, "127.0.0.1", port_of(sockets->front())) ? 0 : 2;
          }) == 0);
    // Nobody asked for IPv4 there.
    CHECK(without_ipv6([] { return listen_on("::1", 0) ? 1 : 0; }) == 0);
}

TEST_CASE("the reason why an address cannot be listened on is told") {
    const auto taken = listening("localhost");
    for (const char* host : {"*", "::", "0.0.0.0", "localhost", "127.0.0.1", "::1"}) {
        CAPTURE(host);
        const auto again = listen_on(host, taken.port());
        REQUIRE_FALSE(again.has_value());
        CHECK(again.error().message == "another program uses it");
    }
    CHECK(listen_on("192.0.2.1", 0).error().message == "the address is not this machine's");
    CHECK(listen_on("nowhere.invalid", 0).error().message.starts_with("the name does not resolve"));
}

}  // namespace
}  // namespace rescuestream::server::testing
