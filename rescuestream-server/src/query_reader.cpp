#include "query_reader.hpp"

#include <charconv>

#include "support/text.hpp"
#include "support/url.hpp"

namespace rescuestream::server {

QueryReader::QueryReader(const HttpRequest& request) : members_(parse_query(request.query)) {}

std::optional<std::string> QueryReader::text(std::string_view name) {
    for (const auto& [candidate, value] : members_) {
        if (candidate != name || value.empty()) continue;
        if (is_clean_utf8(value)) return value;
        add(name, "must be valid UTF-8 without NUL characters");
        return std::nullopt;
    }
    return std::nullopt;
}

std::optional<std::size_t> QueryReader::number(std::string_view name, std::size_t min,
                                               std::size_t max) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    std::size_t value = 0;
    const char* end = given->data() + given->size();
    const auto [parsed, error] = std::from_chars(given->data(), end, value);
    if (error != std::errc{} || parsed != end || value < min || value > max) {
        add(name,
            "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
        return std::nullopt;
    }
    return value;
}

std::optional<bool> QueryReader::boolean(std::string_view name) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    if (*given == "true" || *given == "1") return true;
    if (*given == "false" || *given == "0") return false;
    add(name, "must be true or false");
    return std::nullopt;
}

std::optional<Uuid> QueryReader::uuid(std::string_view name) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    const auto id = Uuid::parse(*given);
    if (!id) add(name, "must be a UUID");
    return id;
}

std::optional<Timestamp> QueryReader::time(std::string_view name) {
    auto given = text(name);
    if (!given) return std::nullopt;
    auto time = parse_rfc3339(*given);
    if (!time) {
        // A "+" that nobody encoded has become a space: 2026-01-17T10:00:00 02:00.
        if (const auto space = given->rfind(' '); space != std::string::npos && space > 10) {
            (*given)[space] = '+';
            time = parse_rfc3339(*given);
        }
    }
    if (!time) add(name, "must be a time like 2026-01-17T10:00:00Z (RFC 3339)");
    return time;
}

PageRequest QueryReader::page() {
    PageRequest page;
    page.limit = number("limit", 1, 1000);
    if (const auto cursor = text("cursor")) {
        page.after = Cursor::decode(*cursor);
        if (!page.after) add("cursor", "must be the next_cursor of an earlier answer");
    }
    return page;
}

void QueryReader::add(std::string_view name, std::string detail) {
    errors_.push_back({"/" + std::string(name), std::move(detail)});
}

std::optional<HttpResponse> QueryReader::failure() const {
    if (errors_.empty()) return std::nullopt;
    std::string detail = "The query is not valid: ";
    for (std::size_t i = 0; i < errors_.size(); ++i) {
        if (i > 0) detail += "; ";
        detail += errors_[i].pointer.substr(1) + " " + errors_[i].detail;
    }
    return problem_response(Problem::kInvalidRequest, detail + ".", errors_);
}

}  // namespace rescuestream::server
