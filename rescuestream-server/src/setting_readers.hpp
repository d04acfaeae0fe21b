#pragma once

#include <charconv>
#include <chrono>
#include <optional>
#include <string>

#include "settings.hpp"

/// Readers of single values: empty on success, else the end of a sentence that begins with the
/// name.
namespace rescuestream::server::readers {

using Problem = std::optional<std::string>;

/// In lower case, as far as ASCII goes.
std::string lower(std::string text);
/// Without blanks, tabs and carriage returns at both ends.
std::string trimmed(const std::string& text);

template <class Number>
Problem number(const std::string& text, Number min, Number max, Number& out) {
    Number value{};
    const char* end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || parsed != end || value < min || value > max) {
        return "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max);
    }
    out = value;
    return std::nullopt;
}

/// A length of time: "90", "90s", "15m", "2h" or "1d", from `min` to `max` seconds.
Problem seconds(const std::string& text, int min, int max, std::chrono::seconds& out);

/// 0 to 65535. Explains the address that Kubernetes puts into such a variable.
Problem port(const std::string& text, std::uint16_t& out);

/// true, false, 1, 0, yes, no, on, off in any case.
Problem boolean(const std::string& text, bool& out);
/// See check_public_address; stored without a slash at its end.
Problem public_url(const std::string& text, const char* scheme, std::string& out);
Problem not_empty(const std::string& text, std::string& out);
/// See is_listen_host.
Problem listen_host(const std::string& text, std::string& out);
/// `host:port`, `[v6]:port`, `port` (of this machine alone) or `unix:PATH`.
Problem listen_place(const std::string& text, ListenPlace& out);
/// Comma-separated addresses and ranges (`10.0.0.0/8`).
Problem address_ranges(const std::string& text, std::vector<AddressRange>& out);
/// Comma-separated `http(s)://host[:port]`, or `*`.
Problem origins(const std::string& text, std::vector<std::string>& out);
/// Comma-separated names; blanks around them are dropped.
Problem name_list(const std::string& text, std::vector<std::string>& out);

}  // namespace rescuestream::server::readers
