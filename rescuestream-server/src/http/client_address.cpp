#include "http/client_address.hpp"

#include <optional>
#include <string_view>

#include "http/head.hpp"
#include "support/ip_address.hpp"

namespace rescuestream::server {
namespace {

// It is not a loopback address, so that it gives none of the rights of this machine.
constexpr const char* kUnknownAddress = "0.0.0.0";

// `1.2.3.4:80`, `[::1]` and `[::1]:80`, as some proxies write them.
std::string_view without_port(std::string_view text) {
    if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
    const auto colon = text.find(':');
    const bool has_one_colon = colon != std::string_view::npos && colon == text.rfind(':');
    return has_one_colon ? text.substr(0, colon) : text;
}

}  // namespace

std::string client_address(const std::string& peer, const HttpRequest& request,
                           const std::vector<AddressRange>& trusted) {
    if (trusted.empty() || !is_in(trusted, peer)) return peer;
    std::optional<std::string> all;  // headers of the same name form one list: RFC 9110 section 5.3
    for (const auto& [name, value] : request.headers) {
        if (name == "x-forwarded-for") all = all ? *all + "," + value : value;
    }
    if (!all) return peer;
    for (std::string_view rest = *all;;) {
        const auto comma = rest.rfind(',');
        const auto last = comma == std::string_view::npos ? rest : rest.substr(comma + 1);
        const std::string_view named = without_mapping(without_port(trimmed(last)));
        if (!is_ip_address(named)) return kUnknownAddress;
        if (!is_in(trusted, named) || comma == std::string_view::npos) return std::string(named);
        rest = rest.substr(0, comma);
    }
}

}  // namespace rescuestream::server
