#include "problem.hpp"

#include <fmt/format.h>

#include <string>

#include "json/document.hpp"

namespace rescuestream::cli {
namespace {

ErrorCode code_of(int status) noexcept {
    switch (status) {
        case 400:
        case 413:
        case 415:
        case 422:
            return ErrorCode::kInvalidArgument;
        case 401:
            return ErrorCode::kUnauthorized;
        case 403:
            return ErrorCode::kForbidden;
        case 404:
            return ErrorCode::kNotFound;
        case 409:
            return ErrorCode::kConflict;
        case 412:
            return ErrorCode::kChangedMeanwhile;
        case 405:
        case 501:
            return ErrorCode::kUnsupported;
        case 429:
        case 502:
        case 503:
            return ErrorCode::kUnavailable;
        case 504:
            return ErrorCode::kTimeout;
        case 507:
            return ErrorCode::kStorageFull;
        default:
            return ErrorCode::kInternal;
    }
}

std::string text_member(const rapidjson::Value& object, const char* name) {
    const auto found = object.FindMember(name);
    if (found == object.MemberEnd() || !found->value.IsString()) return "";
    return {found->value.GetString(), found->value.GetStringLength()};
}

}  // namespace

Error problem_error(const HttpReply& reply) {
    Error error;
    error.code = code_of(reply.status);
    error.message = fmt::format("The server answered with status {}.", reply.status);
    if (!reply.content_type.starts_with("application/problem+json")) {
        // Other problem types may come from a proxy in front of the server.
        if (reply.status >= 400 && reply.status != 404) return error;
        error.code = ErrorCode::kUnavailable;
        error.message = fmt::format(
            "The program that answers there is not rescuestream-server (status {}): is it the "
            "right address?",
            reply.status);
        return error;
    }
    const auto document = json::parse(reply.body);
    if (!document || !document->IsObject()) return error;
    if (auto detail = text_member(*document, "detail"); !detail.empty()) {
        error.message = std::move(detail);
    }
    if (const auto id = text_member(*document, "request_id"); !id.empty()) {
        error.detail = "request " + id;
    }
    const auto errors = document->FindMember("errors");
    if (errors == document->MemberEnd() || !errors->value.IsArray()) return error;
    for (const auto& field : errors->value.GetArray()) {
        if (!field.IsObject()) continue;
        error.fields.push_back({text_member(field, "pointer"), text_member(field, "detail")});
    }
    return error;
}

}  // namespace rescuestream::cli
