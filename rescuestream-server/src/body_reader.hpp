#pragma once

#include <rapidjson/document.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "problem.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"

namespace rescuestream::server {

/// Reads the members of a JSON body and collects everything that is wrong with it. `null` means
/// absent. After all members were read, `failure()` is the answer, if there is one.
class BodyReader {
public:
    enum class Unknown { kRefuse, kIgnore };

    /// An empty body is read as an empty object.
    BodyReader(const HttpRequest& request, std::initializer_list<std::string_view> members,
               Unknown unknown);

    std::optional<std::string> text(const char* name);
    std::string required_text(const char* name);
    std::optional<Uuid> uuid(const char* name);
    Uuid required_uuid(const char* name);
    std::optional<Timestamp> time(const char* name);
    std::optional<JsonObject> object(const char* name);
    /// One of the names of an enumeration of records.hpp.
    template <class T>
    std::optional<T> word(const char* name, std::string_view choices) {
        const auto name_given = text(name);
        if (!name_given) return std::nullopt;
        const auto value = parse_enum<T>(*name_given);
        if (!value) add(name, "must be one of " + std::string(choices));
        return value;
    }

    void add(std::string_view name, std::string detail);
    /// The problem with every wrong member; empty when all is well.
    std::optional<HttpResponse> failure() const;

private:
    const rapidjson::Value* find(const char* name) const;

    rapidjson::Document document_;
    std::string malformed_;  // why it is no JSON object at all
    std::vector<FieldError> errors_;
};

}  // namespace rescuestream::server
