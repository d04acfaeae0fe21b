#include "doctor/reach.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace rescuestream::cli::doctor {
namespace {

using std::chrono::milliseconds;
using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

class Socket {
public:
    Socket(const addrinfo& to, int type)
        : number_(::socket(to.ai_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
    ~Socket() {
        if (number_ >= 0) ::close(number_);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    int get() const { return number_; }

private:
    const int number_;
};

bool wait_for(int socket, short events, milliseconds within) {
    pollfd wanted{socket, events, 0};
    return ::poll(&wanted, 1, static_cast<int>(within.count())) > 0;
}

std::string words_of(int error) {
    if (error == ECONNREFUSED) return "no program listens there";
    if (error == ETIMEDOUT) return "it does not answer (a firewall, or the machine is down)";
    return std::string("there is no way to it (") + std::strerror(error) + ")";
}

// Calls `attempt(address)`, which returns 0 or the number of an error, for each address of a name
// until one answers.
template <class Attempt>
std::string try_all(const std::string& host, std::uint16_t port, int type, Attempt attempt) {
    addrinfo hints{};
    hints.ai_socktype = type;
    addrinfo* found = nullptr;
    const int resolved = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (resolved != 0) {
        return "the name " + host + " does not resolve (" + gai_strerror(resolved) + ")";
    }
    const AddressList addresses(found, &freeaddrinfo);
    int error = ETIMEDOUT;
    for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
        const int failed = attempt(*each);
        if (failed == 0) return {};
        if (error == ETIMEDOUT || failed == ECONNREFUSED) error = failed;
    }
    return words_of(error);
}

// A handshake packet of the type "induction": a header of 16 bytes and 48 bytes of data.
std::array<unsigned char, 64> induction() {
    std::array<unsigned char, 64> packet{};
    packet[0] = 0x80;   // control packet, handshake
    packet[19] = 4;     // version 4
    packet[23] = 2;     // the extension field that version 4 has
    packet[30] = 0x05;  // maximum size of a packet: 1,500 bytes
    packet[31] = 0xDC;
    packet[34] = 0x20;  // flow window: 8,192
    packet[39] = 1;     // induction
    packet[43] = 1;     // id of the caller's socket
    return packet;
}

}  // namespace

std::string tcp_trouble(const std::string& host, std::uint16_t port, milliseconds within) {
    return try_all(host, port, SOCK_STREAM, [&](const addrinfo& to) {
        const Socket socket(to, SOCK_STREAM);
        if (socket.get() < 0) return errno;
        if (::connect(socket.get(), to.ai_addr, to.ai_addrlen) == 0) return 0;
        if (errno != EINPROGRESS) return errno;
        if (!wait_for(socket.get(), POLLOUT, within)) return ETIMEDOUT;
        int error = 0;
        socklen_t length = sizeof error;
        ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
        return error;
    });
}

std::string srt_trouble(const std::string& host, std::uint16_t port, milliseconds within) {
    return try_all(host, port, SOCK_DGRAM, [&](const addrinfo& to) {
        const Socket socket(to, SOCK_DGRAM);
        if (socket.get() < 0 || ::connect(socket.get(), to.ai_addr, to.ai_addrlen) != 0)
            return errno;
        const auto packet = induction();
        for (int attempt = 0; attempt < 2; ++attempt) {
            if (::send(socket.get(), packet.data(), packet.size(), 0) < 0) return errno;
            if (!wait_for(socket.get(), POLLIN, within / 2)) continue;
            std::array<unsigned char, 1'500> answer{};
            const auto size = ::recv(socket.get(), answer.data(), answer.size(), 0);
            if (size < 0) return errno;
            const bool is_handshake = size >= 16 && answer[0] == 0x80 && answer[1] == 0;
            if (is_handshake) return 0;
        }
        return ETIMEDOUT;
    });
}

}  // namespace rescuestream::cli::doctor
