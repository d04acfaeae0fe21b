#include "settings/text_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "orchestrator/audit.hpp"
#include "support/text.hpp"
#include "support/url.hpp"

namespace rescuestream::settings {
namespace {

constexpr const char* kBlanks = " \t\r";

Problem check_name(std::string& text) {
    constexpr std::size_t kMostBytes = 255;
    if (is_blank(text)) return "must not be blank";
    if (!is_clean_utf8(text) || has_control_character(text) || text.size() > kMostBytes) {
        return fmt::format("must be one line of at most {} bytes", kMostBytes);
    }
    return std::nullopt;
}

Problem check_listen_host(std::string& text) {
    if (text == "*") return "must be an address; 0.0.0.0 is every address of this machine";
    const bool has_brackets = text.starts_with('[') && text.ends_with(']');
    const std::string host = has_brackets ? text.substr(1, text.size() - 2) : text;
    const bool is_v6 = host.find(':') != std::string::npos;
    if (!is_listen_host(host) || (has_brackets && !is_v6)) {
        return "must be a host name, an IPv4 address or an IPv6 address";
    }
    text = host;
    return std::nullopt;
}

// Shells replace a tilde; environment files, systemd and containers do not.
Problem check_path(std::string& text) {
    if (text.empty()) return "must not be empty";
    if (text.starts_with('~')) return "must be the whole path: nothing replaces ~ here";
    if (text.find('\0') != std::string::npos) return "must be a path";
    return std::nullopt;
}

Problem check_sample_rate(std::string& text) {
    double rate = 0;
    const char* end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, rate);
    if (error != std::errc{} || parsed != end || !(rate >= 0 && rate <= 1)) {
        return "must be a number from 0 to 1";
    }
    return std::nullopt;
}

Problem check_database(std::string& text) {
    text = trimmed(text);  // it may contain a password, so it was kept unchanged until here
    if (text == "memory:") return std::nullopt;
    for (const std::string_view scheme : {"sqlite:", "postgresql://", "postgres://"}) {
        if (text.size() > scheme.size() && text.starts_with(scheme)) return std::nullopt;
    }
    return "must be postgresql://USER:PASSWORD@HOST/DATABASE, sqlite:PATH or memory:";
}

Problem check_server_origin(std::string& text) {
    const auto url = parse_origin(text);
    if (!url) return std::string(kOriginRule);
    text = url->origin();
    return std::nullopt;
}

Problem check_media_server_api(std::string& text) {
    return text == "memory:" ? std::nullopt : check_server_origin(text);
}

Problem check_address(std::string& text, std::string_view scheme) {
    if (auto problem = check_public_address(text, scheme)) return problem;
    while (text.ends_with('/')) text.pop_back();
    return std::nullopt;
}

// A browser leaves out the default port of the scheme and writes the host in lower case. Another
// spelling would never match.
Problem check_browser_origin(std::string& text) {
    if (text == "*") return std::nullopt;
    const auto url = parse_origin(text);
    if (!url) {
        return "must be origins like https://app.example.org, separated by commas, or *: \"" +
               text + "\" is none";
    }
    text = lower(url->origin());
    return std::nullopt;
}

Problem check_key_name(std::string& text) {
    if (text == "*" || text == "any") return "must be names: leave it out to let any name sign";
    if (is_reserved_actor(text)) {
        return "must not have \"" + text + "\": the server's own entries in the record do";
    }
    return std::nullopt;
}

}  // namespace

const TextRule kName{"text of one line", check_name};
const TextRule kListenHost{"name or IP address", check_listen_host};
const TextRule kFile{"path of a file", check_path};
const TextRule kDirectory{"path of a directory", check_path};
const TextRule kSampleRate{"0 to 1", check_sample_rate};
const TextRule kDatabaseAddress{"postgresql://…, sqlite:PATH or memory:", check_database};
const TextRule kServerOrigin{"http(s)://HOST[:PORT]", check_server_origin};
const TextRule kMediaServerApi{"http(s)://HOST[:PORT] or memory:", check_media_server_api};
const TextRule kHttpAddress{"http(s)://HOST[:PORT][/PATH]",
                            [](std::string& text) { return check_address(text, "http"); }};
const TextRule kRtspAddress{"rtsp(s)://HOST[:PORT]",
                            [](std::string& text) { return check_address(text, "rtsp"); }};
const TextRule kRtmpAddress{"rtmp(s)://HOST[:PORT]",
                            [](std::string& text) { return check_address(text, "rtmp"); }};
const TextRule kSrtAddress{"srt://HOST:PORT",
                           [](std::string& text) { return check_address(text, "srt"); }};
const TextRule kBrowserOrigin{"http(s)://HOST[:PORT] or *", check_browser_origin};
const TextRule kKeyName{"NAME", check_key_name};

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace rescuestream::settings
