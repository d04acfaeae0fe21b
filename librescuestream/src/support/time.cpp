#include "rescuestream/time.hpp"

#include "support/ascii.hpp"

namespace rescuestream {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class SystemClock final : public Clock {
public:
    Timestamp now() const override {
        return std::chrono::floor<microseconds>(std::chrono::system_clock::now());
    }
    std::chrono::steady_clock::time_point steady_now() const override {
        return std::chrono::steady_clock::now();
    }
};

// Reads and consumes a fixed number of digits. Returns -1 if there are fewer.
int take_digits(std::string_view& text, std::size_t count) noexcept {
    if (text.size() < count) return -1;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, std::string_view any_of) noexcept {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

// Returns the fraction after the dot in microseconds; -1 if there is no digit.
int take_fraction(std::string_view& text) noexcept {
    if (text.empty() || !is_digit(text.front())) return -1;
    int value = 0;
    int digits = 0;
    while (!text.empty() && is_digit(text.front())) {
        if (digits < 6) {
            value = value * 10 + (text.front() - '0');
            ++digits;
        }
        text.remove_prefix(1);
    }
    for (; digits < 6; ++digits) value *= 10;
    return value;
}

// Writes the last `count` digits of `value` into `text`.
void put_digits(std::string& text, std::size_t place, std::size_t count, std::int64_t value) {
    for (std::size_t i = place + count; i > place; --i) {
        text[i - 1] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

}  // namespace

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

std::string format_rfc3339(Timestamp time) {
    const auto day = std::chrono::floor<days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::string text = "0000-00-00T00:00:00.000000Z";
    put_digits(text, 0, 4, static_cast<int>(date.year()));
    put_digits(text, 5, 2, static_cast<unsigned>(date.month()));
    put_digits(text, 8, 2, static_cast<unsigned>(date.day()));
    put_digits(text, 11, 2, clock.hours().count());
    put_digits(text, 14, 2, clock.minutes().count());
    put_digits(text, 17, 2, clock.seconds().count());
    put_digits(text, 20, 6, clock.subseconds().count());
    return text;
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
    const int year = take_digits(text, 4);
    if (year < 1 || !take(text, "-")) return std::nullopt;
    const int month = take_digits(text, 2);
    if (month < 0 || !take(text, "-")) return std::nullopt;
    const int day = take_digits(text, 2);
    if (day < 0 || !take(text, "Tt ")) return std::nullopt;
    const int hour = take_digits(text, 2);
    if (hour < 0 || hour > 23 || !take(text, ":")) return std::nullopt;
    const int minute = take_digits(text, 2);
    if (minute < 0 || minute > 59 || !take(text, ":")) return std::nullopt;
    const int second = take_digits(text, 2);
    if (second < 0 || second > 59) return std::nullopt;
    int fraction = 0;
    if (take(text, ".") && (fraction = take_fraction(text)) < 0) return std::nullopt;

    minutes offset{0};
    if (!take(text, "Zz")) {
        const bool west = text.starts_with('-');
        if (!take(text, "+-")) return std::nullopt;
        const int offset_hours = take_digits(text, 2);
        if (offset_hours < 0 || offset_hours > 23 || !take(text, ":")) return std::nullopt;
        const int offset_minutes = take_digits(text, 2);
        if (offset_minutes < 0 || offset_minutes > 59) return std::nullopt;
        offset = hours(offset_hours) + minutes(offset_minutes);
        if (west) offset = -offset;
    }
    if (!text.empty()) return std::nullopt;

    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    const Timestamp time = std::chrono::sys_days(date) + hours(hour) + minutes(minute) +
                           seconds(second) + microseconds(fraction) - offset;
    // With its offset the time must stay within the years that format_rfc3339 can write.
    const std::chrono::year_month_day shifted(std::chrono::floor<days>(time));
    const int shifted_year = static_cast<int>(shifted.year());
    if (shifted_year < 1 || shifted_year > 9999) return std::nullopt;
    return time;
}

}  // namespace rescuestream
