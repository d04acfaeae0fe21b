#include "support/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace rescuestream {
namespace {

constexpr std::size_t kLongestAddress = 64;  // a longer text is no address, and is cut
constexpr std::size_t kNetworkBytes = 8;

}  // namespace

std::string network_of(std::string_view address) {
    std::string text(address.substr(0, kLongestAddress));
    if (text.find(':') == std::string::npos) return text;
    std::string bare = text.substr(0, text.find('%'));  // fe80::1%eth0
    if (bare.ends_with("/64")) bare.resize(bare.size() - 3);
    std::array<std::uint8_t, 16> bytes{};
    if (inet_pton(AF_INET6, bare.c_str(), bytes.data()) != 1) return text;
    constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    std::array<char, INET6_ADDRSTRLEN> shown{};
    if (std::memcmp(bytes.data(), kMapped.data(), kMapped.size()) == 0) {
        inet_ntop(AF_INET, &bytes[kMapped.size()], shown.data(), shown.size());
        return shown.data();
    }
    std::fill(bytes.begin() + kNetworkBytes, bytes.end(), std::uint8_t{0});
    inet_ntop(AF_INET6, bytes.data(), shown.data(), shown.size());
    return std::string(shown.data()) + "/64";
}

}  // namespace rescuestream
