#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "settings/settings.hpp"
#include "settings/values.hpp"

/// Converts one member of the settings from and to text.
namespace rescuestream::settings {

/// The functions below create it, each for one kind of member. `Path` is the sequence of pointers
/// to members that leads from `Settings` to the member.
struct Member {
    /// `name` is the name of the setting. Changes nothing if it returns a problem.
    Problem (*read)(const Limits& limits, std::string_view name, const std::string& text,
                    Settings& settings);
    /// Returns the value as text; empty: it is not set. Does not show secrets.
    std::string (*show)(const Limits& limits, const Settings& settings);
    /// The permitted values, for the documentation: "1 to 65536 MiB".
    std::string (*expected)(const Limits& limits);
    Limits limits;
    bool is_secret = false;
    bool may_be_in_file = false;  ///< NAME_FILE may name a file that contains it.
};

/// `settings.*first.*second…`: the member itself.
template <auto... Path>
auto& at(Settings& settings) {
    return (settings.*....*Path);
}
template <auto... Path>
const auto& at(const Settings& settings) {
    return (settings.*....*Path);
}
template <auto... Path>
using TypeAt = std::remove_reference_t<decltype(at<Path...>(std::declval<Settings&>()))>;

/// A whole number in a range.
template <auto... Path>
Member number(std::int64_t min, std::int64_t max, std::string_view unit = {}) {
    return {
        [](const Limits& limits, std::string_view, const std::string& text, Settings& settings) {
            std::int64_t value = 0;
            auto problem = read_number(limits, text, value);
            if (!problem) at<Path...>(settings) = static_cast<TypeAt<Path...>>(value);
            return problem;
        },
        [](const Limits&, const Settings& settings) {
            return std::to_string(at<Path...>(settings));
        },
        expected_number,
        {.min = min, .max = max, .unit = unit}};
}

/// A length of time in milliseconds, which `text` may give with a unit; `min` and `max` too.
template <auto... Path>
Member milliseconds(std::int64_t min, std::int64_t max) {
    Member member = number<Path...>(min, max, "ms");
    member.read = [](const Limits& limits, std::string_view, const std::string& text,
                     Settings& settings) {
        std::int64_t value = 0;
        auto problem = read_milliseconds(limits, text, value);
        if (!problem) at<Path...>(settings) = value;
        return problem;
    };
    return member;
}

/// A length of time; `min` and `max` in seconds.
template <auto... Path>
Member time(std::int64_t min, std::int64_t max) {
    return {
        [](const Limits& limits, std::string_view, const std::string& text, Settings& settings) {
            std::chrono::seconds value{};
            auto problem = read_seconds(limits, text, value);
            if (!problem) at<Path...>(settings) = value;
            return problem;
        },
        [](const Limits&, const Settings& settings) {
            const auto value =
                std::chrono::duration_cast<std::chrono::seconds>(at<Path...>(settings));
            return std::to_string(value.count());
        },
        expected_seconds,
        {.min = min, .max = max}};
}

/// A port number; 0 means any free port.
template <auto... Path>
Member port() {
    return {[](const Limits&, std::string_view name, const std::string& text, Settings& settings) {
                return read_port(name, text, at<Path...>(settings));
            },
            [](const Limits&, const Settings& settings) {
                return std::to_string(at<Path...>(settings));
            },
            [](const Limits&) { return std::string("0 to 65535"); },
            {}};
}

/// True or false.
template <auto... Path>
Member flag() {
    return {[](const Limits&, std::string_view, const std::string& text, Settings& settings) {
                return read_flag(text, at<Path...>(settings));
            },
            [](const Limits&, const Settings& settings) {
                return std::string(at<Path...>(settings) ? "true" : "false");
            },
            [](const Limits&) { return std::string("true or false"); },
            {}};
}

template <class T>
struct EnumerationOf {
    using Type = T;
};
template <class T>
struct EnumerationOf<std::optional<T>> {
    using Type = T;
};

/// One of the names of an enumeration; the member may be optional.
template <auto... Path>
Member word(const Words& words) {
    return {
        [](const Limits& limits, std::string_view, const std::string& text, Settings& settings) {
            int value = 0;
            auto problem = read_word(limits, text, value);
            using Enumeration = typename EnumerationOf<TypeAt<Path...>>::Type;
            if (!problem) at<Path...>(settings) = static_cast<Enumeration>(value);
            return problem;
        },
        [](const Limits& limits, const Settings& settings) {
            const std::optional<typename EnumerationOf<TypeAt<Path...>>::Type> value =
                at<Path...>(settings);
            return value ? show_word(limits, static_cast<int>(*value)) : std::string();
        },
        expected_word,
        {.words = &words}};
}

/// A text that follows a rule.
template <auto... Path>
Member text(const TextRule& rule) {
    return {[](const Limits& limits, std::string_view, const std::string& text,
               Settings& settings) { return read_text(limits, text, at<Path...>(settings)); },
            [](const Limits&, const Settings& settings) { return at<Path...>(settings); },
            [](const Limits& limits) { return std::string(limits.rule->expected); },
            {.rule = &rule}};
}

/// Several texts that follow a rule, separated by commas.
template <auto... Path>
Member texts(const TextRule& rule) {
    return {
        [](const Limits& limits, std::string_view, const std::string& text, Settings& settings) {
            return read_texts(limits, text, at<Path...>(settings));
        },
        [](const Limits&, const Settings& settings) { return show_texts(at<Path...>(settings)); },
        [](const Limits& limits) { return std::string(limits.rule->expected) + ", …"; },
        {.rule = &rule}};
}

/// Ranges of addresses, separated by commas.
template <auto... Path>
Member ranges() {
    return {
        [](const Limits&, std::string_view, const std::string& text, Settings& settings) {
            return read_ranges(text, at<Path...>(settings));
        },
        [](const Limits&, const Settings& settings) { return show_ranges(at<Path...>(settings)); },
        [](const Limits&) { return std::string("10.0.0.0/8, …"); },
        {.example = "10.0.0.0/8,2001:db8::/32"}};
}

/// The same, or the word "none".
template <auto... Path>
Member ranges_or_none() {
    return {[](const Limits&, std::string_view, const std::string& text, Settings& settings) {
                return read_ranges_or_none(text, at<Path...>(settings));
            },
            [](const Limits&, const Settings& settings) {
                const auto& ranges = at<Path...>(settings);
                return ranges.empty() ? std::string("none") : show_ranges(ranges);
            },
            [](const Limits&) { return std::string("10.0.0.0/8, … or none"); },
            {.example = "10.0.0.0/8,2001:db8::/32"}};
}

/// An address and port to listen on.
template <auto... Path>
Member place() {
    return {[](const Limits&, std::string_view, const std::string& text, Settings& settings) {
                return read_place(text, at<Path...>(settings));
            },
            [](const Limits&, const Settings& settings) {
                const ListenPlace& place = at<Path...>(settings);
                return place.host.empty() ? std::string() : place.text();
            },
            [](const Limits&) { return std::string("HOST:PORT, PORT or unix:PATH"); },
            {.example = "127.0.0.1:8082"}};
}

/// A secret that protects an interface of this program; see check_secret.
template <auto... Path>
Member secret() {
    return {[](const Limits&, std::string_view name, const std::string& text, Settings& settings) {
                return read_secret(name, text, at<Path...>(settings));
            },
            [](const Limits&, const Settings& settings) {
                return std::string(at<Path...>(settings).empty() ? "" : "***");
            },
            [](const Limits&) { return std::string("at least 8 characters"); },
            {},
            true,
            true};
}

/// A text that contains secrets and is not shown.
template <auto... Path>
Member hidden_text(const TextRule& rule) {
    Member member = secret<Path...>();
    member.read = [](const Limits& limits, std::string_view, const std::string& given,
                     Settings& settings) {
        std::string checked;
        auto problem = read_text(limits, given, checked);
        if (!problem) at<Path...>(settings) = Secret(std::move(checked));
        return problem;
    };
    member.expected = [](const Limits& limits) { return std::string(limits.rule->expected); };
    member.limits = {.rule = &rule};
    return member;
}

/// A part of a credential that may be public: it may be in a file like the other part.
template <auto... Path>
Member user_name() {
    Member member = text<Path...>(kUserName);
    member.may_be_in_file = true;
    return member;
}

/// An address that may contain a password. It is treated as a secret and shown without the
/// password.
template <auto... Path>
Member address_with_password(const TextRule& rule) {
    Member member = text<Path...>(rule);
    member.is_secret = true;
    member.may_be_in_file = true;
    member.show = [](const Limits&, const Settings& settings) {
        return without_password(at<Path...>(settings));
    };
    return member;
}

}  // namespace rescuestream::settings
