#include "http/network.hpp"

#include <ifaddrs.h>
#include <netinet/in.h>

#include <cstring>

#include "http/peer_address.hpp"

namespace rescuestream::server {

std::vector<std::string> addresses_of_this_machine() {
    std::vector<std::string> addresses{"127.0.0.1", "::1"};
    ifaddrs* all = nullptr;
    if (getifaddrs(&all) != 0) return addresses;
    for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr) continue;
        sockaddr_storage address{};
        const bool is_v4 = each->ifa_addr->sa_family == AF_INET;
        if (!is_v4 && each->ifa_addr->sa_family != AF_INET6) continue;
        std::memcpy(&address, each->ifa_addr, is_v4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
        addresses.push_back(address_of(address));
    }
    freeifaddrs(all);
    return addresses;
}

}  // namespace rescuestream::server
