#include "support/address_range.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace rescuestream {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

struct Parsed {
    Bytes bytes{};
    bool is_v4 = false;
};

std::optional<Parsed> parse_address(std::string_view text) {
    const std::string terminated(text);
    if (terminated.find('\0') != std::string::npos) return std::nullopt;
    Parsed parsed;
    if (inet_pton(AF_INET, terminated.c_str(), &parsed.bytes[12]) == 1) {
        parsed.bytes[10] = parsed.bytes[11] = 0xFF;
        parsed.is_v4 = true;
        return parsed;
    }
    if (inet_pton(AF_INET6, terminated.c_str(), parsed.bytes.data()) == 1) return parsed;
    return std::nullopt;
}

bool same_bits(const Bytes& left, const Bytes& right, unsigned bits) {
    const unsigned whole = bits / 8;
    if (!std::equal(left.begin(), left.begin() + whole, right.begin())) return false;
    const unsigned rest = bits % 8;
    return rest == 0 || (left[whole] >> (8 - rest)) == (right[whole] >> (8 - rest));
}

}  // namespace

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = parse_address(text.substr(0, slash));
    if (!address) return std::nullopt;
    AddressRange range;
    range.text_ = text;
    range.bytes_ = address->bytes;
    const unsigned most = address->is_v4 ? 32 : 128;
    unsigned bits = most;
    if (slash != std::string_view::npos) {
        const std::string_view length = text.substr(slash + 1);
        const char* end = length.data() + length.size();
        const auto [parsed, error] = std::from_chars(length.data(), end, bits);
        if (error != std::errc{} || parsed != end || bits > most) return std::nullopt;
    }
    range.bits_ = bits + (address->is_v4 ? 96 : 0);
    // Bits beyond the length are a slip of whoever wrote it: it is not clear which range is meant.
    for (unsigned bit = range.bits_; bit < 128; ++bit) {
        if ((range.bytes_[bit / 8] >> (7 - bit % 8) & 1U) != 0) return std::nullopt;
    }
    return range;
}

bool AddressRange::contains(std::string_view address) const {
    const auto parsed = parse_address(address);
    return parsed && same_bits(parsed->bytes, bytes_, bits_);
}

bool is_in(const std::vector<AddressRange>& ranges, std::string_view address) {
    if (address.empty()) address = "127.0.0.1";
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const AddressRange& range) { return range.contains(address); });
}

}  // namespace rescuestream
