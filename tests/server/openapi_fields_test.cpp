// The API document against the tables of fields: what may be given, and its limits.

#include <doctest/doctest.h>

#include <set>

#include "fields/stream_key.hpp"
#include "json/document.hpp"
#include "openapi.hpp"
#include "rescuestream/address_range.hpp"

namespace rescuestream::server {
namespace {

using Json = rapidjson::Value;
using Names = std::set<std::string>;

/// openapi.yaml as the server serves it.
class Document {
public:
    Document() : json_(json::parse(openapi_json()).value()) {}

    const Json& schema(const char* name) const { return json_["components"]["schemas"][name]; }
    const Json& body_of(const char* path, const char* method) const {
        return json_["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"];
    }
    /// A member of `properties`; what it refers to, if it does.
    const Json& property(const Json& properties, std::string_view name) const {
        const Json& value = properties[std::string(name).c_str()];
        if (!value.HasMember("$ref")) return value;
        const std::string target = value["$ref"].GetString();
        return schema(target.substr(target.rfind('/') + 1).c_str());
    }

private:
    rapidjson::Document json_;
};

Names texts_of(const Json& array) {
    Names texts;
    for (const auto& item : array.GetArray()) {
        if (item.IsString()) texts.insert(item.GetString());
    }
    return texts;
}

Names names_of(const Json& object) {
    Names names;
    for (const auto& member : object.GetObject()) names.insert(member.name.GetString());
    return names;
}

/// Visitor: the schema of a member that may be given says what its field does. `null` is "not
/// given".
struct InputSchema {
    const Document& document;
    const Json& properties;

    const Json& of(const Field& field, const char* type) const {
        const Json& schema = document.property(properties, field.name);
        CHECK(texts_of(schema["type"]) == Names{type, "null"});
        return schema;
    }
    void operator()(const Field& field, const std::optional<std::string>&) const {
        CHECK(of(field, "string")["maxLength"].GetInt64() == field.max);
    }
    void operator()(const Field& field, const std::optional<Timestamp>&) const {
        CHECK(std::string(of(field, "string")["format"].GetString()) == "date-time");
    }
    void operator()(const Field& field, const std::optional<std::chrono::seconds>&) const {
        CHECK(of(field, "integer")["minimum"].GetInt64() == field.min);
        CHECK(of(field, "integer")["maximum"].GetInt64() == field.max);
    }
    void operator()(const Field& field, const std::optional<std::vector<AddressRange>>&) const {
        CHECK(of(field, "array")["minItems"].GetInt64() == field.min);
        CHECK(of(field, "array")["maxItems"].GetInt64() == field.max);
        CHECK(std::string(of(field, "array")["items"]["type"].GetString()) == "string");
    }
    template <class Enum>
    void operator()(const Field& field, const std::optional<Enum>&) const {
        const auto words = enum_words<Enum>();
        CHECK(texts_of(of(field, "string")["enum"]) == Names(words.begin(), words.end()));
    }
};

/// Visitor: so does the schema of the member in answers.
struct AnswerSchema {
    const Document& document;
    const Json& properties;

    void has_type(const Field& field, const char* type) const {
        const Json& schema = document.property(properties, field.name);
        CHECK(std::string(schema["type"].GetString()) == type);
    }
    void operator()(const Field& field, const std::optional<std::chrono::seconds>&) const {
        has_type(field, "integer");
    }
    void operator()(const Field& field, const std::optional<std::vector<AddressRange>>&) const {
        has_type(field, "array");
    }
    template <class Enum>
    void operator()(const Field& field, const std::optional<Enum>&) const {
        has_type(field, "string");
        const auto words = enum_words<Enum>();
        CHECK(texts_of(document.property(properties, field.name)["enum"]) ==
              Names(words.begin(), words.end()));
    }
};

template <class Input>
void compare(const Document& document, const Json& body, Names others) {
    const Json& properties = body["properties"];
    CHECK_FALSE(body["additionalProperties"].GetBool());
    Input input;
    const InputSchema schema{document, properties};
    fields::for_each_field(input, [&](const Field& field, const auto& member) {
        CAPTURE(field.name);
        REQUIRE(properties.HasMember(std::string(field.name).c_str()));
        schema(field, member);
        others.emplace(field.name);
    });
    CHECK(names_of(properties) == others);
}

}  // namespace

TEST_CASE("the API document names the fields of a key with their limits, and no other") {
    const Document document;
    compare<NewStreamKey>(document, document.body_of("/stream-keys", "post"), {"broadcaster_id"});
    const Json& patch = document.body_of("/stream-keys/{id}", "patch");
    compare<StreamKeyPatch>(document, patch, {"reset"});
    const auto resettable = fields::resettable_fields();
    CHECK(texts_of(patch["properties"]["reset"]["items"]["enum"]) ==
          Names(resettable.begin(), resettable.end()));

    const Json& shown = document.schema("StreamKey")["properties"];
    const StreamKeyPolicies none;
    const AnswerSchema schema{document, shown};
    fields::for_each_policy([&](const Field& field, auto member) {
        CAPTURE(field.name);
        REQUIRE(shown.HasMember(std::string(field.name).c_str()));
        schema(field, none.*member);
    });
}

}  // namespace rescuestream::server
