#include "query_reader.hpp"

#include <charconv>

#include "support/text.hpp"
#include "support/url.hpp"

namespace rescuestream::server {

QueryReader::QueryReader(const HttpRequest& request) {
    std::string_view rest = request.query;
    while (!rest.empty()) {
        const auto end = rest.find('&');
        const std::string_view member = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        const auto equals = member.find('=');
        auto name = percent_decode(member.substr(0, equals), true);
        if (!name || name->empty()) continue;
        auto value = equals == std::string_view::npos
                         ? std::optional<std::string>("")
                         : percent_decode(member.substr(equals + 1), true);
        if (value && !is_clean_utf8(*value)) value.reset();
        members_.push_back({*std::move(name), std::move(value)});
    }
}

void QueryReader::fail(std::string_view name, std::string detail) {
    validation_.add("/" + std::string(name), std::move(detail));
}

std::optional<std::string> QueryReader::text(std::string_view name) {
    const Member* found = nullptr;
    for (const auto& member : members_) {
        if (member.name != name) continue;
        if (found != nullptr) {
            fail(name, "is given twice");
            return std::nullopt;
        }
        found = &member;
    }
    if (found == nullptr) return std::nullopt;
    if (!found->value) {
        fail(name, "must be percent-encoded UTF-8 without NUL characters");
        return std::nullopt;
    }
    // A form sends the fields that nobody has filled in, too.
    return found->value->empty() ? std::nullopt : found->value;
}

std::optional<std::size_t> QueryReader::number(std::string_view name, std::size_t min,
                                               std::size_t max) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    std::size_t value = 0;
    const char* end = given->data() + given->size();
    const auto [parsed, error] = std::from_chars(given->data(), end, value);
    if (error != std::errc{} || parsed != end || value < min || value > max) {
        fail(name,
             "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
        return std::nullopt;
    }
    return value;
}

bool QueryReader::flag(std::string_view name) {
    const auto given = text(name);
    if (!given || *given == "false") return false;
    if (*given != "true") fail(name, "must be true or false");
    return *given == "true";
}

std::optional<Timestamp> QueryReader::time(std::string_view name) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    const auto time = parse_rfc3339(*given);
    if (!time) fail(name, "must be a time with an offset (RFC 3339), like 2026-01-17T10:00:00Z");
    return time;
}

PageRequest QueryReader::page(std::size_t max_limit) {
    PageRequest page;
    page.limit = number("limit", 1, max_limit);
    if (const auto given = text("cursor")) {
        page.after = Cursor::decode(*given);
        if (!page.after) fail("cursor", "must be a next_cursor of this list");
    }
    return page;
}

std::optional<Error> QueryReader::error() {
    if (!validation_.failed()) return std::nullopt;
    return std::move(validation_).error();
}

}  // namespace rescuestream::server
