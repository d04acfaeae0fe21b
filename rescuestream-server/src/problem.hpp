#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {
enum class PublishRefusal;
}

namespace rescuestream::server {

/// Every kind of problem that the API answers with (RFC 9457).
enum class ProblemKind {
    kInvalidRequest,
    kUnauthorized,
    kNotFound,
    kMethodNotAllowed,
    kRequestTimeout,
    kConflict,
    kPayloadTooLarge,
    kUriTooLong,
    kUnsupportedMediaType,
    kExpectationFailed,
    kTooManyRequests,
    kHeadersTooLarge,
    kInternalError,
    kUnsupported,
    kUnavailable,
    kTimeout,
    kStorageFull,
    kInvalidStreamKey,
    kStreamKeyInUse,
    kStreamKeyRevoked,
    kStreamKeyExpired,
    kStreamKeyDisabled,
    kStreamKeyBlocked,
    kWrongPath,
    kForeignConnection,
    kInvalidPath,
    kPathKeysDenied,
    kSecretPath,
    kUnknownNode,
    kNodeDraining,
    kCredentialRequired,
    kActionNotAllowed,
};

struct ProblemType {
    ProblemKind kind;
    std::string_view slug;  ///< `type` is "/errors/" followed by this.
    int status;
    std::string_view title;
    std::string_view explanation;  ///< The text of the page GET /errors/{slug}.
};

const std::vector<ProblemType>& problem_types();
const ProblemType& problem_type(ProblemKind kind);
/// Returns null when there is no such problem.
const ProblemType* find_problem_type(std::string_view slug);

ProblemKind problem_of(ErrorCode code) noexcept;
ProblemKind problem_of(PublishRefusal refusal) noexcept;

/// Returns the path of a request, percent-encoded, for responses and logs. It may contain a key
/// value.
std::string shown_path(const HttpRequest& request);

/// Returns a problem response. `detail` is one full sentence for a person, without a secret.
HttpResponse problem(const HttpRequest& request, ProblemKind kind, std::string_view detail,
                     const std::vector<FieldError>& fields = {});

/// Returns the problem response for `error`. The error's `detail` is for the log and is left out.
HttpResponse problem(const HttpRequest& request, const Error& error);

/// Returns the page that explains a problem.
std::string problem_page(const ProblemType& type);

}  // namespace rescuestream::server
