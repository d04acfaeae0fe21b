#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "fields/field.hpp"
#include "json/body_reader.hpp"
#include "json/values.hpp"
#include "json/writer.hpp"
#include "rescuestream/address_range.hpp"
#include "rescuestream/time.hpp"
#include "support/text.hpp"

/// Visitors for tables of fields (fields/field.hpp): they write the members to JSON and read them
/// from it.
namespace rescuestream::fields {

/// Reads the input of a caller and adds its errors to `body`. `now` is the time after which a time
/// is in the future.
class InputReader {
public:
    InputReader(json::BodyReader& body, Timestamp now) : body_(body), now_(now) {}

    void operator()(const Field& field, std::optional<std::string>& text) const;
    void operator()(const Field& field, std::optional<Timestamp>& time) const;
    void operator()(const Field& field, std::optional<std::chrono::seconds>& length) const;
    void operator()(const Field& field, std::optional<std::vector<AddressRange>>& ranges) const;
    template <class Enum>
    void operator()(const Field& field, std::optional<Enum>& word) const {
        word = body_.word<Enum>(field.name, listed(enum_words<Enum>()));
    }

private:
    json::BodyReader& body_;
    Timestamp now_;
};

/// Writes the members that are set.
class FieldWriter {
public:
    explicit FieldWriter(json::Writer& writer) : writer_(writer) {}

    void operator()(const Field& field, const std::optional<std::string>& text) const;
    void operator()(const Field& field, const std::optional<Timestamp>& time) const;
    void operator()(const Field& field, const std::optional<std::chrono::seconds>& length) const;
    void operator()(const Field& field,
                    const std::optional<std::vector<AddressRange>>& ranges) const;
    template <class Enum>
    void operator()(const Field& field, const std::optional<Enum>& word) const {
        if (word) json::member(writer_, field.name, to_string(*word));
    }

private:
    json::Writer& writer_;
};

/// An unknown name in a response is ignored, because a newer server may have more names. In a
/// stored record it is not ignored, because the key must not be judged without it.
enum class UnknownWords { kIgnored, kRefused };

/// Reads members of records that FieldWriter wrote. Throws json::BadValue.
class FieldReader {
public:
    FieldReader(const rapidjson::Value& json, UnknownWords unknown)
        : json_(json), unknown_(unknown) {}

    void operator()(const Field& field, std::optional<std::chrono::seconds>& length) const;
    void operator()(const Field& field, std::optional<std::vector<AddressRange>>& ranges) const;
    template <class Enum>
    void operator()(const Field& field, std::optional<Enum>& word) const {
        const char* const name = field.name.data();
        word = json::read::optional_enumerator<Enum>(json_, name);
        if (!word && unknown_ == UnknownWords::kRefused &&
            json::read::find(json_, name) != nullptr) {
            json::read::fail(name, "has an unknown value");
        }
    }

private:
    const rapidjson::Value& json_;
    UnknownWords unknown_;
};

}  // namespace rescuestream::fields
