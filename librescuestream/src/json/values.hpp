#pragma once

#include <rapidjson/document.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "rescuestream/records.hpp"

/// Functions that read JSON of this project's own programs: responses of a server, texts in a
/// database.
namespace rescuestream::json {

/// Thrown while a value is read if it does not have the form that the API or the database
/// guarantees.
class BadValue : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

namespace read {

// Each function reads the member `name` of an object. A missing or null member makes the functions
// for required members throw BadValue; a member of another type makes all of them throw.

/// Returns null when the member is missing.
const rapidjson::Value* find(const rapidjson::Value& json, const char* name);
const rapidjson::Value& member(const rapidjson::Value& json, const char* name);
const rapidjson::Value& array(const rapidjson::Value& json, const char* name);

std::string text(const rapidjson::Value& json, const char* name);
std::optional<std::string> optional_text(const rapidjson::Value& json, const char* name);
Timestamp time(const rapidjson::Value& json, const char* name);
std::optional<Timestamp> optional_time(const rapidjson::Value& json, const char* name);
JsonObject object(const rapidjson::Value& json, const char* name);
int integer(const rapidjson::Value& json, const char* name);
std::optional<std::int64_t> optional_integer(const rapidjson::Value& json, const char* name);
std::optional<std::chrono::seconds> optional_seconds(const rapidjson::Value& json,
                                                     const char* name);
std::chrono::milliseconds milliseconds(const rapidjson::Value& json, const char* name);
std::uint64_t count(const rapidjson::Value& json, const char* name);
std::uint32_t small_count(const rapidjson::Value& json, const char* name);
std::vector<std::string> texts(const rapidjson::Value& json, const char* name);
/// An object with a count for each of its members.
std::map<std::string, std::uint32_t> counts(const rapidjson::Value& json, const char* name);
/// Returns false when the member is missing.
bool flag(const rapidjson::Value& json, const char* name);

[[noreturn]] void fail(const char* name, std::string_view what);

template <class IdType>
IdType id(const rapidjson::Value& json, const char* name) {
    const auto value = IdType::parse(text(json, name));
    if (!value) fail(name, "is not an id");
    return *value;
}

template <class Enum>
Enum enumerator(const rapidjson::Value& json, const char* name) {
    const auto value = parse_enum<Enum>(text(json, name));
    if (!value) fail(name, "has an unknown value");
    return *value;
}

/// Returns nothing for an unknown word, because a newer server may have more of them.
template <class Enum>
std::optional<Enum> optional_enumerator(const rapidjson::Value& json, const char* name) {
    const auto value = optional_text(json, name);
    return value ? parse_enum<Enum>(*value) : std::nullopt;
}

}  // namespace read
}  // namespace rescuestream::json
