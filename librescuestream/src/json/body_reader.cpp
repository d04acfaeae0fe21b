#include "json/body_reader.hpp"

#include <algorithm>

#include "json/document.hpp"
#include "json/pointer.hpp"
#include "rescuestream/secret.hpp"
#include "support/text.hpp"

namespace rescuestream::json {
namespace {

// The body itself and one level of it enclose the permitted nesting of an object member.
constexpr ParseLimits kBodyLimits{1024 * 1024, 34};

// Maximum of reported errors, so that the response to a large invalid body is small.
constexpr std::size_t kMaxUnknown = 20;
constexpr std::size_t kMaxShownName = 64;

bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Reads the text of each member's value in a JSON object, in their order. A document would not
// preserve the form of numbers. Precondition: `text` is a well-formed JSON object.
std::vector<std::string_view> member_values(std::string_view text) {
    std::vector<std::string_view> values;
    int depth = 0;
    bool in_string = false;
    std::size_t begin = 0;  // begin of the value that is being read; 0: none
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
    auto parsed = parse(body, kBodyLimits);
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
    validation_.add(pointer_step(name), std::move(detail));
}

void BodyReader::fail_element(std::string_view name, std::ptrdiff_t index, std::string detail) {
    validation_.add(pointer_step(name) + "/" + std::to_string(index), std::move(detail));
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
    if (given) validation_.text(pointer_step(name), *given, rules.max, rules.may_be_blank);
    return given;
}

std::string BodyReader::required_text(std::string_view name, TextRules rules) {
    auto given = text(name, rules);
    if (!given) require(name);
    return std::move(given).value_or("");
}

std::optional<bool> BodyReader::boolean(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->IsBool()) {
        fail(name, "must be true or false");
        return std::nullopt;
    }
    return value->GetBool();
}

std::optional<std::string> BodyReader::uuid(std::string_view name) {
    auto given = raw_text(name);
    if (given) validation_.uuid(pointer_step(name), *given);
    return given;
}

std::optional<Timestamp> BodyReader::future_time(std::string_view name, Timestamp now) {
    const auto given = raw_text(name);
    if (!given) return std::nullopt;
    const auto time = parse_rfc3339(*given);
    if (!time) {
        fail(name, "must be a time with an offset (RFC 3339), like 2026-01-17T10:00:00Z");
    } else {
        validation_.in_future(pointer_step(name), *time, now);
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

std::optional<std::chrono::seconds> BodyReader::seconds(std::string_view name,
                                                        std::chrono::seconds min,
                                                        std::chrono::seconds max) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    const std::chrono::seconds given(value->IsInt64() ? value->GetInt64() : -1);
    if (!value->IsInt64() || given < min || given > max) {
        fail(name, "must be a whole number of seconds from " + std::to_string(min.count()) +
                       " to " + std::to_string(max.count()) + in_units(max));
        return std::nullopt;
    }
    return given;
}

std::vector<std::string> BodyReader::words(std::string_view name,
                                           const std::vector<std::string>& allowed) {
    const auto* value = find(name);
    if (value == nullptr) return {};
    if (!value->IsArray()) {
        fail(name, "must be an array of these: " + listed(allowed));
        return {};
    }
    std::vector<std::string> given;
    for (const auto& item : value->GetArray()) {
        if (item.IsString()) given.emplace_back(item.GetString(), item.GetStringLength());
        if (!item.IsString() ||
            std::find(allowed.begin(), allowed.end(), given.back()) == allowed.end()) {
            fail_element(name, &item - value->Begin(), "must be one of these: " + listed(allowed));
        }
    }
    return given;
}

std::vector<std::string> BodyReader::texts(std::string_view name, std::size_t max) {
    const auto* value = find(name);
    if (value == nullptr) return {};
    if (!value->IsArray()) {
        fail(name, "must be an array of strings");
        return {};
    }
    if (!validation_.count(pointer_step(name), value->Size(), 1, max)) return {};
    std::vector<std::string> given;
    for (const auto& item : value->GetArray()) {
        if (item.IsString()) {
            given.emplace_back(item.GetString(), item.GetStringLength());
        } else {
            fail_element(name, &item - value->Begin(), "must be a string");
        }
    }
    return given;
}

std::optional<std::int64_t> BodyReader::integer(std::string_view name, std::int64_t min,
                                                std::int64_t max) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->IsInt64() || value->GetInt64() < min || value->GetInt64() > max) {
        fail(name,
             "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
        return std::nullopt;
    }
    return value->GetInt64();
}

const rapidjson::Value* BodyReader::array(std::string_view name, std::size_t min, std::size_t max,
                                          std::string_view all) {
    const auto* value = find(name);
    if (value == nullptr) return nullptr;
    if (!value->IsArray()) {
        fail(name, std::string(all));
        return nullptr;
    }
    if (!validation_.count(pointer_step(name), value->Size(), min, max)) {
        wrong_.emplace_back(name);
        return nullptr;
    }
    return value;
}

std::optional<std::vector<std::string>> BodyReader::some_words(
    std::string_view name, const std::vector<std::string>& allowed, std::size_t min,
    std::size_t max) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    auto given = words(name, allowed);
    if (!value->IsArray() || !validation_.count(pointer_step(name), value->Size(), min, max)) {
        return std::nullopt;
    }
    return given;
}

std::optional<std::vector<AddressRange>> BodyReader::address_ranges(std::string_view name,
                                                                    std::size_t min,
                                                                    std::size_t max) {
    const auto* value =
        array(name, min, max, "must be an array of IP addresses and ranges of them");
    if (value == nullptr) return std::nullopt;
    std::vector<AddressRange> ranges;
    for (const auto& item : value->GetArray()) {
        const auto range = item.IsString()
                               ? AddressRange::parse({item.GetString(), item.GetStringLength()})
                               : AddressRange::parse("");
        if (range) {
            ranges.push_back(*range);
        } else {
            fail_element(name, &item - value->Begin(), range.error().message);
        }
    }
    return ranges;
}

void BodyReader::add_errors_of(std::string_view name, BodyReader& members) {
    auto error = members.error();
    if (!error) return;
    for (auto& field : error->fields) {
        validation_.add(pointer_step(name) + field.pointer, std::move(field.detail));
    }
}

std::optional<Error> BodyReader::error() {
    if (malformed_) return malformed_;
    std::size_t unknown = 0;
    for (const auto& member : document_.GetObject()) {
        if (unknown_ == UnknownMembers::kIgnored || unknown == kMaxUnknown) break;
        const std::string_view name(member.name.GetString(), member.name.GetStringLength());
        if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
        ++unknown;
        fail(shortened(redact_key_values(name), kMaxShownName), "is not known here");
    }
    if (!validation_.failed()) return std::nullopt;
    return std::move(validation_).error();
}

}  // namespace rescuestream::json
