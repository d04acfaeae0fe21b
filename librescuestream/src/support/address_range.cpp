#include "rescuestream/address_range.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace rescuestream {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

constexpr unsigned kMappedBits = 96;  // ::ffff:0:0/96 holds the IPv4 addresses

bool is_mapped(const Bytes& bytes) noexcept {
    return std::all_of(bytes.begin(), bytes.begin() + 10, [](auto byte) { return byte == 0; }) &&
           bytes[10] == 0xFF && bytes[11] == 0xFF;
}

struct Parsed {
    Bytes bytes{};
    bool has_dots = false;  // was given as an IPv4 address
};

std::optional<Parsed> parse_address(std::string_view text) {
    const std::string terminated(text);
    if (terminated.find('\0') != std::string::npos) return std::nullopt;
    Parsed parsed;
    if (inet_pton(AF_INET, terminated.c_str(), &parsed.bytes[12]) == 1) {
        parsed.bytes[10] = parsed.bytes[11] = 0xFF;
        parsed.has_dots = true;
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

/// False: there were none.
bool clear_bits_beyond(Bytes& bytes, unsigned bits) {
    const Bytes before = bytes;
    for (unsigned bit = bits; bit < 128; ++bit) {
        bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] & ~(0x80U >> (bit % 8)));
    }
    return bytes != before;
}

Error must_be(std::string what) {
    return Error{ErrorCode::kInvalidArgument, "must be " + std::move(what), {}, {}};
}

}  // namespace

Result<AddressRange> AddressRange::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = parse_address(text.substr(0, slash));
    const auto malformed = [] {
        return must_be("an IP address, or a range of them like 192.0.2.0/24 or 2001:db8::/32");
    };
    if (!address) return malformed();
    const unsigned most = address->has_dots ? 32 : 128;
    unsigned bits = most;
    if (slash != std::string_view::npos) {
        const std::string_view length = text.substr(slash + 1);
        const char* end = length.data() + length.size();
        const auto [parsed, error] = std::from_chars(length.data(), end, bits);
        if (error != std::errc{} || parsed != end || bits > most) return malformed();
    }
    AddressRange range;
    range.bytes_ = address->bytes;
    range.bits_ = bits + (address->has_dots ? kMappedBits : 0);
    // Bits beyond the length are a mistake: it is not clear which range is meant.
    if (clear_bits_beyond(range.bytes_, range.bits_)) {
        return must_be("a range without bits beyond its length: " + range.text() +
                       " has that length");
    }
    return range;
}

bool AddressRange::is_v4() const noexcept {
    return bits_ >= kMappedBits && is_mapped(bytes_);
}

bool AddressRange::contains(std::string_view address) const {
    const auto parsed = parse_address(address.substr(0, address.find('%')));
    return parsed && is_mapped(parsed->bytes) == is_v4() && same_bits(parsed->bytes, bytes_, bits_);
}

bool AddressRange::contains(const AddressRange& other) const {
    return other.bits_ >= bits_ && other.is_v4() == is_v4() &&
           same_bits(other.bytes_, bytes_, bits_);
}

std::string AddressRange::text() const {
    std::array<char, INET6_ADDRSTRLEN> digits{};
    if (is_v4()) {
        inet_ntop(AF_INET, &bytes_[12], digits.data(), digits.size());
    } else {
        inet_ntop(AF_INET6, bytes_.data(), digits.data(), digits.size());
    }
    const std::string address = digits.data();
    if (bits_ == 128) return address;
    return address + "/" + std::to_string(is_v4() ? bits_ - kMappedBits : bits_);
}

bool is_in(const std::vector<AddressRange>& ranges, std::string_view address) {
    if (address.empty()) address = "127.0.0.1";
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const AddressRange& range) { return range.contains(address); });
}

}  // namespace rescuestream
