#include "rescuestream/ids.hpp"

#include "support/crypto.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kTextLength = 36;
constexpr std::size_t kDigitCount = 32;

// Where the text has a hyphen.
constexpr bool is_hyphen_place(std::size_t i) noexcept {
    return i == 8 || i == 13 || i == 18 || i == 23;
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != kTextLength) return std::nullopt;
    std::array<char, kDigitCount> digits{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < kTextLength; ++i) {
        if (!is_hyphen_place(i)) {
            digits[count++] = text[i];
        } else if (text[i] != '-') {
            return std::nullopt;
        }
    }
    Bytes bytes{};
    if (!from_hex({digits.data(), count}, bytes)) return std::nullopt;
    return Uuid(bytes);
}

std::string Uuid::to_string() const {
    constexpr std::string_view kHexDigits = "0123456789abcdef";
    std::string out(kTextLength, '-');
    std::size_t place = 0;
    for (const auto byte : bytes_) {
        if (is_hyphen_place(place)) ++place;
        out[place++] = kHexDigits[byte >> 4U];
        out[place++] = kHexDigits[byte & 0x0FU];
    }
    return out;
}

}  // namespace rescuestream
