#include "body_reader.hpp"

#include <algorithm>

#include "json/document.hpp"
#include "json/writer.hpp"
#include "rescuestream/secret.hpp"
#include "support/text.hpp"

namespace rescuestream::server {

BodyReader::BodyReader(const HttpRequest& request, std::initializer_list<std::string_view> members,
                       Unknown unknown) {
    document_.SetObject();
    if (request.body.empty()) return;
    auto parsed = json::parse(request.body);
    if (!parsed) {
        malformed_ = parsed.error().message;
        return;
    }
    if (!parsed->IsObject()) {
        malformed_ = "The body must be a JSON object.";
        return;
    }
    document_ = *std::move(parsed);
    if (unknown == Unknown::kIgnore) return;
    for (const auto& member : document_.GetObject()) {
        const std::string_view name(member.name.GetString(), member.name.GetStringLength());
        if (std::find(members.begin(), members.end(), name) == members.end()) {
            add(name, "is not a member of this request");
        }
    }
}

const rapidjson::Value* BodyReader::find(const char* name) const {
    const auto member = document_.FindMember(name);
    if (member == document_.MemberEnd() || member->value.IsNull()) return nullptr;
    return &member->value;
}

std::optional<std::string> BodyReader::text(const char* name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->IsString()) {
        add(name, "must be a string");
        return std::nullopt;
    }
    return std::string(value->GetString(), value->GetStringLength());
}

std::string BodyReader::required_text(const char* name) {
    if (find(name) == nullptr) {
        add(name, "is required");
        return {};
    }
    return text(name).value_or("");
}

std::optional<Uuid> BodyReader::uuid(const char* name) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    const auto id = Uuid::parse(*given);
    if (!id) add(name, "must be a UUID");
    return id;
}

Uuid BodyReader::required_uuid(const char* name) {
    if (find(name) == nullptr) {
        add(name, "is required");
        return {};
    }
    return uuid(name).value_or(Uuid{});
}

std::optional<Timestamp> BodyReader::time(const char* name) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    const auto time = parse_rfc3339(*given);
    if (!time) add(name, "must be a time like 2026-01-17T10:00:00Z (RFC 3339)");
    return time;
}

std::optional<JsonObject> BodyReader::object(const char* name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->IsObject()) {
        add(name, "must be a JSON object");
        return std::nullopt;
    }
    rapidjson::StringBuffer buffer;
    json::Writer writer(buffer);
    value->Accept(writer);
    auto object = JsonObject::parse({buffer.GetString(), buffer.GetSize()});
    if (!object) add(name, "must be at most 16 KiB and 32 levels deep");
    return object;
}

void BodyReader::add(std::string_view name, std::string detail) {
    // RFC 6901: "~" and "/" have a meaning in a pointer.
    std::string pointer = "/";
    for (const char c : name) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer += c;
        }
    }
    errors_.push_back({std::move(pointer), std::move(detail)});
}

std::optional<HttpResponse> BodyReader::failure() const {
    if (!malformed_.empty()) return problem_response(Problem::kInvalidRequest, malformed_);
    if (errors_.empty()) return std::nullopt;
    std::string detail = "The request is not valid: ";
    for (std::size_t i = 0; i < errors_.size(); ++i) {
        if (i > 0) detail += "; ";
        detail += errors_[i].pointer.substr(1) + " " + errors_[i].detail;
    }
    return problem_response(Problem::kInvalidRequest, detail + ".", errors_);
}

}  // namespace rescuestream::server
