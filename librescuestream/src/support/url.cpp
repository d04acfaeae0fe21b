#include "support/url.hpp"

#include <charconv>

#include "support/crypto.hpp"

namespace rescuestream {
namespace {

bool is_unreserved(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

std::uint16_t default_port(std::string_view scheme) noexcept {
    return scheme == "https" ? 443 : 80;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (text.size() - i < 3) return std::nullopt;
            const auto byte = from_hex(text.substr(i + 1, 2));
            if (!byte) return std::nullopt;
            out += *byte;
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::string percent_encode(std::string_view text, std::string_view keep) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c) || keep.find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += kDigits[byte >> 4U];
            out += kDigits[byte & 0x0FU];
        }
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> members;
    while (!query.empty()) {
        const auto end = query.find('&');
        const std::string_view member = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        if (member.empty()) continue;
        const auto equals = member.find('=');
        auto name = percent_decode(member.substr(0, equals), true);
        auto value = equals == std::string_view::npos
                         ? std::optional<std::string>("")
                         : percent_decode(member.substr(equals + 1), true);
        if (name && value) members.emplace_back(std::move(*name), std::move(*value));
    }
    return members;
}

std::string HttpUrl::origin() const {
    const std::string shown_host = host.find(':') == std::string::npos ? host : "[" + host + "]";
    std::string out = scheme + "://" + shown_host;
    if (port != default_port(scheme)) out += ":" + std::to_string(port);
    return out;
}

std::optional<HttpUrl> parse_http_url(std::string_view text) {
    HttpUrl url;
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) return std::nullopt;
    url.scheme = text.substr(0, scheme_end);
    if (url.scheme != "http" && url.scheme != "https") return std::nullopt;
    text.remove_prefix(scheme_end + 3);
    if (text.find_first_of("?# \t\r\n\\") != std::string_view::npos) return std::nullopt;

    const auto path_start = text.find('/');
    std::string_view authority = text.substr(0, path_start);
    if (path_start != std::string_view::npos) url.path = text.substr(path_start);

    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        const std::string_view credential = authority.substr(0, at);
        const auto colon = credential.find(':');
        const auto user = percent_decode(credential.substr(0, colon));
        const auto password = colon == std::string_view::npos
                                  ? std::optional<std::string>("")
                                  : percent_decode(credential.substr(colon + 1));
        if (!user || !password) return std::nullopt;
        url.user = *user;
        url.password = *password;
        authority.remove_prefix(at + 1);
    }

    std::string_view port_text;
    if (authority.starts_with('[')) {
        const auto bracket = authority.find(']');
        if (bracket == std::string_view::npos) return std::nullopt;
        url.host = authority.substr(1, bracket - 1);
        port_text = authority.substr(bracket + 1);
        if (!port_text.empty() && port_text.front() != ':') return std::nullopt;
    } else {
        const auto colon = authority.find(':');
        url.host = authority.substr(0, colon);
        if (colon != std::string_view::npos) port_text = authority.substr(colon);
    }
    if (url.host.empty()) return std::nullopt;

    url.port = default_port(url.scheme);
    if (!port_text.empty()) {
        port_text.remove_prefix(1);
        const char* end = port_text.data() + port_text.size();
        const auto [parsed, error] = std::from_chars(port_text.data(), end, url.port);
        if (error != std::errc{} || parsed != end || url.port == 0) return std::nullopt;
    }
    return url;
}

}  // namespace rescuestream
