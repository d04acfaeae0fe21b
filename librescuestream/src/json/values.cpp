#include "json/values.hpp"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace rescuestream::json::read {
namespace {

using Value = rapidjson::Value;

std::string to_text(const Value& value, const char* name) {
    if (!value.IsString()) fail(name, "is not a string");
    return {value.GetString(), value.GetStringLength()};
}

Timestamp to_time(const std::string& value, const char* name) {
    const auto time = parse_rfc3339(value);
    if (!time) fail(name, "is not an RFC 3339 time");
    return *time;
}

// At most a thousand years, so that it fits into any unit.
template <class Duration>
std::optional<Duration> duration_of(const std::optional<std::int64_t>& count, const char* name) {
    if (!count) return std::nullopt;
    constexpr std::int64_t kLongest = Duration(std::chrono::hours(24 * 366 * 1'000)).count();
    if (*count < -kLongest || *count > kLongest) fail(name, "is not a duration");
    return Duration(*count);
}

}  // namespace

void fail(const char* name, std::string_view what) {
    throw BadValue(fmt::format("member \"{}\" {}", name, what));
}

const Value* find(const Value& json, const char* name) {
    if (!json.IsObject()) throw BadValue("a JSON object was expected");
    const auto found = json.FindMember(name);
    if (found == json.MemberEnd() || found->value.IsNull()) return nullptr;
    return &found->value;
}

const Value& member(const Value& json, const char* name) {
    const Value* value = find(json, name);
    if (value == nullptr) fail(name, "is missing");
    return *value;
}

const Value& array(const Value& json, const char* name) {
    const Value& value = member(json, name);
    if (!value.IsArray()) fail(name, "is not an array");
    return value;
}

std::string text(const Value& json, const char* name) {
    return to_text(member(json, name), name);
}

std::optional<std::string> optional_text(const Value& json, const char* name) {
    const Value* value = find(json, name);
    return value == nullptr ? std::nullopt : std::optional(to_text(*value, name));
}

Timestamp time(const Value& json, const char* name) {
    return to_time(text(json, name), name);
}

std::optional<Timestamp> optional_time(const Value& json, const char* name) {
    const auto value = optional_text(json, name);
    return value ? std::optional(to_time(*value, name)) : std::nullopt;
}

JsonObject object(const Value& json, const char* name) {
    const Value* value = find(json, name);
    if (value == nullptr) return {};
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    value->Accept(writer);
    const auto parsed = JsonObject::parse({buffer.GetString(), buffer.GetSize()});
    if (!parsed) fail(name, "is not a JSON object");
    return *parsed;
}

int integer(const Value& json, const char* name) {
    const Value& value = member(json, name);
    if (!value.IsInt()) fail(name, "is not an integer");
    return value.GetInt();
}

std::optional<std::int64_t> optional_integer(const Value& json, const char* name) {
    const Value* value = find(json, name);
    if (value == nullptr) return std::nullopt;
    if (!value->IsInt64()) fail(name, "is not an integer");
    return value->GetInt64();
}

std::optional<std::chrono::seconds> optional_seconds(const Value& json, const char* name) {
    return duration_of<std::chrono::seconds>(optional_integer(json, name), name);
}

std::chrono::milliseconds milliseconds(const Value& json, const char* name) {
    const auto length = duration_of<std::chrono::milliseconds>(optional_integer(json, name), name);
    if (!length) fail(name, "is missing");
    return *length;
}

std::uint64_t count(const Value& json, const char* name) {
    const Value& value = member(json, name);
    if (!value.IsUint64()) fail(name, "is not a count");
    return value.GetUint64();
}

std::uint32_t small_count(const Value& json, const char* name) {
    const Value& value = member(json, name);
    if (!value.IsUint()) fail(name, "is not a count");
    return value.GetUint();
}

std::vector<std::string> texts(const Value& json, const char* name) {
    std::vector<std::string> texts;
    for (const auto& item : array(json, name).GetArray()) texts.push_back(to_text(item, name));
    return texts;
}

std::map<std::string, std::uint32_t> counts(const Value& json, const char* name) {
    const Value& object = member(json, name);
    if (!object.IsObject()) fail(name, "is no object");
    std::map<std::string, std::uint32_t> counts;
    for (const auto& each : object.GetObject()) {
        counts[each.name.GetString()] = small_count(object, each.name.GetString());
    }
    return counts;
}

bool flag(const Value& json, const char* name) {
    const Value* value = find(json, name);
    return value != nullptr && value->IsTrue();
}

}  // namespace rescuestream::json::read
