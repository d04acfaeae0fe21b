#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "fields/field.hpp"
#include "json/body_reader.hpp"
#include "json/values.hpp"
#include "json/writer.hpp"
#include "rescuestream/address_range.hpp"
#include "rescuestream/addresses.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/json_object.hpp"
#include "rescuestream/scopes.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"
#include "support/text.hpp"

/// Visitors for tables of fields (fields/field.hpp): they write the members to JSON and read them
/// from it.
namespace rescuestream::fields {

/// Reads the input of a caller, checks it and adds its errors to `body`. `now` is the time after
/// which a time is in the future.
class InputReader {
public:
    InputReader(json::BodyReader& body, Timestamp now) : body_(body), now_(now) {}

    void operator()(const Field& field, std::optional<std::string>& text) const;
    void operator()(const Field& field, std::optional<Secret>& secret) const;
    void operator()(const Field& field, std::optional<Timestamp>& time) const;
    void operator()(const Field& field, std::optional<std::chrono::seconds>& length) const;
    void operator()(const Field& field, std::optional<std::uint64_t>& bitrate) const;
    void operator()(const Field& field, std::optional<std::uint32_t>& number) const;
    void operator()(const Field& field, std::optional<bool>& flag) const;
    void operator()(const Field& field, std::optional<JsonObject>& object) const;
    void operator()(const Field& field, std::optional<std::vector<AddressRange>>& ranges) const;
    void operator()(const Field& field, std::optional<std::vector<BroadcasterId>>& ids) const;
    void operator()(const Field& field, std::optional<Scopes>& scopes) const;
    template <class Enum>
    void operator()(const Field& field, std::optional<Enum>& word) const {
        word = body_.word<Enum>(field.name, listed(enum_words<Enum>()));
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& field, std::optional<std::vector<Enum>>& words) const {
        const auto given =
            body_.some_words(field.name, enum_words<Enum>(), static_cast<std::size_t>(field.min),
                             static_cast<std::size_t>(field.max));
        if (!given) return;
        words.emplace();
        for (const auto& word : *given) {
            if (const auto value = parse_enum<Enum>(word)) words->push_back(*value);
        }
    }
    void operator()(const Field& field, AddressPatch& addresses) const;
    /// An address that is not given keeps its value, or is derived from one that is given.
    void operator()(const Field& field, PublicAddresses& addresses) const;
    /// A member that is not given keeps its value, unless it is required.
    template <class T>
    void operator()(const Field& field, T& member) const {
        std::optional<T> given;
        (*this)(field, given);
        if (given) {
            member = *std::move(given);
        } else if (field.is_required) {
            body_.require(field.name);
        }
    }

private:
    json::BodyReader& body_;
    Timestamp now_;
};

/// Writes members. An optional one is left out when it is empty.
class FieldWriter {
public:
    explicit FieldWriter(json::Writer& writer) : writer_(writer) {}

    void operator()(const Field& field, const std::string& text) const;
    void operator()(const Field& field, Timestamp time) const;
    void operator()(const Field& field, std::chrono::seconds length) const;
    void operator()(const Field& field, std::uint64_t bitrate) const;
    void operator()(const Field& field, std::uint32_t number) const;
    void operator()(const Field& field, bool flag) const;
    void operator()(const Field& field, const JsonObject& object) const;
    void operator()(const Field& field, const std::vector<AddressRange>& ranges) const;
    void operator()(const Field& field, const std::vector<BroadcasterId>& ids) const;
    void operator()(const Field& field, Scopes scopes) const;
    void operator()(const Field& field, const PublicAddresses& addresses) const;
    void operator()(const Field& field, const AddressPatch& addresses) const;
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& field, Enum word) const {
        json::member(writer_, field.name, to_string(word));
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& field, const std::vector<Enum>& words) const {
        json::write(writer_, field.name);
        writer_.StartArray();
        for (const Enum word : words) json::write(writer_, to_string(word));
        writer_.EndArray();
    }
    template <class T>
    void operator()(const Field& field, const std::optional<T>& given) const {
        if (given) (*this)(field, *given);
    }

protected:
    json::Writer& writer_;
};

/// Writes the body of a request. Only a request contains secrets: no record is written with them.
class BodyWriter : public FieldWriter {
public:
    using FieldWriter::FieldWriter;
    using FieldWriter::operator();

    void operator()(const Field& field, const Secret& secret) const;
    void operator()(const Field& field, const std::optional<Secret>& secret) const;
};

/// An unknown name in a response is ignored, because a newer server may have more names. In a
/// stored record it is not ignored, because the key must not be judged without it.
enum class UnknownWords { kIgnored, kRefused };

/// Reads members of records that FieldWriter wrote. Throws json::BadValue.
class FieldReader {
public:
    FieldReader(const rapidjson::Value& json, UnknownWords unknown)
        : json_(json), unknown_(unknown) {}

    void operator()(const Field& field, std::optional<Timestamp>& time) const;
    void operator()(const Field& field, std::optional<std::chrono::seconds>& length) const;
    void operator()(const Field& field, std::optional<std::uint64_t>& bitrate) const;
    void operator()(const Field& field, std::optional<std::uint32_t>& number) const;
    void operator()(const Field& field, std::optional<std::vector<AddressRange>>& ranges) const;
    void operator()(const Field& field, std::vector<AddressRange>& ranges) const;
    void operator()(const Field& field, std::vector<BroadcasterId>& ids) const;
    /// Unknown scopes are ignored.
    void operator()(const Field& field, Scopes& scopes) const;
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& field, std::optional<std::vector<Enum>>& words) const {
        words.reset();
        const char* const name = field.name.data();
        if (json::read::find(json_, name) == nullptr) return;
        words.emplace();
        for (const auto& text : json::read::texts(json_, name)) {
            if (const auto word = parse_enum<Enum>(text)) {
                words->push_back(*word);
            } else if (unknown_ == UnknownWords::kRefused) {
                json::read::fail(name, "has an unknown value");
            }
        }
    }
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
