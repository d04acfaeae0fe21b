#include "request_readers.hpp"

#include <algorithm>
#include <charconv>

#include "json/document.hpp"
#include "support/text.hpp"
#include "support/url.hpp"

namespace rescuestream::server {
namespace {

// The body itself and one level of it lie around what an object member may nest.
constexpr json::ParseLimits kBodyLimits{1024 * 1024, 34};

std::string pointer_of(std::string_view name) {
    std::string pointer = "/";
    for (const char c : name) {  // RFC 6901 section 3
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer += c;
        }
    }
    return pointer;
}

bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// The text of each member's value in a JSON object, in their order: a document would have lost how
// numbers were written. Precondition: `text` is a well-formed JSON object.
std::vector<std::string_view> member_values(std::string_view text) {
    std::vector<std::string_view> values;
    int depth = 0;
    bool in_string = false;
    std::size_t begin = 0;  // of the value that is being read; 0: none is
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') {
                ++i;
            } else if (c == '"') {
                in_string = false;
            }
            continue;
        }
        const bool ends_member = depth == 1 && (c == ',' || c == '}');
        if (ends_member && begin != 0) {
            std::string_view value = text.substr(begin, i - begin);
            while (is_space(value.front())) value.remove_prefix(1);
            while (is_space(value.back())) value.remove_suffix(1);
            values.push_back(value);
            begin = 0;
        }
        if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            --depth;
        } else if (c == ':' && depth == 1) {
            begin = i + 1;
        }
    }
    return values;
}

}  // namespace

BodyReader::BodyReader(const std::string& body, UnknownMembers unknown)
    : body_(body), unknown_(unknown) {
    if (body.empty()) {
        malformed_ = Error{ErrorCode::kInvalidArgument, "The body is missing.", {}, {}};
        document_.SetObject();
        return;
    }
    auto parsed = json::parse(body, kBodyLimits);
    if (!parsed) {
        malformed_ = parsed.error();
        if (!malformed_->message.ends_with('.')) malformed_->message += '.';
        document_.SetObject();
    } else if (!parsed->IsObject()) {
        malformed_ = Error{ErrorCode::kInvalidArgument, "The body must be a JSON object.", {}, {}};
        document_.SetObject();
    } else {
        document_ = *std::move(parsed);
    }
}

const rapidjson::Value* BodyReader::find(std::string_view name) {
    known_.emplace_back(name);
    const rapidjson::Value key(rapidjson::StringRef(name.data(), name.size()));
    const auto found = document_.FindMember(key);
    if (found == document_.MemberEnd() || found->value.IsNull()) return nullptr;
    return &found->value;
}

void BodyReader::fail(std::string_view name, std::string detail) {
    wrong_.emplace_back(name);
    validation_.add(pointer_of(name), std::move(detail));
}

void BodyReader::require(std::string_view name) {
    if (std::find(wrong_.begin(), wrong_.end(), name) == wrong_.end()) fail(name, "is required");
}

std::optional<std::string> BodyReader::raw_text(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->IsString()) {
        fail(name, "must be a string");
        return std::nullopt;
    }
    return std::string(value->GetString(), value->GetStringLength());
}

std::optional<std::string> BodyReader::text(std::string_view name, TextRules rules) {
    auto given = raw_text(name);
    if (given) validation_.text(pointer_of(name), *given, rules.max, rules.may_be_blank);
    return given;
}

std::string BodyReader::required_text(std::string_view name, TextRules rules) {
    auto given = text(name, rules);
    if (!given) require(name);
    return std::move(given).value_or("");
}

std::optional<std::string> BodyReader::path_name(std::string_view name) {
    auto given = raw_text(name);
    if (given) validation_.path_name(pointer_of(name), *given);
    return given;
}

std::optional<std::string> BodyReader::uuid(std::string_view name) {
    auto given = raw_text(name);
    if (given) validation_.uuid(pointer_of(name), *given);
    return given;
}

std::optional<Timestamp> BodyReader::future_time(std::string_view name, Timestamp now) {
    const auto given = raw_text(name);
    if (!given) return std::nullopt;
    const auto time = parse_rfc3339(*given);
    if (!time) {
        fail(name, "must be a time with an offset (RFC 3339), like 2026-01-17T10:00:00Z");
    } else {
        validation_.in_future(pointer_of(name), *time, now);
    }
    return time;
}

std::optional<JsonObject> BodyReader::object(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->IsObject()) {
        fail(name, "must be an object");
        return std::nullopt;
    }
    std::size_t index = 0;
    for (const auto& member : document_.GetObject()) {
        if (&member.value == value) break;
        ++index;
    }
    auto object = JsonObject::parse(member_values(body_).at(index));
    if (!object) fail(name, "must have at most 16 KiB and 32 levels");
    return object;
}

std::optional<Error> BodyReader::error() {
    if (malformed_) return malformed_;
    for (const auto& member : document_.GetObject()) {
        if (unknown_ == UnknownMembers::kIgnored) break;
        const std::string_view name(member.name.GetString(), member.name.GetStringLength());
        if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
            fail(name, "is not known here");
        }
    }
    if (!validation_.failed()) return std::nullopt;
    return std::move(validation_).error();
}

std::optional<Error> check_no_members(const std::string& body) {
    if (body.empty()) return std::nullopt;
    return BodyReader(body).error();
}

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
    validation_.add(pointer_of(name), std::move(detail));
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
