#include "settings/text_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "orchestrator/audit.hpp"
#include "rules/path_pattern.hpp"
#include "support/text.hpp"
#include "support/url.hpp"

namespace rescuestream::settings {
namespace {

constexpr const char* kBlanks = " \t\r\n";

Problem check_name(std::string& text) {
    constexpr std::size_t kMostBytes = 255;
    if (is_blank(text)) return "must not be blank";
    if (!is_clean_utf8(text) || has_control_character(text) || text.size() > kMostBytes) {
        return fmt::format("must be one line of at most {} bytes", kMostBytes);
    }
    return std::nullopt;
}

Problem check_user_name(std::string& text) {
    if (text.find(':') != std::string::npos) {
        return "must have no colon: in HTTP Basic authentication, that is where the password "
               "begins";
    }
    return check_name(text);
}

Problem check_listen_host(std::string& text) {
    if (text == "*") return std::nullopt;
    const bool has_brackets = text.starts_with('[') && text.ends_with(']');
    const std::string host = has_brackets ? text.substr(1, text.size() - 2) : text;
    const bool is_v6 = host.find(':') != std::string::npos;
    if (!is_listen_host(host) || (has_brackets && !is_v6)) {
        return "must be a host name, an IPv4 address, an IPv6 address, or * for every address of "
               "this "
               "machine";
    }
    text = lower(host) == "localhost" ? "localhost" : host;
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

// A path after `sqlite:`.
Problem check_sqlite_path(const std::string& path) {
    if (path.starts_with("//") && !path.starts_with("///")) {
        return "must be sqlite:PATH without //: what follows them would be the name of a host";
    }
    if (path.starts_with('~')) return "must have the whole path: nothing replaces ~ here";
    if (path == ":memory:") return "must be memory: for a database in memory";
    return std::nullopt;
}

Problem check_database(std::string& text) {
    // It may contain a password, so it was kept unchanged until here.
    text = with_lower_scheme(without_quotes(text));
    if (lower(text) == "memory:") {
        text = "memory:";
        return std::nullopt;
    }
    for (const std::string_view scheme : {"sqlite:", "postgresql://", "postgres://"}) {
        if (text.size() <= scheme.size() || !text.starts_with(scheme)) continue;
        return scheme == "sqlite:" ? check_sqlite_path(text.substr(scheme.size())) : std::nullopt;
    }
    return "must be postgresql://USER:PASSWORD@HOST/DATABASE, sqlite:PATH or memory:, for example "
           "sqlite:/var/lib/rescuestream/rescuestream.db";
}

Problem check_postgres_address(std::string& text) {
    text = with_lower_scheme(without_quotes(text));
    for (const std::string_view scheme : {"postgresql://", "postgres://"}) {
        if (text.size() > scheme.size() && text.starts_with(scheme)) return std::nullopt;
    }
    return "must be postgresql://USER:PASSWORD@HOST/DATABASE";
}

Problem check_server_origin(std::string& text) {
    const auto url = parse_origin(with_lower_scheme(text));
    if (!url) return std::string(kOriginRule);
    text = url->origin();
    return std::nullopt;
}

Problem check_media_server_api(std::string& text) {
    if (lower(text) != "memory:") return check_server_origin(text);
    text = "memory:";
    return std::nullopt;
}

Problem check_address(std::string& text, std::string_view scheme) {
    text = with_lower_scheme(text);
    if (auto problem = check_public_address(text, scheme)) return problem;
    while (text.ends_with('/')) text.pop_back();
    return std::nullopt;
}

// A browser leaves out the default port of the scheme and writes the host in lower case. Another
// spelling would never match.
Problem check_browser_origin(std::string& text) {
    if (text == "*") return std::nullopt;
    const auto url = parse_origin(with_lower_scheme(text));
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

Problem check_pattern(std::string& text) {
    auto problem = rules::check_path_pattern(text);
    if (problem) *problem += "; \"" + redact_key_values(text) + "\" is given";
    return problem;
}

}  // namespace

const TextRule kName{"text of one line", check_name, "rescue-1"};
const TextRule kUserName{"text of one line without a colon", check_user_name, "rescuestream"};
const TextRule kListenHost{"name or IP address", check_listen_host, "127.0.0.1"};
const TextRule kFile{"path of a file", check_path, "/etc/rescuestream/server.pem"};
const TextRule kDirectory{"path of a directory", check_path, "/var/lib/rescuestream"};
const TextRule kSampleRate{"0 to 1", check_sample_rate, "0.05"};
const TextRule kDatabaseAddress{"postgresql://…, sqlite:PATH or memory:", check_database};
const TextRule kPostgresAddress{"postgresql://…", check_postgres_address};
const TextRule kServerOrigin{"http(s)://HOST[:PORT]", check_server_origin,
                             "https://rescue.example.org"};
const TextRule kMediaServerApi{"http(s)://HOST[:PORT] or memory:", check_media_server_api,
                               "http://localhost:9997"};
const TextRule kHttpAddress{"http(s)://HOST[:PORT][/PATH]",
                            [](std::string& text) { return check_address(text, "http"); },
                            "https://video.example.org:8889"};
const TextRule kRtspAddress{"rtsp(s)://HOST[:PORT]",
                            [](std::string& text) { return check_address(text, "rtsp"); },
                            "rtsp://video.example.org:8554"};
const TextRule kRtmpAddress{"rtmp(s)://HOST[:PORT]",
                            [](std::string& text) { return check_address(text, "rtmp"); },
                            "rtmp://video.example.org:1935"};
const TextRule kSrtAddress{"srt://HOST:PORT",
                           [](std::string& text) { return check_address(text, "srt"); },
                           "srt://video.example.org:8890"};
const TextRule kBrowserOrigin{"http(s)://HOST[:PORT] or *", check_browser_origin};
const TextRule kKeyName{"NAME", check_key_name, "frontend-app"};
const TextRule kPathPattern{"cam/*", check_pattern, "cam/*"};

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

std::string without_quotes(const std::string& text) {
    const std::string whole = trimmed(text);
    const bool is_quoted = whole.size() >= 2 && whole.front() == whole.back() &&
                           (whole.front() == '"' || whole.front() == '\'');
    return is_quoted ? trimmed(whole.substr(1, whole.size() - 2)) : whole;
}

std::string with_lower_scheme(std::string text) {
    const auto end = text.find(':');
    return end == std::string::npos ? text : lower(text.substr(0, end)) + text.substr(end);
}

}  // namespace rescuestream::settings
