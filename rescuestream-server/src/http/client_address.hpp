#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace rescuestream::server {

/// Addresses that share their first bits, e.g. `10.0.0.0/8` or `fd00::/8`; one address alone, too.
class AddressRange {
public:
    /// Empty: it is no such text, or has bits set beyond its length.
    static std::optional<AddressRange> parse(std::string_view text);

    bool contains(std::string_view address) const;
    const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
    std::array<std::uint8_t, 16> bytes_{};  // a v4 address as ::ffff:a.b.c.d
    unsigned bits_ = 0;
};

/// "" is a peer on a Unix socket, which counts as 127.0.0.1.
bool is_in(const std::vector<AddressRange>& ranges, std::string_view address);

/// Who sent the request: the peer, or, when that is a trusted proxy, whom it names in
/// X-Forwarded-For, from the right up to the first that is no trusted proxy. What stands further
/// left may be anybody's invention.
std::string client_address(const std::string& peer, const HttpRequest& request,
                           const std::vector<AddressRange>& trusted);

}  // namespace rescuestream::server
