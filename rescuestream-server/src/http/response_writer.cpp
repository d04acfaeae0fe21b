#include "http/response_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <string_view>

namespace rescuestream::server {
namespace {

// The size of most heads, with some room.
constexpr std::size_t kUsualHead = 512;

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

// For human readers: RFC 9110 section 15. Programs read the number.
std::string_view reason_phrase(int status) noexcept {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 204:
            return "No Content";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 411:
            return "Length Required";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "Other";
    }
}

bool is_one_line(std::string_view text) noexcept {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    if (!is_one_line(name) || !is_one_line(value)) return;
    out.append(name).append(": ").append(value).append("\r\n");
}

// The text is the same for all responses of a second.
std::string_view date() {
    thread_local std::time_t written = -1;
    thread_local std::array<char, 32> text;
    thread_local std::size_t size = 0;
    const std::time_t now = std::time(nullptr);
    if (now != written) {
        std::tm parts{};
        gmtime_r(&now, &parts);
        // The names of days and months are English: no program here sets a locale.
        size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
        written = now;
    }
    return {text.data(), size};
}

// RFC 9110 sections 15.3.5 and 15.4.5: these responses have no body, and 204 has no length either.
bool has_length(int status) noexcept {
    return status >= 200 && status != 204 && status != 304;
}

}  // namespace

ResponseBytes write_response(const HttpResponse& response, bool for_head, bool closes) {
    const bool with_body = !for_head && has_length(response.status);
    ResponseBytes bytes;
    std::string& out = bytes.text;
    out.reserve(kUsualHead + (with_body ? response.body.size() : 0));
    out.append("HTTP/1.1 ");
    append_number(out, static_cast<std::size_t>(response.status));
    out.append(" ").append(reason_phrase(response.status)).append("\r\n");
    append_header(out, "Date", date());
    if (closes) append_header(out, "Connection", "close");
    if (!response.content_type.empty()) {
        append_header(out, "Content-Type", response.content_type);
    }
    for (const auto& [name, value] : response.headers) append_header(out, name, value);
    if (has_length(response.status)) {
        out.append("Content-Length: ");
        append_number(out, response.content().size());
        out.append("\r\n");
    }
    out.append("\r\n");
    if (!with_body) return bytes;
    if (response.shared_body) {
        bytes.shared_body = response.shared_body;
    } else {
        out.append(response.body);
    }
    return bytes;
}

}  // namespace rescuestream::server
