#include "support/free_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <random>
#include <set>
#include <stdexcept>

namespace rescuestream::testing {
namespace {

// Below the range from which the kernel takes ports for outgoing connections, so that none of them
// takes the port between the check and its use.
constexpr int kFirst = 16'000;
constexpr int kLast = 31'998;
constexpr int kAttempts = 2'000;

bool can_bind(int type, int port) {
    const int socket = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (socket < 0) return false;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const bool bound =
        ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return bound;
}

}  // namespace

std::uint16_t free_port() {
    static std::mutex mutex;
    static std::mt19937 generator{std::random_device{}()};
    static std::set<int> given;
    const std::lock_guard lock(mutex);
    std::uniform_int_distribution<int> pairs(kFirst / 2, kLast / 2);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const int port = 2 * pairs(generator);
        if (given.contains(port)) continue;
        if (can_bind(SOCK_STREAM, port) && can_bind(SOCK_DGRAM, port) &&
            can_bind(SOCK_DGRAM, port + 1)) {
            given.insert(port);
            return static_cast<std::uint16_t>(port);
        }
    }
    throw std::runtime_error("no free port");
}

}  // namespace rescuestream::testing
