// The API document against the tables of fields: what may be given, and its limits.

#include <doctest/doctest.h>

#include <set>

#include "fields/addresses.hpp"
#include "fields/api_credential.hpp"
#include "fields/broadcaster.hpp"
#include "fields/incident.hpp"
#include "fields/node.hpp"
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
        const Json& operation = json_["paths"][path][method];
        return referred(operation["requestBody"]["content"]["application/json"]["schema"]);
    }
    /// A member of `properties`; what it refers to, if it does.
    const Json& property(const Json& properties, std::string_view name) const {
        return referred(properties[std::string(name).c_str()]);
    }
    const Json& referred(const Json& value) const {
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
/// given", which a required member must not be.
struct InputSchema {
    const Document& document;
    const Json& properties;
    bool creates;

    const Json& of(const Field& field, const char* type) const {
        const Json* schema = &document.property(properties, field.name);
        Names expected{type};
        if (!creates || !field.is_required) expected.insert("null");
        Names types;
        if (schema->HasMember("oneOf")) {  // an object of its own, or null
            const Json& either = (*schema)["oneOf"];
            REQUIRE(either.Size() == 2);
            CHECK(std::string(either[1]["type"].GetString()) == "null");
            schema = &document.referred(either[0]);
            types = {(*schema)["type"].GetString(), "null"};
        } else if ((*schema)["type"].IsString()) {
            types = {(*schema)["type"].GetString()};
        } else {
            types = texts_of((*schema)["type"]);
        }
        CHECK(types == expected);
        return *schema;
    }
    void operator()(const Field& field, const std::string&) const {
        const Json& schema = of(field, "string");
        CHECK(schema["maxLength"].GetInt64() == field.max);
        if (field.min > 0) CHECK(schema["minLength"].GetInt64() == field.min);
    }
    void operator()(const Field& field, const Secret&) const {
        CHECK(of(field, "string")["maxLength"].GetInt64() == field.max);
    }
    void operator()(const Field& field, Timestamp) const {
        CHECK(std::string(of(field, "string")["format"].GetString()) == "date-time");
    }
    void operator()(const Field& field, std::chrono::seconds) const {
        CHECK(of(field, "integer")["minimum"].GetInt64() == field.min);
        CHECK(of(field, "integer")["maximum"].GetInt64() == field.max);
    }
    void operator()(const Field& field, std::uint64_t) const {
        CHECK(of(field, "integer")["minimum"].GetInt64() == field.min);
        CHECK(of(field, "integer")["maximum"].GetInt64() == field.max);
    }
    void operator()(const Field& field, std::uint32_t) const { (*this)(field, std::uint64_t{}); }
    void operator()(const Field& field, bool) const { of(field, "boolean"); }
    void operator()(const Field& field, const JsonObject&) const { of(field, "object"); }
    void operator()(const Field& field, const std::vector<AddressRange>&) const {
        CHECK(of(field, "array")["minItems"].GetInt64() == field.min);
        CHECK(of(field, "array")["maxItems"].GetInt64() == field.max);
        CHECK(std::string(of(field, "array")["items"]["type"].GetString()) == "string");
    }
    void operator()(const Field& field, const std::vector<BroadcasterId>&) const {
        CHECK(of(field, "array")["minItems"].GetInt64() == field.min);
        CHECK(of(field, "array")["maxItems"].GetInt64() == field.max);
    }
    void operator()(const Field& field, Scopes) const {
        CHECK(of(field, "array")["minItems"].GetInt64() == field.min);
        CHECK(of(field, "array")["maxItems"].GetInt64() == field.max);
        const auto words = enum_words<Scope>();
        CHECK(texts_of(document.referred(of(field, "array")["items"])["enum"]) ==
              Names(words.begin(), words.end()));
    }
    void operator()(const Field& field, const PublicAddresses& addresses) const {
        addresses_of(field, addresses);
    }
    void operator()(const Field& field, const AddressPatch& addresses) const {
        addresses_of(field, addresses);
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& field, Enum) const {
        const auto words = enum_words<Enum>();
        CHECK(texts_of(of(field, "string")["enum"]) == Names(words.begin(), words.end()));
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& field, const std::vector<Enum>&) const {
        const auto words = enum_words<Enum>();
        const Json& schema = of(field, "array");
        CHECK(schema["minItems"].GetInt64() == field.min);
        CHECK(schema["maxItems"].GetInt64() == field.max);
        CHECK(texts_of(schema["items"]["enum"]) == Names(words.begin(), words.end()));
    }
    template <class T>
    void operator()(const Field& field, const std::optional<T>&) const {
        (*this)(field, T{});
    }

private:
    /// The schema of addresses is that of requests and of answers: it does not mention null.
    template <class Addresses>
    void addresses_of(const Field& parent, const Addresses& addresses) const {
        const Json& members = of(parent, "object")["properties"];
        Names names;
        fields::for_each_field(addresses, [&](const Field& field, const auto&) {
            CAPTURE(field.name);
            REQUIRE(members.HasMember(std::string(field.name).c_str()));
            const Json& schema = document.property(members, field.name);
            CHECK(std::string(schema["type"].GetString()) == "string");
            CHECK(schema["maxLength"].GetInt64() == field.max);
            names.emplace(field.name);
        });
        CHECK(names_of(members) == names);
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
    void operator()(const Field& field, const std::optional<Timestamp>&) const {
        has_type(field, "string");
    }
    void operator()(const Field& field, const std::optional<std::uint64_t>&) const {
        has_type(field, "integer");
    }
    void operator()(const Field& field, const std::optional<std::uint32_t>&) const {
        has_type(field, "integer");
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& field, const std::optional<std::vector<Enum>>&) const {
        has_type(field, "array");
        const auto words = enum_words<Enum>();
        CHECK(texts_of(document.property(properties, field.name)["items"]["enum"]) ==
              Names(words.begin(), words.end()));
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& field, const std::optional<Enum>&) const {
        has_type(field, "string");
        const auto words = enum_words<Enum>();
        CHECK(texts_of(document.property(properties, field.name)["enum"]) ==
              Names(words.begin(), words.end()));
    }
};

template <class Input>
void compare(const Document& document, const Json& body, bool creates, Names others) {
    const Json& properties = body["properties"];
    CHECK_FALSE(body["additionalProperties"].GetBool());
    Input input;
    const InputSchema schema{document, properties, creates};
    Names required;
    fields::for_each_field(input, [&](const Field& field, const auto& member) {
        CAPTURE(field.name);
        REQUIRE(properties.HasMember(std::string(field.name).c_str()));
        schema(field, member);
        others.emplace(field.name);
        if (creates && field.is_required) required.emplace(field.name);
    });
    CHECK(names_of(properties) == others);
    if (creates) {
        for (const auto& name : required) CHECK(texts_of(body["required"]).count(name) == 1);
    } else {
        CHECK_FALSE(body.HasMember("required"));
    }
}

/// The members of a record's settings are in its answers; secrets are not.
template <class Settings>
void compare_answer(const Document& document, const char* name) {
    const Json& properties = document.schema(name)["properties"];
    const Names always = texts_of(document.schema(name)["required"]);
    const Settings settings;
    fields::for_each_field(settings, [&](const Field& field, const auto& member) {
        CAPTURE(field.name);
        const bool is_secret = std::is_same_v<std::decay_t<decltype(member)>, Secret>;
        const std::string member_name(field.name);
        CHECK(properties.HasMember(member_name.c_str()) == !is_secret);
        CHECK(always.count(member_name) == (is_secret || !field.is_shown_when_empty ? 0 : 1));
    });
}

}  // namespace

TEST_CASE("the API document names the fields of a key with their limits, and no other") {
    const Document document;
    compare<NewStreamKey>(document, document.body_of("/stream-keys", "post"), true,
                          {"broadcaster_id", "incident_id", "until_closed"});
    const Json& patch = document.body_of("/stream-keys/{id}", "patch");
    compare<StreamKeyPatch>(document, patch, false, {"reset"});
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

TEST_CASE("the API document names the fields of a broadcaster with their limits, and no other") {
    const Document document;
    compare<NewBroadcaster>(document, document.body_of("/broadcasters", "post"), true, {});
    compare<BroadcasterPatch>(document, document.body_of("/broadcasters/{id}", "patch"), false, {});
    compare_answer<Broadcaster>(document, "Broadcaster");
}

TEST_CASE("the API document names the fields of a credential with their limits, and no other") {
    const Document document;
    compare<NewApiCredential>(document, document.body_of("/credentials", "post"), true, {});
    const Json& patch = document.body_of("/credentials/{id}", "patch");
    compare<ApiCredentialPatch>(document, patch, false, {"reset"});
    const auto resettable = fields::resettable_credential_fields();
    CHECK(texts_of(patch["properties"]["reset"]["items"]["enum"]) ==
          Names(resettable.begin(), resettable.end()));
}

TEST_CASE("the API document names the fields of an incident with their limits, and no other") {
    const Document document;
    compare<NewIncident>(document, document.body_of("/incidents", "post"), true, {});
    compare<IncidentPatch>(document, document.body_of("/incidents/{id}", "patch"), false, {});
    compare_answer<Incident>(document, "Incident");
}

TEST_CASE("the API document names the fields of a node with their limits, and no other") {
    const Document document;
    compare<NewNode>(document, document.body_of("/nodes", "post"), true, {});
    compare<NodePatch>(document, document.body_of("/nodes/{name}", "patch"), false, {});
    compare_answer<NodeSettings>(document, "Node");
}

}  // namespace rescuestream::server
