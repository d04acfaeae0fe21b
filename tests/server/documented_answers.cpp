#include "documented_answers.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>

#include "openapi.hpp"
#include "routes/table.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using Value = rapidjson::Value;

/// openapi.yaml as the server serves it.
const rapidjson::Document& document() {
    static const rapidjson::Document parsed = json::parse(openapi_json()).value();
    return parsed;
}

const Value& resolved(const Value& value) {
    const Value* current = &value;
    while (current->HasMember("$ref")) {
        std::string target = (*current)["$ref"].GetString();
        current = &document();
        REQUIRE(target.starts_with("#/"));
        for (std::size_t start = 2; start < target.size();) {
            const std::size_t end = std::min(target.find('/', start), target.size());
            current = &(*current)[target.substr(start, end - start).c_str()];
            start = end + 1;
        }
    }
    return *current;
}

bool is_of_type(std::string_view type, const Value& value) {
    if (type == "null") return value.IsNull();
    if (type == "object") return value.IsObject();
    if (type == "array") return value.IsArray();
    if (type == "string") return value.IsString();
    if (type == "boolean") return value.IsBool();
    if (type == "integer") return value.IsInt64() || value.IsUint64();
    return type == "number" && value.IsNumber();
}

std::string mismatch(const Value& reference, const Value& value, const std::string& pointer);

std::string mismatch_of_object(const Value& schema, const Value& value,
                               const std::string& pointer) {
    if (schema.HasMember("required")) {
        for (const auto& name : schema["required"].GetArray()) {
            if (!value.HasMember(name)) return pointer + "/" + name.GetString() + " is missing";
        }
    }
    for (const auto& member : value.GetObject()) {
        const std::string below = pointer + "/" + member.name.GetString();
        const Value* described = nullptr;
        if (schema.HasMember("properties") && schema["properties"].HasMember(member.name)) {
            described = &schema["properties"][member.name];
        } else if (schema.HasMember("additionalProperties")) {
            const Value& others = schema["additionalProperties"];
            if (others.IsFalse()) return below + " is not described";
            if (others.IsObject()) described = &others;
        }
        if (described == nullptr) continue;
        if (auto found = mismatch(*described, member.value, below); !found.empty()) return found;
    }
    return {};
}

/// Returns the first thing in `value` that the schema does not permit; "" if there is none.
std::string mismatch(const Value& reference, const Value& value, const std::string& pointer) {
    const Value& schema = resolved(reference);
    if (schema.HasMember("oneOf")) {
        std::string found;
        for (const auto& option : schema["oneOf"].GetArray()) {
            found = mismatch(option, value, pointer);
            if (found.empty()) return {};
        }
        return found;
    }
    if (schema.HasMember("type")) {
        const Value& type = schema["type"];
        bool is_expected = type.IsString() && is_of_type(type.GetString(), value);
        if (type.IsArray()) {
            for (const auto& one : type.GetArray()) {
                is_expected = is_expected || is_of_type(one.GetString(), value);
            }
        }
        if (!is_expected) return pointer + " has another type";
    }
    if (schema.HasMember("enum")) {
        const auto& words = schema["enum"].GetArray();
        if (std::find(words.begin(), words.end(), value) == words.end()) {
            return pointer + " has a value that is not described";
        }
    }
    if (value.IsArray() && schema.HasMember("items")) {
        for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
            auto found = mismatch(schema["items"], value[i], pointer + "/" + std::to_string(i));
            if (!found.empty()) return found;
        }
    }
    return value.IsObject() ? mismatch_of_object(schema, value, pointer) : std::string{};
}

/// `default` stands for 5xx, and for requests whose head or body cannot be read: those statuses
/// are the same for every route.
bool may_be_default(std::string_view method, int status) {
    if (status >= 500) return true;
    if (status == 413 || status == 415) return method == "get";
    return status == 408 || status == 414 || status == 417 || status == 431;
}

/// Returns what of the answer the document does not describe; "" if all of it is described.
std::string undocumented(std::string_view pattern, const std::string& method, bool has_body,
                         const Reply& reply) {
    const Value& operation = document()["paths"][std::string(pattern).c_str()][method.c_str()];
    const Value& responses = operation["responses"];
    const std::string status = std::to_string(reply.status());
    const bool is_named = responses.HasMember(status.c_str());
    if (!is_named && (!may_be_default(method, reply.status()) || !responses.HasMember("default"))) {
        return "the status is not described";
    }
    const Value& response = resolved(responses[is_named ? status.c_str() : "default"]);
    if (!response.HasMember("content")) {
        return reply.response.body.empty() ? "" : "a body is not described";
    }
    const std::string& full = reply.response.content_type;
    const std::string type = full.substr(0, full.find(';'));
    if (!response["content"].HasMember(type.c_str())) return "the type " + type;
    // A body of several lines has no schema.
    const bool is_json = type.ends_with("json") && !type.ends_with("ndjson");
    if (!has_body || !is_json) return {};
    return mismatch(response["content"][type.c_str()]["schema"], reply.json, "");
}

}  // namespace

void expect_documented(const std::string& method, const std::string& path, const Reply& reply) {
    const RouteMatch match = find_route(api_routes(), method, path);
    if (match.route == nullptr) return;
    std::string name(match.route->method);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const std::string missing = undocumented(match.route->pattern, name, method != "HEAD", reply);
    if (missing.empty()) return;
    FAIL_CHECK("openapi.yaml: " << match.route->method << " " << match.route->pattern << " "
                                << reply.status() << ": " << missing);
}

}  // namespace rescuestream::server::testing
