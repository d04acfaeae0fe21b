#pragma once

#include <rapidjson/document.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "json/values.hpp"
#include "json/writer.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"

/// A record and its JSON object are described once: a function `describe(io, record)` names the
/// members in their order. With a MemberWriter it writes the record, with a MemberReader it reads
/// one. Both have these functions:
///
/// - `required(name, value)`: always written. Must exist when it is read, unless it is a flag or an
///   object.
/// - `later(name, value)`: always written. Older servers do not have it; then reading changes
///   nothing.
/// - `optional(name, value)`: written unless it is empty or false. Read as that if it is missing.
/// - `nullable(name, text)`: always written, null if it is empty. Null or a missing member is read
///   as empty.
/// - `object(name, body)`: `body(io)` in braces. Must exist when it is read.
/// - `array(name, items, f)`: `f(io, item)` for each item. A missing member is read as no items.
/// - `texts(name, items)`: an array of strings. Must exist when it is read.
/// - `counts(name, counts)`: an object of numbers. Must exist when it is read.
namespace rescuestream::json {

class MemberWriter {
public:
    static constexpr bool kWrites = true;

    explicit MemberWriter(Writer& writer) : writer_(writer) {}

    template <class T>
    void required(const char* name, const T& value) {
        writer_.Key(name);
        put(value);
    }
    template <class T>
    void later(const char* name, const T& value) {
        required(name, value);
    }
    template <class T>
    void optional(const char* name, const std::optional<T>& value) {
        if (value) required(name, *value);
    }
    void optional(const char* name, const std::string& text) {
        if (!text.empty()) required(name, text);
    }
    void optional(const char* name, bool flag) {
        if (flag) required(name, flag);
    }
    void nullable(const char* name, const std::optional<std::string>& text) {
        writer_.Key(name);
        if (text) {
            put(*text);
        } else {
            writer_.Null();
        }
    }
    template <class Body>
    void object(const char* name, Body body) {
        writer_.Key(name);
        writer_.StartObject();
        body(*this);
        writer_.EndObject();
    }
    template <class T, class Describe>
    void array(const char* name, const std::vector<T>& items, Describe describe) {
        writer_.Key(name);
        writer_.StartArray();
        for (const auto& item : items) {
            writer_.StartObject();
            describe(*this, item);
            writer_.EndObject();
        }
        writer_.EndArray();
    }
    void texts(const char* name, const std::vector<std::string>& items) {
        writer_.Key(name);
        writer_.StartArray();
        for (const auto& text : items) put(text);
        writer_.EndArray();
    }
    void counts(const char* name, const std::map<std::string, std::uint32_t>& counts) {
        object(name, [&](auto& io) {
            for (const auto& [key, count] : counts) io.required(key.c_str(), count);
        });
    }
    Writer& writer() { return writer_; }

private:
    void put(const std::string& text) { write(writer_, text); }
    void put(std::string_view text) { write(writer_, text); }
    void put(Timestamp time) { write(writer_, time); }
    void put(std::chrono::milliseconds length) { writer_.Int64(length.count()); }
    void put(bool flag) { writer_.Bool(flag); }
    void put(std::int32_t number) { writer_.Int(number); }
    void put(std::uint32_t number) { writer_.Uint(number); }
    void put(std::uint64_t number) { writer_.Uint64(number); }
    void put(const JsonObject& object) {
        writer_.RawValue(object.text().data(), object.text().size(), rapidjson::kObjectType);
    }
    void put(const ConnectionId& id) { write(writer_, id.value); }
    template <class Tag>
    void put(const Id<Tag>& id) {
        write(writer_, id.to_string());
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void put(Enum word) { write(writer_, to_string(word)); }

    Writer& writer_;
};

/// Unknown members are ignored. Throws BadValue.
class MemberReader {
public:
    static constexpr bool kWrites = false;

    explicit MemberReader(const rapidjson::Value& json) : json_(json) {}

    template <class T>
    void required(const char* name, T& value) {
        get(name, value);
    }
    template <class T>
    void later(const char* name, T& value) {
        std::optional<T> given;
        optional(name, given);
        if (given) value = *std::move(given);
    }
    template <class T>
    void optional(const char* name, std::optional<T>& value) {
        value.reset();
        if (read::find(json_, name) == nullptr) return;
        if constexpr (std::is_enum_v<T>) {
            value = read::optional_enumerator<T>(json_, name);
        } else {
            get(name, value.emplace());
        }
    }
    void optional(const char* name, std::string& text) {
        text = read::optional_text(json_, name).value_or("");
    }
    void optional(const char* name, bool& flag) { get(name, flag); }
    void nullable(const char* name, std::optional<std::string>& text) {
        text = read::optional_text(json_, name);
    }
    template <class Body>
    void object(const char* name, Body body) {
        MemberReader inner(read::member(json_, name));
        body(inner);
    }
    template <class T, class Describe>
    void array(const char* name, std::vector<T>& items, Describe describe) {
        items.clear();
        if (read::find(json_, name) == nullptr) return;
        for (const auto& item : read::array(json_, name).GetArray()) {
            MemberReader inner(item);
            describe(inner, items.emplace_back());
        }
    }
    void texts(const char* name, std::vector<std::string>& items) {
        items = read::texts(json_, name);
    }
    void counts(const char* name, std::map<std::string, std::uint32_t>& counts) {
        counts = read::counts(json_, name);
    }
    const rapidjson::Value& json() const { return json_; }

private:
    void get(const char* name, std::string& text) { text = read::text(json_, name); }
    void get(const char* name, Timestamp& time) { time = read::time(json_, name); }
    void get(const char* name, std::chrono::milliseconds& length) {
        length = read::milliseconds(json_, name);
    }
    void get(const char* name, bool& flag) { flag = read::flag(json_, name); }
    void get(const char* name, std::int32_t& number) { number = read::integer(json_, name); }
    void get(const char* name, std::uint32_t& number) { number = read::small_count(json_, name); }
    void get(const char* name, std::uint64_t& number) { number = read::count(json_, name); }
    void get(const char* name, JsonObject& object) { object = read::object(json_, name); }
    void get(const char* name, ConnectionId& id) { id.value = read::text(json_, name); }
    template <class Tag>
    void get(const char* name, Id<Tag>& id) {
        id = read::id<Id<Tag>>(json_, name);
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void get(const char* name, Enum& word) { word = read::enumerator<Enum>(json_, name); }

    const rapidjson::Value& json_;
};

}  // namespace rescuestream::json
