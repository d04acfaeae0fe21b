#include "support/ip_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

namespace rescuestream {
namespace {

// Empty if the text is too long for an address.
std::array<char, INET6_ADDRSTRLEN> terminated(std::string_view text) noexcept {
    std::array<char, INET6_ADDRSTRLEN> out{};
    if (text.size() < out.size() && text.find('\0') == std::string_view::npos) {
        std::memcpy(out.data(), text.data(), text.size());
    }
    return out;
}

bool is_loopback(const in_addr& address) noexcept {
    return (ntohl(address.s_addr) >> 24U) == 127;
}

}  // namespace

bool is_ip_address(std::string_view text) noexcept {
    const auto c_text = terminated(text);
    in_addr v4{};
    in6_addr v6{};
    return inet_pton(AF_INET, c_text.data(), &v4) == 1 ||
           inet_pton(AF_INET6, c_text.data(), &v6) == 1;
}

bool is_loopback_address(std::string_view text) noexcept {
    const auto c_text = terminated(text);
    in_addr v4{};
    if (inet_pton(AF_INET, c_text.data(), &v4) == 1) return is_loopback(v4);
    in6_addr v6{};
    if (inet_pton(AF_INET6, c_text.data(), &v6) != 1) return false;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
        std::memcpy(&v4, &v6.s6_addr[12], sizeof(v4));
        return is_loopback(v4);
    }
    return IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string_view without_mapping(std::string_view text) noexcept {
    constexpr std::string_view kMapped = "::ffff:";
    if (text.size() <= kMapped.size() || text.front() != ':') return text;
    for (std::size_t i = 0; i < kMapped.size(); ++i) {
        const char c = text[i] == 'F' ? 'f' : text[i];
        if (c != kMapped[i]) return text;
    }
    const std::string_view rest = text.substr(kMapped.size());
    in_addr v4{};
    return inet_pton(AF_INET, terminated(rest).data(), &v4) == 1 ? rest : text;
}

}  // namespace rescuestream
