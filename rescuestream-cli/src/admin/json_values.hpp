#pragma once

#include <rapidjson/document.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "rescuestream/records.hpp"

namespace rescuestream::cli {

/// Thrown while an answer of a server is read: it is not what the HTTP API promises.
class BadAnswer : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

namespace read {

// Each reads the member `name` of an object. Those that are not optional throw BadAnswer when it is
// missing (null is missing), all of them when it is of another type.

/// Null when it is missing.
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
std::optional<std::chrono::milliseconds> optional_milliseconds(const rapidjson::Value& json,
                                                               const char* name);
std::uint64_t count(const rapidjson::Value& json, const char* name);
std::uint32_t small_count(const rapidjson::Value& json, const char* name);
/// False when it is missing.
bool flag(const rapidjson::Value& json, const char* name);

[[noreturn]] void fail(const char* name, std::string_view what);

template <class IdType>
IdType id(const rapidjson::Value& json, const char* name) {
    const auto value = IdType::parse(text(json, name));
    if (!value) fail(name, "is no id");
    return *value;
}

template <class Enum>
Enum enumerator(const rapidjson::Value& json, const char* name) {
    const auto value = parse_enum<Enum>(text(json, name));
    if (!value) fail(name, "has an unknown value");
    return *value;
}

/// An unknown word is no reason to show nothing: a newer server may know more of them.
template <class Enum>
std::optional<Enum> optional_enumerator(const rapidjson::Value& json, const char* name) {
    const auto value = optional_text(json, name);
    return value ? parse_enum<Enum>(*value) : std::nullopt;
}

}  // namespace read
}  // namespace rescuestream::cli
