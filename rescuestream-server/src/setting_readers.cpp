#include "setting_readers.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "support/url.hpp"

namespace rescuestream::server::readers {
namespace {

constexpr const char* kBlanks = " \t\r";

}  // namespace

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Problem seconds(const std::string& text, int min, int max, std::chrono::seconds& out) {
    const std::string word = lower(text);
    int count = 0;
    const char* const end = word.data() + word.size();
    const auto [unit, error] = std::from_chars(word.data(), end, count);
    std::int64_t factor = 0;
    for (const auto& [name, length] :
         {std::pair{"", 1}, {"s", 1}, {"m", 60}, {"h", 3'600}, {"d", 86'400}}) {
        if (std::string_view(unit, static_cast<std::size_t>(end - unit)) == name) factor = length;
    }
    const std::int64_t all = count * factor;
    if (error != std::errc{} || factor == 0 || all < min || all > max) {
        return "must be a number of seconds from " + std::to_string(min) + " to " +
               std::to_string(max) + ", or such a time as 90s, 15m, 2h";
    }
    out = std::chrono::seconds(all);
    return std::nullopt;
}

Problem port(const std::string& text, std::uint16_t& out) {
    auto problem = number<std::uint16_t>(text, 0, 65'535, out);
    if (problem && text.starts_with("tcp://")) {
        return "holds an address that Kubernetes sets for a service of that name: set "
               "enableServiceLinks: false for the pod, or give the service another name";
    }
    return problem;
}

Problem boolean(const std::string& text, bool& out) {
    const std::string word = lower(text);
    if (word == "true" || word == "1" || word == "yes" || word == "on" || word == "t") {
        out = true;
    } else if (word == "false" || word == "0" || word == "no" || word == "off" || word == "f") {
        out = false;
    } else {
        return "must be true or false";
    }
    return std::nullopt;
}

Problem public_url(const std::string& text, const char* scheme, std::string& out) {
    if (auto problem = check_public_address(text, scheme)) return problem;
    out = text;
    while (out.ends_with('/')) out.pop_back();
    return std::nullopt;
}

Problem not_empty(const std::string& text, std::string& out) {
    if (trimmed(text).empty()) return "must not be empty";
    out = trimmed(text);
    return std::nullopt;
}

Problem listen_host(const std::string& text, std::string& out) {
    std::string host = trimmed(text);
    if (!is_listen_host(host)) return "must be a host name, an IPv4 address or an IPv6 address";
    out = std::move(host);
    return std::nullopt;
}

Problem name_list(const std::string& text, std::vector<std::string>& out) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at <= text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        std::string name = trimmed(text.substr(at, comma - at));
        if (!name.empty()) names.push_back(std::move(name));
        at = comma + 1;
    }
    if (names.empty()) return "must name at least one name";
    out = std::move(names);
    return std::nullopt;
}

Problem listen_place(const std::string& text, ListenPlace& out) {
    constexpr const char* kExpected = "must be HOST:PORT, PORT or unix:PATH";
    ListenPlace place;
    if (text.starts_with("unix:")) {
        if (text.size() == 5) return kExpected;
        place.host = text;
    } else {
        const auto colon = text.rfind(':');
        place.host = colon == std::string::npos ? "127.0.0.1" : text.substr(0, colon);
        // In brackets stands an IPv6 address, which has colons of its own.
        const bool has_colons = place.host.find(':') != std::string::npos;
        if (has_colons && place.host.starts_with('[') && place.host.ends_with(']')) {
            place.host = place.host.substr(1, place.host.size() - 2);
        }
        const std::string port = colon == std::string::npos ? text : text.substr(colon + 1);
        if (!is_listen_host(place.host) || number<std::uint16_t>(port, 0, 65535, place.port)) {
            return kExpected;
        }
    }
    out = std::move(place);
    return std::nullopt;
}

Problem address_ranges(const std::string& text, std::vector<AddressRange>& out) {
    std::vector<std::string> texts;
    if (auto problem = name_list(text, texts)) return problem;
    std::vector<AddressRange> ranges;
    for (const auto& one : texts) {
        auto range = AddressRange::parse(one);
        if (!range) {
            return "must be addresses and ranges like 10.0.0.0/8, separated by commas: \"" + one +
                   "\" is none";
        }
        ranges.push_back(*std::move(range));
    }
    out = std::move(ranges);
    return std::nullopt;
}

Problem origins(const std::string& text, std::vector<std::string>& out) {
    std::vector<std::string> texts;
    if (auto problem = name_list(text, texts)) return problem;
    for (const auto& one : texts) {
        const auto url = parse_origin(one);
        const bool is_origin = url && url->path.empty();
        if (one != "*" && !is_origin) {
            return "must be origins like https://app.example.org, separated by commas, or *: \"" +
                   one + "\" is none";
        }
    }
    out = std::move(texts);
    return std::nullopt;
}

}  // namespace rescuestream::server::readers
