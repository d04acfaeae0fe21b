#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rescuestream {

/// Addresses that share their first bits, such as `10.0.0.0/8` or `fd00::/8`. An address without a
/// length is the range of that address alone.
class AddressRange {
public:
    /// Empty when `text` is no such range, or has bits set beyond its length.
    static std::optional<AddressRange> parse(std::string_view text);

    /// False for what is no address. An IPv4 address equals its form as ::ffff:a.b.c.d.
    bool contains(std::string_view address) const;
    /// As it was written.
    const std::string& text() const noexcept { return text_; }

    bool operator==(const AddressRange&) const = default;

private:
    std::string text_;
    std::array<std::uint8_t, 16> bytes_{};  // a v4 address as ::ffff:a.b.c.d
    unsigned bits_ = 0;
};

/// Whether one of `ranges` contains `address`. "" is a peer on a Unix socket, which counts as
/// 127.0.0.1.
bool is_in(const std::vector<AddressRange>& ranges, std::string_view address);

}  // namespace rescuestream
