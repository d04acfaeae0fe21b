#pragma once

#include <rapidjson/document.h>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.hpp"
#include "orchestrator/validation.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::server {

/// Reads the members of a JSON body and collects all errors. A `null` member counts as absent. A
/// required member that is missing or wrong yields an empty value: call `error` before using any
/// value.
class BodyReader {
public:
    enum class UnknownMembers { kRefused, kIgnored };
    explicit BodyReader(const std::string& body, UnknownMembers unknown = UnknownMembers::kRefused);

    struct TextRules {
        std::size_t max = 255;  ///< In characters.
        bool may_be_blank = false;
    };
    std::optional<std::string> text(std::string_view name, TextRules rules);
    std::string required_text(std::string_view name, TextRules rules);
    /// Reads a text that the library checks.
    std::optional<std::string> raw_text(std::string_view name);
    std::optional<std::string> path_name(std::string_view name);
    std::optional<std::string> uuid(std::string_view name);
    std::optional<Timestamp> future_time(std::string_view name, Timestamp now);
    std::optional<JsonObject> object(std::string_view name);
    std::optional<bool> boolean(std::string_view name);
    std::optional<std::chrono::seconds> seconds(std::string_view name, std::chrono::seconds min,
                                                std::chrono::seconds max);
    /// Reads an array that may contain only the words in `allowed`.
    std::vector<std::string> words(std::string_view name,
                                   std::initializer_list<std::string_view> allowed);

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

    /// `words` lists the permitted words for the error message.
    template <class Enum>
    std::optional<Enum> word(std::string_view name, std::string_view words) {
        const auto given = raw_text(name);
        if (!given) return std::nullopt;
        const auto value = parse_enum<Enum>(*given);
        if (!value) fail(name, std::string("must be ").append(words));
        return value;
    }

    /// Returns all errors, including one for each member that was not read.
    std::optional<Error> error();

private:
    const rapidjson::Value* find(std::string_view name);
    void fail(std::string_view name, std::string detail);
    /// Reports a missing member, unless it has another error.
    void require(std::string_view name);

    std::optional<Error> malformed_;
    const std::string& body_;
    UnknownMembers unknown_;
    rapidjson::Document document_;
    std::vector<std::string> known_;
    std::vector<std::string> wrong_;
    Validation validation_;
};

/// For routes whose members are all optional: returns the body, or `{}` when there is none.
const std::string& body_or_empty_object(const HttpRequest& request);

/// For routes that take no members: only an empty body or `{}` is accepted.
std::optional<Error> check_no_members(const HttpRequest& request);

}  // namespace rescuestream::server
