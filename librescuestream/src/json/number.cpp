#include "json/number.hpp"

#include <charconv>

namespace rescuestream::json {
namespace {

template <class T>
std::optional<Number> whole(std::string_view text) noexcept {
    T value{};
    const char* end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || parsed != end) return std::nullopt;
    return Number(value);
}

std::string_view exponent_of(std::string_view text) noexcept {
    const auto mark = text.find_first_of("eE");
    return mark == std::string_view::npos ? std::string_view{} : text.substr(mark + 1);
}

}  // namespace

std::optional<Number> read_number(std::string_view text) noexcept {
    if (text.size() > kMaxNumberLength) return std::nullopt;
    const std::string_view exponent = exponent_of(text);
    const bool has_sign = exponent.starts_with('+') || exponent.starts_with('-');
    if (exponent.size() - (has_sign ? 1 : 0) > kMaxExponentDigits) return std::nullopt;

    if (text.find_first_of(".eE") == std::string_view::npos) {
        if (const auto value = whole<std::int64_t>(text)) return value;
        if (const auto value = whole<std::uint64_t>(text)) return value;
    }
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, value);
    if (parsed != end) return std::nullopt;
    if (error == std::errc{}) return Number(value);
    // Sixty-four digits alone cannot exceed the range of a double, so the exponent decides whether
    // the number is too large or too small.
    return exponent.starts_with('-') ? std::optional<Number>(0.0) : std::nullopt;
}

}  // namespace rescuestream::json
