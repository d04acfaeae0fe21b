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

/// Every kind of problem that the interface answers with (RFC 9457).
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
    std::string_view slug;  ///< `type` is "/errors/" and this.
    int status;
    std::string_view title;
    std::string_view explanation;  ///< What the page GET /errors/{slug} says.
};

const std::vector<ProblemType>& problem_types();
const ProblemType& problem_type(ProblemKind kind);
/// Null: no such problem.
const ProblemType* find_problem_type(std::string_view slug);

ProblemKind problem_of(ErrorCode code) noexcept;
ProblemKind problem_of(PublishRefusal refusal) noexcept;

/// The path of a request, percent-encoded: for answers and logs. May hold a key value.
std::string shown_path(const HttpRequest& request);

/// `detail` is one full sentence for a person, without a secret.
HttpResponse problem(const HttpRequest& request, ProblemKind kind, std::string_view detail,
                     const std::vector<FieldError>& fields = {});

/// What a client may know of `error`. Its `detail` is for the log and stays out.
HttpResponse problem(const HttpRequest& request, const Error& error);

/// The page that explains a problem.
std::string problem_page(const ProblemType& type);

}  // namespace rescuestream::server
