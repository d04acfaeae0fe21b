#include "http/head.hpp"

#include <algorithm>
#include <charconv>

namespace rescuestream::server {
namespace {

constexpr std::size_t kMaxHeaders = 100;
constexpr std::size_t kUsualHeaders = 8;

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = lower(c);
    return out;
}

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) noexcept {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               kMarks.find(c) != std::string_view::npos;
    });
}

bool is_visible(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte != 0x7F;
    });
}

bool is_header_value(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte >= 0x20 && byte != 0x7F) || c == '\t';
    });
}

bool parse_request_line(std::string_view line, HttpRequest& request, bool& http_1_0) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return false;
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method) || target.empty() || !is_visible(target)) return false;
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return false;
    http_1_0 = version == "HTTP/1.0";
    request.method = method;
    request.set_target(std::string(target));
    return true;
}

bool parse_length(std::string_view text, std::uint64_t& out) noexcept {
    if (text.empty() || text.front() < '0' || text.front() > '9') return false;
    const char* end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, out);
    return error == std::errc{} && parsed == end;
}

// True when the comma-separated list has `word` in it, in any case.
bool list_has(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (lower(trimmed(list.substr(0, comma))) == word) return true;
        list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    }
    return false;
}

bool parse_header(std::string_view line, Headers& headers) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    // A name that begins with white space would continue the line before (obsolete folding).
    if (!is_token(name) || !is_header_value(value)) return false;
    headers.emplace_back(lower(name), value);
    return true;
}

}  // namespace

bool read_framing(const HttpRequest& request, bool http_1_0, Framing& framing,
                  HeadProblem& problem) {
    int lengths = 0;
    int encodings = 0;
    int hosts = 0;
    bool wants_close = false;
    bool wants_keep_alive = false;
    for (const auto& [name, value] : request.headers) {
        if (name == "content-length") {
            std::uint64_t length = 0;
            if (++lengths > 1 || !parse_length(value, length)) {
                problem.why = "Content-Length must be one number.";
                return false;
            }
            framing.content_length = length;
        } else if (name == "transfer-encoding") {
            framing.chunked = lower(value) == "chunked";
            if (++encodings > 1 || !framing.chunked || http_1_0) {
                problem.why = "The only Transfer-Encoding is \"chunked\".";
                return false;
            }
        } else if (name == "host") {
            ++hosts;
        } else if (name == "connection") {
            wants_close = wants_close || list_has(value, "close");
            wants_keep_alive = wants_keep_alive || list_has(value, "keep-alive");
        } else if (name == "expect") {
            if (lower(value) != "100-continue") {
                problem = {417, "The only expectation that is met is 100-continue."};
                return false;
            }
            framing.expects_continue = !http_1_0;
        }
    }
    framing.keep_alive = http_1_0 && wants_keep_alive && !wants_close;
    framing.close = wants_close || (http_1_0 && !framing.keep_alive);
    if (lengths > 0 && encodings > 0) {
        problem.why = "Content-Length and Transfer-Encoding exclude each other.";
        return false;
    }
    if (hosts > 1 || (hosts == 0 && !http_1_0)) {
        problem.why = "A request has exactly one Host header.";
        return false;
    }
    return true;
}

std::string_view trimmed(std::string_view text) noexcept {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

std::optional<Head> parse_head(std::string_view raw, HeadProblem& problem) {
    Head head;
    head.request.headers.reserve(kUsualHeaders);
    bool http_1_0 = false;
    bool is_first = true;
    while (true) {
        const auto end = raw.find("\r\n");
        if (end == std::string_view::npos) {
            problem.why = "The head of the request does not end.";
            return std::nullopt;
        }
        const std::string_view line = raw.substr(0, end);
        raw.remove_prefix(end + 2);
        if (is_first) {
            is_first = false;
            if (!parse_request_line(line, head.request, http_1_0)) {
                problem.why = "The request line is malformed.";
                return std::nullopt;
            }
            continue;
        }
        if (line.empty()) break;
        if (!parse_header(line, head.request.headers)) {
            problem.why = "A header is malformed.";
            return std::nullopt;
        }
        if (head.request.headers.size() > kMaxHeaders) {
            problem = {431, "The request has more than 100 headers."};
            return std::nullopt;
        }
    }
    if (!read_framing(head.request, http_1_0, head.framing, problem)) return std::nullopt;
    return head;
}

}  // namespace rescuestream::server
