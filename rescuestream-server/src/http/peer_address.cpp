#include "http/peer_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>

#include "support/ip_address.hpp"

namespace rescuestream::server {

std::string address_of(const sockaddr_storage& peer) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (peer.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
        inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    } else if (peer.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
        if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
            inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
        } else {
            inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
        }
    }
    return text.data();
}

bool is_this_machine(const std::string& address) {
    return address.empty() || is_loopback_address(address);
}

}  // namespace rescuestream::server
