#include "problem.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "json/writer.hpp"
#include "rescuestream/guest_links.hpp"
#include "rescuestream/playback.hpp"
#include "rescuestream/publishing.hpp"
#include "rescuestream/refused_attempts.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/unreadable_row.hpp"
#include "support/text.hpp"
#include "support/url.hpp"

namespace rescuestream::server {

const std::vector<ProblemType>& problem_types() {
    using Kind = ProblemKind;
    using Refusal = PublishRefusal;
    static const std::vector<ProblemType> types{
        {Kind::kInvalidRequest, "invalid-request", 400, "Invalid Request",
         "Something in the path, the query, a header or the body is wrong. `errors` names every "
         "wrong member. Nothing was changed. Correct it and send it again."},
        {Kind::kUnauthorized, "unauthorized", 401, "Unauthorized",
         "The credential is missing, malformed, out of date or wrong. Send it as Authorization: "
         "Bearer or in X-API-Key, or sign the request (X-API-Key, X-Timestamp, X-Signature)."},
        {Kind::kForbidden, "forbidden", 403, "Forbidden",
         "The credential is valid, but does not permit this. `detail` says what it lacks: a scope, "
         "an address from which it may be used, or the right to more than its own broadcasters."},
        {Kind::kNotFound, "not-found", 404, "Not Found",
         "The route does not exist, or there is no record with this id."},
        {Kind::kMethodNotAllowed, "method-not-allowed", 405, "Method Not Allowed",
         "The path does not support this method: the header Allow lists those that it supports."},
        {Kind::kRequestTimeout, "request-timeout", 408, "Request Timeout",
         "The request did not arrive in time, or is incomplete. Nothing was changed."},
        {Kind::kConflict, "conflict", 409, "Conflict",
         "The request is well formed, but the current state does not permit it. `detail` says what "
         "to do."},
        {Kind::kIdempotencyKeyInUse, "idempotency-key-in-use", 409, "Idempotency Key In Use",
         "An equal request with this Idempotency-Key is being carried out. Retry-After says when "
         "to "
         "send it again; then it is answered as the first one."},
        {Kind::kAnswerLost, "answer-lost", 409, "Answer Lost",
         "An equal request with this Idempotency-Key was carried out, but its answer is not known, "
         "because the server or its database stopped before it was stored. The change was made "
         "once. "
         "`detail` names what was changed."},
        {Kind::kIdempotencyKeyReused, "idempotency-key-reused", 422, "Idempotency Key Reused",
         "Within 24 hours another request to this route has used this Idempotency-Key, with "
         "another "
         "body or for another record. Nothing was changed. Use a new key for each request."},
        {Kind::kPreconditionFailed, "precondition-failed", 412, "Precondition Failed",
         "The record was changed after the caller had read it: it no longer has the version of the "
         "ETag in If-Match. Nothing was changed. Read the record again, decide again, and send the "
         "change with the new ETag."},
        {Kind::kPayloadTooLarge, "payload-too-large", 413, "Payload Too Large",
         "The body is larger than the route accepts: 64 KiB for the routes of the media server, "
         "1 MiB for the others."},
        {Kind::kUriTooLong, "uri-too-long", 414, "URI Too Long",
         "Path and query have more than 8192 bytes."},
        {Kind::kUnsupportedMediaType, "unsupported-media-type", 415, "Unsupported Media Type",
         "A body must be JSON, with Content-Type application/json and without Content-Encoding."},
        {Kind::kExpectationFailed, "expectation-failed", 417, "Expectation Failed",
         "The request has an Expect header that is not 100-continue."},
        {Kind::kTooManyRequests, "too-many-requests", 429, "Too Many Requests",
         "This caller has sent too many requests, or too many wrong credentials. The header "
         "Retry-After says when to continue."},
        {Kind::kHeadersTooLarge, "headers-too-large", 431, "Request Header Fields Too Large",
         "The head of the request has more than 16 KiB or more than 100 headers."},
        {Kind::kInternalError, "internal-error", 500, "Internal Server Error",
         "The server has a defect or wrong settings. Its log contains the details under the "
         "request_id."},
        {Kind::kUnsupported, "unsupported", 501, "Not Supported",
         "The media server or the database cannot do this: it may be too old."},
        {Kind::kUnavailable, "unavailable", 503, "Service Unavailable",
         "The database cannot be reached or is overloaded. Nothing was written. Try again. If the "
         "request withdraws a permission, `detail` says what this server has done nevertheless."},
        {Kind::kTimeout, "timeout", 504, "Timeout",
         "The database did not answer in time. Whether the change was made is unknown: check "
         "before you repeat it."},
        {Kind::kStorageFull, "storage-full", 507, "Insufficient Storage",
         "The disk of the database is full, its quota is used up, or it has become read-only. "
         "Nothing was written. Free some space: the server continues by itself within seconds. If "
         "the request withdraws a permission, `detail` says what this server has done "
         "nevertheless, and will write later."},
        {Refusal::kUnknownKey, "invalid-stream-key", 401, "Invalid Stream Key",
         explain_refusal(to_string(Refusal::kUnknownKey))},
        {Refusal::kInUse, "stream-key-in-use", 401, "Stream Key In Use",
         explain_refusal(to_string(Refusal::kInUse))},
        {Refusal::kPathInUse, "path-in-use", 401, "Path In Use",
         explain_refusal(to_string(Refusal::kPathInUse))},
        {Refusal::kRevoked, "stream-key-revoked", 401, "Stream Key Revoked",
         explain_refusal(to_string(Refusal::kRevoked))},
        {Refusal::kExpired, "stream-key-expired", 401, "Stream Key Expired",
         explain_refusal(to_string(Refusal::kExpired))},
        {Refusal::kDisabled, "stream-key-disabled", 401, "Stream Key Disabled",
         explain_refusal(to_string(Refusal::kDisabled))},
        {Refusal::kBlocked, "stream-key-blocked", 401, "Stream Key Blocked",
         explain_refusal(to_string(Refusal::kBlocked))},
        {Refusal::kWrongPath, "wrong-path", 401, "Wrong Path",
         explain_refusal(to_string(Refusal::kWrongPath))},
        {Refusal::kAddressNotAllowed, "address-not-allowed", 401, "Address Not Allowed",
         explain_refusal(to_string(Refusal::kAddressNotAllowed))},
        {Refusal::kProtocolNotAllowed, "protocol-not-allowed", 401, "Protocol Not Allowed",
         explain_refusal(to_string(Refusal::kProtocolNotAllowed))},
        {Refusal::kNotYetValid, "stream-key-not-yet-valid", 401, "Stream Key Not Yet Valid",
         explain_refusal(to_string(Refusal::kNotYetValid))},
        {Refusal::kForeignConnection, "foreign-connection", 401, "Foreign Connection",
         explain_refusal(to_string(Refusal::kForeignConnection))},
        {Refusal::kInvalidPath, "invalid-path", 401, "Invalid Path",
         explain_refusal(to_string(Refusal::kInvalidPath))},
        {Refusal::kPathKeysDenied, "path-keys-denied", 401, "Key As Path Denied",
         explain_refusal(to_string(Refusal::kPathKeysDenied))},
        {Kind::kSecretPath, "secret-path", 401, "Secret Path", explain_refusal("secret_path")},
        {Kind::kTokenRequired, "playback-token-required", 401, "Playback Token Required",
         explain_refusal("token_required")},
        {Kind::kTokenRefused, "playback-token-refused", 401, "Playback Token Refused",
         "The playback token, or one of several in the request, does not permit this: it is not a "
         "token of this installation, has expired or was revoked, or was made for another path, "
         "address or protocol. Ask for a new one. An administrator sees the reason in GET "
         "/refusals."},
        {Kind::kTooManyViewers, "too-many-viewers", 401, "Too Many Viewers",
         explain_refusal("token_in_use")},
        {Refusal::kUnknownNode, "unknown-node", 401, "Unknown Node",
         explain_refusal(to_string(Refusal::kUnknownNode))},
        {Refusal::kNodeDraining, "node-draining", 401, "Node Draining",
         explain_refusal(to_string(Refusal::kNodeDraining))},
        {Refusal::kHelperNotLocal, "helper-not-local", 401, "Helper Not Local",
         explain_refusal(to_string(Refusal::kHelperNotLocal))},
        {Refusal::kHelperPath, "helper-path", 401, "Helper Path",
         explain_refusal(to_string(Refusal::kHelperPath))},
        {Refusal::kKeyMisplaced, "key-misplaced", 401, "Key Misplaced",
         explain_refusal(to_string(Refusal::kKeyMisplaced))},
        {Refusal::kNoCredential, "credential-required", 401, "Credential Required",
         explain_refusal(to_string(Refusal::kNoCredential))},
        {Kind::kActionNotAllowed, "action-not-allowed", 401, "Action Not Allowed",
         "The media server's own interfaces accept only their own credential (MEDIAMTX_API_USER "
         "and MEDIAMTX_API_PASSWORD)."},
    };
    return types;
}

const ProblemType& problem_type(const ProblemReason& reason) {
    const auto& types = problem_types();
    const auto found = std::find_if(types.begin(), types.end(),
                                    [&](const ProblemType& type) { return type.kind == reason; });
    // A test fails when a reason has no row.
    return found == types.end() ? problem_type(ProblemKind::kInternalError) : *found;
}

const ProblemType* find_problem_type(std::string_view slug) {
    for (const auto& type : problem_types()) {
        if (type.slug == slug) return &type;
    }
    return nullptr;
}

ProblemKind problem_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::kInvalidArgument:
            return ProblemKind::kInvalidRequest;
        case ErrorCode::kNotFound:
            return ProblemKind::kNotFound;
        case ErrorCode::kForbidden:
            return ProblemKind::kForbidden;
        case ErrorCode::kConflict:
            return ProblemKind::kConflict;
        case ErrorCode::kChangedMeanwhile:
            return ProblemKind::kPreconditionFailed;
        case ErrorCode::kUnavailable:
            return ProblemKind::kUnavailable;
        case ErrorCode::kTimeout:
            return ProblemKind::kTimeout;
        case ErrorCode::kStorageFull:
            return ProblemKind::kStorageFull;
        case ErrorCode::kUnsupported:
            return ProblemKind::kUnsupported;
        // The server's own credential was refused: the caller cannot change that.
        case ErrorCode::kUnauthorized:
        case ErrorCode::kInternal:
            return ProblemKind::kInternalError;
    }
    return ProblemKind::kInternalError;
}

ProblemKind problem_of(ViewerDecision decision) noexcept {
    switch (decision) {
        case ViewerDecision::kSecretPath:
            return ProblemKind::kSecretPath;
        case ViewerDecision::kTokenRequired:
            return ProblemKind::kTokenRequired;
        case ViewerDecision::kTokenInUse:
        case ViewerDecision::kViewersFull:
            return ProblemKind::kTooManyViewers;
        case ViewerDecision::kAccepted:
        case ViewerDecision::kTooManyTokens:
        case ViewerDecision::kTokenInvalid:
        case ViewerDecision::kTokenRevoked:
        case ViewerDecision::kTokenExpired:
        case ViewerDecision::kTokenNotYetValid:
        case ViewerDecision::kTokenWrongPath:
        case ViewerDecision::kTokenWrongAddress:
        case ViewerDecision::kTokenWrongProtocol:
            return ProblemKind::kTokenRefused;
    }
    return ProblemKind::kTokenRefused;
}

std::string shown_path(const HttpRequest& request) {
    if (request.path.starts_with(kGuestPath)) return std::string(kGuestPath) + "***";
    // It is encoded again, so that a log that repeats it cannot be corrupted by what it contains.
    if (!request.path.empty()) return percent_encode(request.path, "/");
    return percent_encode(std::string_view(request.target).substr(0, request.target.find('?')),
                          "/%");
}

HttpResponse problem(const HttpRequest& request, const ProblemReason& reason,
                     std::string_view detail, const std::vector<FieldError>& fields) {
    const ProblemType& type = problem_type(reason);
    rapidjson::StringBuffer buffer;
    json::Writer writer(buffer);
    writer.StartObject();
    json::member(writer, "type", std::string("/errors/").append(type.slug));
    json::member(writer, "title", type.title);
    writer.Key("status");
    writer.Int(type.status);
    // One sentence for a person; the pointers below are exact and for programs.
    json::member(writer, "detail", escape_unprintable(redact_key_values(detail)));
    json::member(writer, "instance", redact_key_values(shown_path(request)));
    json::member(writer, "request_id", request.request_id);
    if (!fields.empty()) {
        writer.Key("errors");
        writer.StartArray();
        for (const auto& field : fields) {
            writer.StartObject();
            json::member(writer, "pointer", redact_key_values(field.pointer));
            json::member(writer, "detail", escape_unprintable(redact_key_values(field.detail)));
            writer.EndObject();
        }
        writer.EndArray();
    }
    writer.EndObject();

    HttpResponse response;
    response.status = type.status;
    response.content_type = "application/problem+json";
    response.body.assign(buffer.GetString(), buffer.GetSize());
    if (reason == ProblemReason(ProblemKind::kUnavailable))
        response.headers.emplace_back("Retry-After", "1");
    return response;
}

HttpResponse problem(const HttpRequest& request, const Error& error) {
    const ProblemKind kind = problem_of(error.code);
    if (kind == ProblemKind::kInternalError && !is_about_unreadable_row(error)) {
        return problem(request, kind,
                       "The server could not do this. Its log contains the details under the "
                       "request id.");
    }
    return problem(request, kind, error.message, error.fields);
}

std::string problem_page(const ProblemType& type) {
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{0}</title>"
        "</head>\n<body>\n<h1>{0}</h1>\n<p>{1}</p>\n<p>Status {2}, type "
        "<code>/errors/{3}</code></p>\n</body>\n</html>\n",
        type.title, type.explanation, type.status, type.slug);
}

}  // namespace rescuestream::server
