#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/result.hpp"

namespace rescuestream {

/// IP addresses that share their first bits, such as `10.0.0.0/8` or `fd00::/8`. An address without
/// a length is the range of that address alone. `::ffff:a.b.c.d` is the IPv4 address `a.b.c.d`, in
/// a range and in an address that is compared with one.
class AddressRange {
public:
    /// kInvalidArgument: `text` is not such a range, or has bits set beyond its length; the message
    /// says what it must be ("must be …").
    static Result<AddressRange> parse(std::string_view text);

    /// Returns false if `address` is not an address. A zone (`%eth0`) is ignored. A range of IPv6
    /// addresses, also `::/0`, does not contain IPv4 addresses.
    bool contains(std::string_view address) const;
    /// Returns whether this range contains all addresses of the other one.
    bool contains(const AddressRange& other) const;
    /// Returns the canonical form: IPv4 in dotted decimal notation, IPv6 as in RFC 5952, and no
    /// length for a single address.
    std::string text() const;

    bool operator==(const AddressRange&) const = default;

private:
    using Bytes = std::array<std::uint8_t, 16>;

    bool is_v4() const noexcept;

    Bytes bytes_{};  // a v4 address as ::ffff:a.b.c.d
    unsigned bits_ = 0;
};

/// Returns whether one of `ranges` contains `address`. "" is a peer on a Unix socket, which counts
/// as
/// 127.0.0.1.
bool is_in(const std::vector<AddressRange>& ranges, std::string_view address);

}  // namespace rescuestream
