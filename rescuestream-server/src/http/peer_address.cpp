#include "http/peer_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "support/ip_address.hpp"

namespace rescuestream::server {

namespace {

// For every accepted connection: inet_ntop would use sprintf, which takes ten times as long.
std::string v4_text(const void* address) {
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), address, bytes.size());
    std::array<char, INET_ADDRSTRLEN> text{};
    char* at = text.data();
    for (const unsigned byte : bytes) {
        if (at != text.data()) *at++ = '.';
        at = std::to_chars(at, text.data() + text.size(), byte).ptr;
    }
    return {text.data(), at};
}

}  // namespace

std::string address_of(const sockaddr_storage& peer) {
    if (peer.ss_family == AF_INET) {
        return v4_text(&reinterpret_cast<const sockaddr_in&>(peer).sin_addr);
    }
    if (peer.ss_family != AF_INET6) return {};
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return v4_text(&v6.sin6_addr.s6_addr[12]);
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return text.data();
}

bool is_this_machine(const std::string& address) {
    return address.empty() || is_loopback_address(address);
}

}  // namespace rescuestream::server
