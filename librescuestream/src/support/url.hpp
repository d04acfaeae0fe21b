#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rescuestream {

/// Undoes percent-encoding; empty when an escape is malformed.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

/// Encodes everything but unreserved characters (RFC 3986) and those in `keep`.
std::string percent_encode(std::string_view text, std::string_view keep = "");

/// Members of `a=1&b=2` in their order, decoded, `+` as a space. A member with a malformed escape
/// is left out; the others are not disturbed by it.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

/// `http://user:password@host:port/path`.
struct HttpUrl {
    std::string scheme;  ///< "http" or "https".
    std::string user;
    std::string password;
    std::string host;        ///< Without the brackets of an IPv6 literal.
    std::uint16_t port = 0;  ///< The scheme's own when none is given.
    std::string path;        ///< "" or with its leading slash; without query.

    /// `scheme://host[:port]` without a credential; the scheme's own port is left out.
    std::string origin() const;
};

/// Empty for another scheme, an empty host, a bad port, a query or a fragment.
std::optional<HttpUrl> parse_http_url(std::string_view text);

}  // namespace rescuestream
