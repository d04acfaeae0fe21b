#pragma once

#include <rapidjson/document.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rescuestream/address_range.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "support/validation.hpp"

namespace rescuestream::json {

/// Reads the members of a JSON body and collects the errors of all of them. A `null` member counts
/// as absent. For a required member that is missing or wrong the value is empty, so call `error`
/// before using any value.
class BodyReader {
public:
    enum class UnknownMembers { kRefused, kIgnored };
    explicit BodyReader(const std::string& body, UnknownMembers unknown = UnknownMembers::kRefused);

    struct TextRules {
        std::size_t max = 255;  ///< Characters.
        bool may_be_blank = false;
    };
    std::optional<std::string> text(std::string_view name, TextRules rules);
    std::string required_text(std::string_view name, TextRules rules);
    /// A text whose rules only the library knows.
    std::optional<std::string> raw_text(std::string_view name);
    std::optional<std::string> uuid(std::string_view name);
    std::optional<Timestamp> future_time(std::string_view name, Timestamp now);
    std::optional<JsonObject> object(std::string_view name);
    std::optional<bool> boolean(std::string_view name);
    std::optional<std::chrono::seconds> seconds(std::string_view name, std::chrono::seconds min,
                                                std::chrono::seconds max);
    /// An array of `allowed` words.
    std::vector<std::string> words(std::string_view name, const std::vector<std::string>& allowed);
    /// An array of at most `max` strings, whose rules only the library knows.
    std::vector<std::string> texts(std::string_view name, std::size_t max);
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
    /// An array of `min` to `max` of the `allowed` words; empty: not given, or wrong.
    std::optional<std::vector<std::string>> some_words(std::string_view name,
                                                       const std::vector<std::string>& allowed,
                                                       std::size_t min, std::size_t max);
    /// An array of addresses and ranges of them, `min` to `max` of them. Errors of an element have
    /// a pointer to it.
    std::optional<std::vector<AddressRange>> address_ranges(std::string_view name, std::size_t min,
                                                            std::size_t max);
    /// An array of `min` to `max` texts that `parse` reads, which returns an optional. `each` says
    /// what an element must be, and `all` what they are together ("must be an array of scopes").
    template <class T, class Parse>
    std::optional<std::vector<T>> list(std::string_view name, std::size_t min, std::size_t max,
                                       std::string_view all, std::string_view each, Parse parse) {
        const auto* value = array(name, min, max, all);
        if (value == nullptr) return std::nullopt;
        std::vector<T> items;
        for (const auto& item : value->GetArray()) {
            auto read = item.IsString()
                            ? parse(std::string_view(item.GetString(), item.GetStringLength()))
                            : std::optional<T>();
            if (read) {
                items.push_back(*std::move(read));
            } else {
                fail_element(name, &item - value->Begin(), std::string("must be ").append(each));
            }
        }
        return items;
    }

    template <class IdType>
    IdType required_id(std::string_view name) {
        const auto given = raw_text(name);
        if (!given) {
            require(name);
            return {};
        }
        const auto id = IdType::parse(*given);
        if (!id) fail(name, "must be a UUID");
        return id.value_or(IdType{});
    }

    template <class IdType>
    std::optional<IdType> optional_id(std::string_view name) {
        const auto given = raw_text(name);
        if (!given) return std::nullopt;
        const auto id = IdType::parse(*given);
        if (!id) fail(name, "must be a UUID");
        return id;
    }
    /// An array of at most `max` ids. Errors of an element have a pointer to it. Empty: not given.
    template <class IdType>
    std::vector<IdType> ids(std::string_view name, std::size_t max) {
        return list<IdType>(name, 0, max, "must be an array of ids", "a UUID", IdType::parse)
            .value_or(std::vector<IdType>{});
    }

    /// `words` lists them for the message.
    template <class Enum>
    std::optional<Enum> word(std::string_view name, std::string_view words) {
        const auto given = raw_text(name);
        if (!given) return std::nullopt;
        const auto value = parse_enum<Enum>(*given);
        if (!value) fail(name, std::string("must be ").append(words));
        return value;
    }

    /// Adds an error to a required member that is missing, unless it has an error already.
    void require(std::string_view name);
    /// For the errors of checks that the caller makes.
    Validation& validation() { return validation_; }
    /// Adds the errors of `members`, the reader of the object that is the member `name`.
    void add_errors_of(std::string_view name, BodyReader& members);

    /// Returns all errors, including unknown members.
    std::optional<Error> error();

private:
    const rapidjson::Value* find(std::string_view name);
    // Null: it is not given, or wrong, which was added to the errors.
    const rapidjson::Value* array(std::string_view name, std::size_t min, std::size_t max,
                                  std::string_view all);
    void fail(std::string_view name, std::string detail);
    void fail_element(std::string_view name, std::ptrdiff_t index, std::string detail);

    std::optional<Error> malformed_;
    const std::string& body_;
    UnknownMembers unknown_;
    rapidjson::Document document_;
    std::vector<std::string> known_;
    std::vector<std::string> wrong_;
    Validation validation_;
};

}  // namespace rescuestream::json
