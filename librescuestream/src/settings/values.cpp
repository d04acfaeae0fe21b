#include "settings/values.hpp"

#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <utility>

#include "settings/secret_rules.hpp"
#include "support/url.hpp"

namespace rescuestream::settings {
namespace {

constexpr const char* kEmptyList = "must name at least one";

std::optional<std::int64_t> parse_number(std::string_view text, std::int64_t min,
                                         std::int64_t max) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || parsed != end || value < min || value > max) return std::nullopt;
    return value;
}

// The longest time that any setting accepts is far below.
constexpr std::int64_t kMostMilliseconds = 1'000'000'000'000;

std::optional<std::int64_t> milliseconds_of(std::string_view unit) {
    struct Unit {
        std::initializer_list<std::string_view> names;
        std::int64_t length;
    };
    static const std::array<Unit, 5> units{{{{"ms", "msec", "millisecond", "milliseconds"}, 1},
                                            {{"s", "sec", "secs", "second", "seconds"}, 1'000},
                                            {{"m", "min", "mins", "minute", "minutes"}, 60'000},
                                            {{"h", "hr", "hrs", "hour", "hours"}, 3'600'000},
                                            {{"d", "day", "days"}, 86'400'000}}};
    for (const Unit& each : units) {
        const auto& names = each.names;
        if (std::find(names.begin(), names.end(), unit) != names.end()) return each.length;
    }
    return std::nullopt;
}

// "90", "15 min", "1h30m": one or more numbers with units in milliseconds. A single number without
// a unit has `unit`.
std::optional<std::int64_t> parse_duration(const std::string& text, std::int64_t unit) {
    std::string rest = lower(text);
    rest.erase(std::remove(rest.begin(), rest.end(), ' '), rest.end());
    if (rest.empty()) return std::nullopt;
    std::int64_t all = 0;
    for (std::size_t at = 0; at < rest.size();) {
        const auto letter = std::min(rest.find_first_not_of("0123456789", at), rest.size());
        const auto next = std::min(rest.find_first_of("0123456789", letter), rest.size());
        const auto count =
            parse_number(std::string_view(rest).substr(at, letter - at), 0, kMostMilliseconds);
        const bool is_bare = at == 0 && letter == rest.size();
        const auto length =
            is_bare ? std::optional(unit)
                    : milliseconds_of(std::string_view(rest).substr(letter, next - letter));
        if (!count || !length || *count > kMostMilliseconds / *length) return std::nullopt;
        all = std::min(all + *count * *length, kMostMilliseconds);
        at = next;
    }
    return all;
}

std::vector<std::string> elements_of(const std::string& text) {
    std::vector<std::string> elements;
    for (std::size_t at = 0; at <= text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        std::string element = trimmed(text.substr(at, comma - at));
        if (!element.empty()) elements.push_back(std::move(element));
        at = comma + 1;
    }
    return elements;
}

template <class List, class Show>
std::string joined(const List& list, std::string_view separator, Show show) {
    std::string all;
    for (const auto& one : list) {
        if (!all.empty()) all += separator;
        all += show(one);
    }
    return all;
}

Problem read_socket_path(const std::string& text, ListenPlace& out) {
    constexpr std::size_t kMostBytes = sizeof(sockaddr_un::sun_path) - 1;
    const std::size_t length = text.size() - std::string_view("unix:").size();
    if (length == 0) return "must be HOST:PORT, PORT or unix:PATH";
    if (length > kMostBytes) {
        return "has a path of more than " + std::to_string(kMostBytes) +
               " bytes, which no socket can have";
    }
    out = {text, 0};
    return std::nullopt;
}

}  // namespace

Problem read_number(const Limits& limits, const std::string& text, std::int64_t& out) {
    std::string digits = text;
    const std::string unit = lower(std::string(limits.unit));
    if (!unit.empty() && lower(text).ends_with(unit)) {
        digits = trimmed(text.substr(0, text.size() - unit.size()));
    }
    const auto value = parse_number(digits, limits.min, limits.max);
    if (!value) return "must be a whole number: " + expected_number(limits);
    out = *value;
    return std::nullopt;
}

std::string expected_number(const Limits& limits) {
    std::string text = std::to_string(limits.min) + " to " + std::to_string(limits.max);
    if (!limits.unit.empty()) text += " " + std::string(limits.unit);
    return text;
}

Problem read_seconds(const Limits& limits, const std::string& text, std::chrono::seconds& out) {
    const auto length = parse_duration(text, 1'000);
    const bool is_whole = length && *length % 1'000 == 0;
    if (!is_whole || *length / 1'000 < limits.min || *length / 1'000 > limits.max) {
        return "must be a number of seconds from " + std::to_string(limits.min) + " to " +
               std::to_string(limits.max) + ", or with a unit (s, m, h)";
    }
    out = std::chrono::seconds(*length / 1'000);
    return std::nullopt;
}

Problem read_milliseconds(const Limits& limits, const std::string& text, std::int64_t& out) {
    const auto length = parse_duration(text, 1);
    if (!length || *length < limits.min || *length > limits.max) {
        return "must be a whole number of milliseconds from " + std::to_string(limits.min) +
               " to " + std::to_string(limits.max) + ", or with a unit (ms, s, m, h)";
    }
    out = *length;
    return std::nullopt;
}

std::string expected_seconds(const Limits& limits) {
    return std::to_string(limits.min) + " to " + std::to_string(limits.max) +
           " seconds, or with a unit (s, m, h)";
}

Problem read_port(std::string_view name, const std::string& text, std::uint16_t& out) {
    if (text.starts_with("tcp://") || text.starts_with("udp://")) {
        std::string service = lower(std::string(name.substr(0, name.rfind('_'))));
        std::replace(service.begin(), service.end(), '_', '-');
        return "is an address, which Kubernetes puts into the environment of every container for a "
               "Service named \"" +
               service +
               "\": set enableServiceLinks: false in the pod's spec, or give the Service another "
               "name";
    }
    const auto port = parse_number(text, 0, 65'535);
    if (!port) return "must be a whole number: 0 to 65535";
    out = static_cast<std::uint16_t>(*port);
    return std::nullopt;
}

Problem read_flag(const std::string& text, bool& out) {
    const std::string word = lower(text);
    const auto is_one_of = [&](std::initializer_list<std::string_view> words) {
        return std::find(words.begin(), words.end(), word) != words.end();
    };
    const bool yes = is_one_of({"true", "1", "yes", "on", "t"});
    if (!yes && !is_one_of({"false", "0", "no", "off", "f"})) return "must be true or false";
    out = yes;
    return std::nullopt;
}

Problem read_word(const Limits& limits, const std::string& text, int& out) {
    // Case is ignored, because other programs require for example LOG_LEVEL=INFO.
    std::string word = lower(text);
    std::replace(word.begin(), word.end(), '-', '_');
    const auto& words = *limits.words;
    const auto found = std::find_if(words.begin(), words.end(),
                                    [&](const Word& each) { return each.text == word; });
    if (found == words.end()) return "must be " + expected_word(limits);
    out = found->value;
    return std::nullopt;
}

std::string show_word(const Limits& limits, int value) {
    const auto& words = *limits.words;
    const auto found = std::find_if(words.begin(), words.end(),
                                    [&](const Word& each) { return each.value == value; });
    return found == words.end() ? std::string() : std::string(found->text);
}

std::string expected_word(const Limits& limits) {
    std::vector<std::string_view> texts;
    int last = -1;
    for (const Word& word : *limits.words) {
        // A second name for the same value is accepted but not listed.
        if (word.value != last) texts.push_back(word.text);
        last = word.value;
    }
    std::string all;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (i > 0) all += i + 1 == texts.size() ? " or " : ", ";
        all += texts[i];
    }
    return all;
}

Problem read_text(const Limits& limits, std::string text, std::string& out) {
    auto problem = limits.rule->check(text);
    if (!problem) out = std::move(text);
    return problem;
}

Problem read_texts(const Limits& limits, const std::string& text, std::vector<std::string>& out) {
    auto elements = elements_of(text);
    if (elements.empty()) return kEmptyList;
    for (auto& element : elements) {
        if (auto problem = limits.rule->check(element)) return problem;
    }
    out = std::move(elements);
    return std::nullopt;
}

std::string show_texts(const std::vector<std::string>& texts) {
    return joined(texts, ",", [](const std::string& text) { return text; });
}

Problem read_ranges(const std::string& text, std::vector<AddressRange>& out) {
    std::vector<AddressRange> ranges;
    for (const auto& element : elements_of(text)) {
        auto range = AddressRange::parse(element);
        if (!range) {
            return "must be addresses and ranges like 10.0.0.0/8, separated by commas: \"" +
                   element + "\" is none";
        }
        ranges.push_back(*std::move(range));
    }
    if (ranges.empty()) return kEmptyList;
    out = std::move(ranges);
    return std::nullopt;
}

Problem read_ranges_or_none(const std::string& text, std::vector<AddressRange>& out) {
    if (text != "none") return read_ranges(text, out);
    out.clear();
    return std::nullopt;
}

std::string show_ranges(const std::vector<AddressRange>& ranges) {
    return joined(ranges, ",", [](const AddressRange& range) { return range.text(); });
}

Problem read_place(const std::string& text, ListenPlace& out) {
    if (text.starts_with("unix:")) return read_socket_path(text, out);
    ListenPlace place;
    const auto colon = text.rfind(':');
    place.host = colon == std::string::npos ? "localhost" : text.substr(0, colon);
    if (place.host.empty()) place.host = "*";  // ":8082", as Go programs write it
    auto problem =
        read_port({}, colon == std::string::npos ? text : text.substr(colon + 1), place.port);
    // An IPv6 address contains colons, so it is written in brackets.
    if (!problem) problem = kListenHost.check(place.host);
    if (problem) return "must be HOST:PORT, PORT or unix:PATH";
    out = std::move(place);
    return std::nullopt;
}

Problem read_secret(std::string_view name, const std::string& text, Secret& out) {
    auto problem = check_secret(name, text);
    if (!problem) out = Secret(text);
    return problem;
}

std::string without_password(const std::string& address) {
    const auto scheme = address.find("://");
    if (scheme == std::string::npos) return address;
    const auto question = std::min(address.find('?'), address.size());
    const auto at = address.rfind('@', question);
    std::string shown = address.substr(0, scheme + 3);
    if (at != std::string::npos && at < question) {
        shown += "***" + address.substr(at, question - at);
    } else {
        shown += address.substr(scheme + 3, question - scheme - 3);
    }
    return question == address.size() ? shown : shown + "?***";
}

}  // namespace rescuestream::settings
