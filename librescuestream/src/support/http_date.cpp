#include "support/http_date.hpp"

#include <array>
#include <string>

namespace rescuestream {

std::optional<Timestamp> parse_http_date(std::string_view text) {
    constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    constexpr std::size_t kLength = 29;
    if (text.size() != kLength || text.substr(3, 2) != ", " || !text.ends_with(" GMT")) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < kMonths.size(); ++i) {
        if (text.substr(8, 3) != kMonths[i]) continue;
        const std::string month = (i < 9 ? "0" : "") + std::to_string(i + 1);
        // The rest has the order of RFC 3339.
        return parse_rfc3339(std::string(text.substr(12, 4)) + "-" + month + "-" +
                             std::string(text.substr(5, 2)) + "T" +
                             std::string(text.substr(17, 8)) + "Z");
    }
    return std::nullopt;
}

}  // namespace rescuestream
