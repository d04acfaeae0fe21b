#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "settings/settings.hpp"
#include "settings/text_rules.hpp"

/// Functions that read and show values of settings, by their kind. A reader only changes its last
/// argument if it returns no problem.
namespace rescuestream::settings {

/// One name of an enumeration.
struct Word {
    std::string_view text;
    int value;
};
/// The names of one enumeration, in the order in which they are listed to people.
using Words = std::vector<Word>;

/// Limits of a value; the kind determines which members apply.
struct Limits {
    std::int64_t min = 0;
    std::int64_t max = 0;
    std::string_view unit = {};
    const TextRule* rule = nullptr;
    const Words* words = nullptr;
    std::string_view example = {};  ///< A valid text, if neither the rule nor the default has one.
};

/// A unit may follow if `limits` has it: "64 MiB".
Problem read_number(const Limits& limits, const std::string& text, std::int64_t& out);
std::string expected_number(const Limits& limits);

/// A length of time: "90" (seconds), "90s", "15 min", "2 hours", "1h30m", "1d".
Problem read_seconds(const Limits& limits, const std::string& text, std::chrono::seconds& out);
std::string expected_seconds(const Limits& limits);

/// The same in milliseconds, which a number without a unit means: "500", "500ms", "10s".
Problem read_milliseconds(const Limits& limits, const std::string& text, std::int64_t& out);

/// 0 to 65535. Explains the address that Kubernetes puts into a variable of that name.
Problem read_port(std::string_view name, const std::string& text, std::uint16_t& out);

/// true, false, 1, 0, yes, no, on, off in any case.
Problem read_flag(const std::string& text, bool& out);

/// Ignores case, and accepts dashes in place of underscores.
Problem read_word(const Limits& limits, const std::string& text, int& out);
std::string show_word(const Limits& limits, int value);
std::string expected_word(const Limits& limits);

Problem read_text(const Limits& limits, std::string text, std::string& out);

/// Separated by commas; blanks around an element are dropped, and so are empty elements.
Problem read_texts(const Limits& limits, const std::string& text, std::vector<std::string>& out);
std::string show_texts(const std::vector<std::string>& texts);

/// Addresses and ranges (`10.0.0.0/8`), separated by commas.
Problem read_ranges(const std::string& text, std::vector<AddressRange>& out);
/// "none" gives an empty list.
Problem read_ranges_or_none(const std::string& text, std::vector<AddressRange>& out);
std::string show_ranges(const std::vector<AddressRange>& ranges);

/// `host:port`, `[v6]:port`, `:port` (every address), `port` (only reachable from this machine) or
/// `unix:PATH`.
Problem read_place(const std::string& text, ListenPlace& out);

/// See check_secret.
Problem read_secret(std::string_view name, const std::string& text, Secret& out);

/// Returns an address such as `postgresql://user:password@host/database?password=…` without parts
/// that may be a password.
std::string without_password(const std::string& address);

}  // namespace rescuestream::settings
