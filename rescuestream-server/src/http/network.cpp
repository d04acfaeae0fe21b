#include "http/network.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "http/peer_address.hpp"
#include "support/crypto.hpp"

namespace rescuestream::server {
namespace {

constexpr std::size_t kLongestAddress = 64;  // a longer text is no address, and is cut

}  // namespace

std::string network_of(std::string_view address) {
    std::string text(address.substr(0, kLongestAddress));
    if (text.find(':') == std::string::npos) return text;
    text.resize(std::min(text.find('%'), text.size()));  // fe80::1%eth0
    std::array<std::uint8_t, 16> bytes{};
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
    constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (std::memcmp(bytes.data(), kMapped.data(), kMapped.size()) == 0) {
        std::array<char, INET_ADDRSTRLEN> v4{};
        inet_ntop(AF_INET, &bytes[12], v4.data(), v4.size());
        return v4.data();
    }
    return to_hex(std::span(bytes).first(8)) + "/64";
}

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
