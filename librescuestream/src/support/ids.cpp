#include "rescuestream/ids.hpp"

#include "support/crypto.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kTextLength = 36;

constexpr bool is_hyphen_place(std::size_t i) noexcept {
    return i == 8 || i == 13 || i == 18 || i == 23;
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != kTextLength) return std::nullopt;
    std::string digits;
    digits.reserve(32);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_hyphen_place(i)) {
            if (text[i] != '-') return std::nullopt;
        } else {
            digits += text[i];
        }
    }
    const auto decoded = from_hex(digits);
    if (!decoded) return std::nullopt;
    Bytes bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>((*decoded)[i]);
    }
    return Uuid(bytes);
}

std::string Uuid::to_string() const {
    const std::string digits = to_hex(bytes_);
    std::string out;
    out.reserve(kTextLength);
    for (const char digit : digits) {
        if (is_hyphen_place(out.size())) out += '-';
        out += digit;
    }
    return out;
}

}  // namespace rescuestream
