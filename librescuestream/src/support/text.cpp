#include "support/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace rescuestream {
namespace {

// Decodes the character at `text[at]` and advances `at`. Returns -1 if it is malformed.
std::int32_t next_character(std::string_view text, std::size_t& at) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    if (lead < 0x80) {
        ++at;
        return lead;
    }
    std::size_t length = 0;
    std::int32_t character = 0;
    std::int32_t smallest = 0;
    if ((lead & 0xE0U) == 0xC0) {
        length = 2, character = lead & 0x1F, smallest = 0x80;
    } else if ((lead & 0xF0U) == 0xE0) {
        length = 3, character = lead & 0x0F, smallest = 0x800;
    } else if ((lead & 0xF8U) == 0xF0) {
        length = 4, character = lead & 0x07, smallest = 0x10000;
    } else {
        return -1;
    }
    if (text.size() - at < length) return -1;
    for (std::size_t i = 1; i < length; ++i) {
        const unsigned char next = byte(at + i);
        if ((next & 0xC0U) != 0x80) return -1;
        character = character * 64 + (next & 0x3F);
    }
    if (character < smallest || character > 0x10FFFF) return -1;
    if (character >= 0xD800 && character <= 0xDFFF) return -1;
    at += length;
    return character;
}

// Skips ASCII characters other than NUL, eight at a time. Nearly every text consists of them.
std::size_t skip_ascii(std::string_view text, std::size_t at) noexcept {
    constexpr std::uint64_t kHighBits = 0x8080808080808080U;
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    for (; text.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data() + at, sizeof eight);
        // A subtraction borrows into a high bit if a byte is NUL. (It may do so for a byte above a
        // NUL as well, which does not matter here.)
        if (((eight | (eight - kOnes)) & kHighBits) != 0) break;
    }
    return at;
}

bool is_white_space(std::int32_t character) noexcept {
    if (character >= 0x09 && character <= 0x0D) return true;
    if (character >= 0x2000 && character <= 0x200D) return true;  // spaces and zero-width ones
    constexpr std::array<std::int32_t, 10> kOthers{0x20,   0x85,   0xA0,   0x1680, 0x2028,
                                                   0x2029, 0x202F, 0x205F, 0x2060, 0x3000};
    for (const auto other : kOthers) {
        if (character == other) return true;
    }
    return character == 0xFEFF;
}

// Characters that are invisible or change how other characters are displayed. Source: Unicode 15,
// general categories Cc, Zl and Zp, and the property Bidi_Control.
bool is_unprintable(std::int32_t character) noexcept {
    if (character < 0x20 || (character >= 0x7F && character <= 0x9F)) return true;
    if (character == 0x061C || character == 0x200E || character == 0x200F) return true;
    return (character >= 0x2028 && character <= 0x202E) ||
           (character >= 0x2066 && character <= 0x2069);
}

std::string escape_of(std::int32_t character) {
    switch (character) {
        case '\n':
            return "\\n";
        case '\r':
            return "\\r";
        case '\t':
            return "\\t";
        default:
            return fmt::format("\\u{:04x}", character);
    }
}

}  // namespace

bool is_clean_utf8(std::string_view text) noexcept {
    std::size_t at = skip_ascii(text, 0);
    while (at < text.size()) {
        const bool is_ascii = static_cast<unsigned char>(text[at]) < 0x80;
        if (next_character(text, at) <= 0) return false;
        if (!is_ascii) at = skip_ascii(text, at);
    }
    return true;
}

std::size_t count_characters(std::string_view text) noexcept {
    std::size_t count = 0;
    for (const char c : text) {
        if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80) ++count;
    }
    return count;
}

bool is_blank(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        if (!is_white_space(next_character(text, at))) return false;
    }
    return true;
}

bool has_control_character(std::string_view text) noexcept {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) return true;
    }
    return false;
}

std::string escape_unprintable(std::string_view text) {
    const bool is_plain =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
    if (is_plain) return std::string(text);
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const std::int32_t character = next_character(text, at);
        if (character < 0) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at++]));
        } else if (is_unprintable(character)) {
            out += escape_of(character);
        } else {
            out += text.substr(begin, at - begin);
        }
    }
    return out;
}

std::string shortened(std::string_view text, std::size_t max) {
    if (text.size() <= max) return std::string(text);
    while (max > 0 && (static_cast<unsigned char>(text[max]) & 0xC0U) == 0x80) --max;
    return std::string(text.substr(0, max));
}

std::string in_units(std::chrono::seconds duration) {
    const auto count = duration.count();
    if (count < 120 || count % 60 != 0) return {};
    if (count % 86'400 == 0 && count > 86'400) {
        return " (" + std::to_string(count / 86'400) + " days)";
    }
    if (count % 3'600 == 0) return " (" + std::to_string(count / 3'600) + " h)";
    return " (" + std::to_string(count / 60) + " min)";
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
        text += words[i];
    }
    return text;
}

}  // namespace rescuestream
