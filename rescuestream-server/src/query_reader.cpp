#include "query_reader.hpp"

#include <charconv>

#include "json/pointer.hpp"
#include "rescuestream/secret.hpp"
#include "support/text.hpp"
#include "support/url.hpp"

namespace rescuestream::server {

namespace {

constexpr std::size_t kMaxShownName = 64;

std::optional<std::string> decoded(std::string_view text) {
    auto out = percent_decode(text, true);
    if (out && !is_clean_utf8(*out)) out.reset();
    return out;
}

QueryMembers members_of(std::string_view query) {
    QueryMembers members;
    while (!query.empty()) {
        const auto end = query.find('&');
        const std::string_view member = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        if (member.empty()) continue;
        const auto equals = member.find('=');
        const std::string_view name = member.substr(0, equals);
        members.push_back({std::string(name), decoded(name),
                           equals == std::string_view::npos ? std::optional<std::string>("")
                                                            : decoded(member.substr(equals + 1))});
    }
    return members;
}

bool has_word(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const auto end = words.find(' ');
        if (words.substr(0, end) == word) return true;
        words = end == std::string_view::npos ? std::string_view{} : words.substr(end + 1);
    }
    return false;
}

std::string with_commas(std::string_view words) {
    std::string list;
    for (const char c : words) list += c == ' ' ? ", " : std::string(1, c);
    return list;
}

}  // namespace

QueryReader::QueryReader(const HttpRequest& request, EmptyText empty)
    : members_(members_of(request.query)), empty_(empty) {}

void QueryReader::fail(std::string_view name, std::string detail) {
    validation_.add("/" + std::string(name), std::move(detail));
}

std::optional<std::string> QueryReader::raw_text(std::string_view name) {
    const QueryMember* found = nullptr;
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
    return found->value;
}

std::optional<std::string> QueryReader::text(std::string_view name) {
    auto given = raw_text(name);
    if (!given || !given->empty()) return given;
    // A filter that is empty by mistake must not return everything.
    if (empty_ == EmptyText::kRefused) fail(name, "must not be empty: leave it out");
    return std::nullopt;
}

std::optional<std::size_t> QueryReader::number(std::string_view name, std::size_t min,
                                               std::size_t max) {
    const auto given = raw_text(name);
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

std::optional<bool> QueryReader::optional_flag(std::string_view name) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    if (*given != "true" && *given != "false") fail(name, "must be true or false");
    return *given == "true";
}

bool QueryReader::flag(std::string_view name) {
    return optional_flag(name).value_or(false);
}

bool QueryReader::bare_flag(std::string_view name) {
    const auto given = raw_text(name);
    if (!given || *given == "false") return false;
    if (!given->empty() && *given != "true") fail(name, "must be true or false");
    return true;
}

std::optional<Timestamp> QueryReader::time(std::string_view name) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    const auto time = parse_rfc3339(*given);
    if (!time) fail(name, "must be a time with an offset (RFC 3339), like 2026-01-17T10:00:00Z");
    return time;
}

PageRequest QueryReader::page() {
    PageRequest page;
    page.limit = number("limit", 1, kMaxPage);
    if (const auto given = text("cursor")) {
        page.after = Cursor::decode(*given);
        if (!page.after) fail("cursor", "must be a next_cursor of this list");
    }
    return page;
}

PageRequest QueryReader::page(std::size_t usual) {
    PageRequest part = page();
    if (!part.limit) part.limit = usual;
    return part;
}

std::optional<Error> check_query(const HttpRequest& request, std::string_view known) {
    Validation validation;
    for (const auto& member : members_of(request.query)) {
        if (member.name && has_word(known, *member.name)) continue;
        const std::string shown =
            member.name ? shortened(redact_key_values(*member.name), kMaxShownName)
                        : shortened(percent_encode(member.raw_name, "%"), kMaxShownName);
        validation.add(json::pointer_step(shown),
                       known.empty() ? "is not known here: this route takes no parameters"
                                     : "is not known here: this route knows " + with_commas(known));
    }
    if (!validation.failed()) return std::nullopt;
    return std::move(validation).error();
}

std::optional<Error> QueryReader::error() {
    if (!validation_.failed()) return std::nullopt;
    return std::move(validation_).error();
}

}  // namespace rescuestream::server
