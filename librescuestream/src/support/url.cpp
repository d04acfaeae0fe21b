#include "support/url.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "support/ascii.hpp"
#include "support/crypto.hpp"
#include "support/ip_address.hpp"
#include "support/text.hpp"

namespace rescuestream {
namespace {

bool is_unreserved(char c) noexcept {
    return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

std::uint16_t default_port(std::string_view scheme) noexcept {
    return scheme == "https" ? 443 : 80;
}

bool is_ip_address(std::string_view text, int family) {
    const std::string terminated(text);
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return terminated.size() == text.size() && terminated.find('\0') == std::string::npos &&
           inet_pton(family, terminated.c_str(), address.data()) == 1;
}

bool is_label(std::string_view label) {
    constexpr std::size_t kMaxLabel = 63;
    return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' &&
           label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
               return is_alphanumeric(c) || c == '-' || c == '_';
           });
}

// Decimal, octal or hexadecimal: programs that resolve it treat it as an IPv4 address.
bool is_number(std::string_view label) {
    if (label.starts_with("0x") || label.starts_with("0X")) return true;
    return std::all_of(label.begin(), label.end(), is_digit);
}

bool is_path(std::string_view path) {
    constexpr std::string_view kAlso = "/%!$&()*+,;=:";
    const bool has_only_path_characters = std::all_of(path.begin(), path.end(), [&](char c) {
        return is_unreserved(c) || kAlso.find(c) != std::string_view::npos;
    });
    if (!has_only_path_characters) return false;
    const auto decoded = percent_decode(path);
    return decoded && is_clean_utf8(*decoded) && !has_control_character(*decoded);
}

// An address of one stream for a browser or an encoder.
bool is_address_of_a_stream(std::string_view path) {
    while (path.ends_with('/')) path.remove_suffix(1);
    return path.ends_with("/whip") || path.ends_with("/whep") || path.ends_with(".m3u8");
}

std::string shown_host(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
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

std::string_view without_trailing_slash(std::string_view url) noexcept {
    while (url.ends_with('/')) url.remove_suffix(1);
    return url;
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

bool is_host(std::string_view text) {
    constexpr std::size_t kMaxName = 253;
    if (text.find(':') != std::string_view::npos) return is_ip_address(text, AF_INET6);
    if (is_ip_address(text, AF_INET)) return true;
    if (text.ends_with('.')) text.remove_suffix(1);
    if (text.empty() || text.size() > kMaxName) return false;
    while (true) {
        const auto dot = text.find('.');
        const std::string_view label = text.substr(0, dot);
        if (!is_label(label)) return false;
        if (dot == std::string_view::npos) return !is_number(label);
        text.remove_prefix(dot + 1);
    }
}

bool is_listen_host(std::string_view text) {
    const auto percent = text.find('%');
    if (percent == std::string_view::npos) return is_host(text);
    const std::string_view zone = text.substr(percent + 1);
    return is_ip_address(text.substr(0, percent), AF_INET6) && !zone.empty() &&
           std::all_of(zone.begin(), zone.end(), is_unreserved);
}

std::string HttpUrl::origin() const {
    std::string out = scheme + "://" + shown_host(host);
    if (port != default_port(scheme)) out += ":" + std::to_string(port);
    return out;
}

std::optional<Url> parse_url(std::string_view text) {
    Url url;
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos || scheme_end == 0) return std::nullopt;
    url.scheme = text.substr(0, scheme_end);
    if (!std::all_of(url.scheme.begin(), url.scheme.end(), is_alphanumeric)) return std::nullopt;
    text.remove_prefix(scheme_end + 3);
    if (text.find_first_of("?# \t\r\n\\") != std::string_view::npos) return std::nullopt;

    const auto path_start = text.find('/');
    std::string_view authority = text.substr(0, path_start);
    if (path_start != std::string_view::npos) url.path = text.substr(path_start);
    if (!is_path(url.path)) return std::nullopt;

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
        if (!is_ip_address(url.host, AF_INET6)) return std::nullopt;
    } else {
        const auto colon = authority.find(':');
        url.host = authority.substr(0, colon);
        if (colon != std::string_view::npos) port_text = authority.substr(colon);
    }
    if (!is_host(url.host)) return std::nullopt;
    if (port_text.empty()) return url;

    port_text.remove_prefix(1);
    std::uint16_t port = 0;
    const char* end = port_text.data() + port_text.size();
    const auto [parsed, error] = std::from_chars(port_text.data(), end, port);
    if (error != std::errc{} || parsed != end || port == 0) return std::nullopt;
    url.port = port;
    return url;
}

std::optional<HttpUrl> parse_http_url(std::string_view text) {
    auto url = parse_url(text);
    if (!url || (url->scheme != "http" && url->scheme != "https")) return std::nullopt;
    const auto port = url->port.value_or(default_port(url->scheme));
    return HttpUrl{std::move(url->scheme),
                   std::move(url->user),
                   std::move(url->password),
                   std::move(url->host),
                   port,
                   std::move(url->path)};
}

std::optional<HttpUrl> parse_origin(std::string_view text) {
    auto url = parse_http_url(text);
    const bool has_path = url && !url->path.empty() && url->path != "/";
    // "http://@host" has an empty user name, which other programs may show.
    const bool has_credential = url && text.find('@') != std::string_view::npos;
    if (!url || has_path || has_credential) return std::nullopt;
    return url;
}

bool is_same_origin(std::string_view left, std::string_view right) {
    const auto one = parse_origin(left);
    const auto other = parse_origin(right);
    if (!one || !other || one->scheme != other->scheme || one->port != other->port) return false;
    return std::equal(one->host.begin(), one->host.end(), other->host.begin(), other->host.end(),
                      [](unsigned char a, unsigned char b) { return (a | 0x20U) == (b | 0x20U); });
}

bool is_same_machine_port(std::string_view left, std::string_view right) {
    const auto one = parse_origin(left);
    const auto two = parse_origin(right);
    if (!one || !two || one->port != two->port) return false;
    const auto is_this_machine = [](const std::string& host) {
        return host == "localhost" || is_loopback_address(host);
    };
    return one->host == two->host || (is_this_machine(one->host) && is_this_machine(two->host));
}

std::optional<std::string> check_public_address(std::string_view text, std::string_view scheme) {
    const auto url = parse_url(text);
    const bool is_http = scheme == "http";
    const bool is_srt = scheme == "srt";
    const bool has_scheme =
        url && (url->scheme == scheme || (!is_srt && url->scheme == std::string(scheme) + "s"));
    if (!has_scheme || text.find('@') != std::string_view::npos) {
        return fmt::format(
            "must be {}://HOST[:PORT]{}, without a credential; HOST is a name, an IPv4 address or "
            "an IPv6 address in brackets",
            scheme, is_srt ? std::string() : fmt::format(" or {}s://HOST[:PORT]", scheme));
    }
    if (url->host == "0.0.0.0" || url->host == "::") {
        return fmt::format(
            "must name a host that others can reach: {} is every address of a machine", url->host);
    }
    if (is_srt && !url->port)
        return "must name a port: SRT has none of its own (MediaMTX's is 8890)";
    const bool has_path = url->path.find_first_not_of('/') != std::string::npos;
    if (has_path && !is_http) {
        return "must not have a path: that of the stream follows, and another one would stand "
               "before it";
    }
    if (is_http && is_address_of_a_stream(url->path)) {
        return "must end before the path of a stream: that follows, with whip, whep or index.m3u8";
    }
    return std::nullopt;
}

}  // namespace rescuestream
