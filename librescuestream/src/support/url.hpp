#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rescuestream {

/// Decodes percent-encoding. Empty: an escape is malformed.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

/// Encodes all characters except unreserved ones (RFC 3986) and those in `keep`.
std::string percent_encode(std::string_view text, std::string_view keep = "");

/// Returns `url` without the slashes at its end.
std::string_view without_trailing_slash(std::string_view url) noexcept;

/// Returns the members of `a=1&b=2` in their order, decoded, with `+` as a space. A member with a
/// malformed escape is left out; the others are not affected.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

/// Returns whether `text` can be a host: an IPv4 address, an IPv6 address (without brackets and
/// without a zone) or a name. A name has up to 253 characters in labels of up to 63 letters,
/// digits, dashes and underscores (which container names have), without a dash at either end of a
/// label; a dot may end it. A name whose last label is a number is an IPv4 address to every program
/// that resolves it, so it must be a valid one. Names in other scripts are given in their `xn--`
/// form. Sources: RFC 1123 section 2.1, RFC 3986 section 3.2.2, WHATWG URL "ends in a number
/// checker".
bool is_host(std::string_view text);

/// The same, for an address that this program listens on: an IPv6 address may have a zone
/// (`%eth0`).
bool is_listen_host(std::string_view text);

/// `scheme://user:password@host:port/path`.
struct Url {
    std::string scheme;  ///< As given.
    std::string user;
    std::string password;
    std::string host;                   ///< See is_host; without the brackets of an IPv6 address.
    std::optional<std::uint16_t> port;  ///< 1 to 65535.
    std::string path;                   ///< "" or with its leading slash; without query.
};

/// Parses a URL. Returns an empty optional for an invalid host, a port out of range, characters
/// that a path cannot have (RFC 3986 section 3.3; also the apostrophe and escaped control
/// characters), a query or a fragment.
std::optional<Url> parse_url(std::string_view text);

/// The same with the scheme "http" or "https".
struct HttpUrl {
    std::string scheme;
    std::string user;
    std::string password;
    std::string host;        ///< Without the brackets of an IPv6 address.
    std::uint16_t port = 0;  ///< The scheme's default if none is given.
    std::string path;

    /// Returns `scheme://host[:port]` without a credential; the scheme's default port is left out.
    std::string origin() const;
};

/// Returns an empty optional for another scheme and for everything that `parse_url` refuses.
std::optional<HttpUrl> parse_http_url(std::string_view text);

/// Parses the address of an HTTP service: an HttpUrl without a credential and without a path. This
/// rule applies to every address of MediaMTX's control interface and of rescuestream-server.
std::optional<HttpUrl> parse_origin(std::string_view text);
/// The rule of parse_origin as the end of a sentence.
inline constexpr std::string_view kOriginRule =
    "must be http://HOST[:PORT] or https://HOST[:PORT], without a credential and without a path; "
    "HOST is a name, an IPv4 address or an IPv6 address in brackets";

/// Returns whether both have the same scheme, host and port. False if one is not an origin.
bool is_same_origin(std::string_view left, std::string_view right);

/// Returns whether both have the same host and port, also if they name this machine differently.
/// False if one is not an origin.
bool is_same_machine_port(std::string_view left, std::string_view right);

/// Checks an address at which encoders and viewers reach a media server: `scheme://host[:port]`
/// without a credential, to which the path of a stream is appended. `scheme` is "http", "rtsp",
/// "rtmp" or "srt"; all but the last may have an "s" at its end. With "http" a path may follow, as
/// with a proxy; with "srt" the port is required. Returns an empty optional if it is valid, else
/// the error as the end of a sentence.
std::optional<std::string> check_public_address(std::string_view text, std::string_view scheme);

}  // namespace rescuestream
