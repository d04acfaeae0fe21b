#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "http/message.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {
enum class ClaimDecision;
enum class ViewerDecision;
using PublishRefusal = ClaimDecision;
}  // namespace rescuestream

namespace rescuestream::server {

/// Every kind of problem that the API answers with (RFC 9457).
enum class ProblemKind {
    kInvalidRequest,
    kUnauthorized,
    kForbidden,
    kNotFound,
    kMethodNotAllowed,
    kRequestTimeout,
    kConflict,
    kIdempotencyKeyInUse,
    kAnswerLost,
    kIdempotencyKeyReused,
    kPreconditionFailed,
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
    kSecretPath,
    kTokenRequired,
    kTokenRefused,
    kTooManyViewers,
    kActionNotAllowed,
};

/// The reason of a problem response: a kind of problem, or the reason why a publisher is refused.
using ProblemReason = std::variant<ProblemKind, PublishRefusal>;

struct ProblemType {
    ProblemReason kind;
    std::string_view slug;  ///< `type` is "/errors/" followed by this.
    int status;
    std::string_view title;
    std::string_view explanation;  ///< The text of the page GET /errors/{slug}.
};

const std::vector<ProblemType>& problem_types();
const ProblemType& problem_type(const ProblemReason& reason);
/// Returns null when there is no such problem.
const ProblemType* find_problem_type(std::string_view slug);

ProblemKind problem_of(ErrorCode code) noexcept;
/// The problem of a viewer who was refused. It does not say what is wrong with a token: who may
/// know it finds it in GET /refusals.
ProblemKind problem_of(ViewerDecision decision) noexcept;

/// Returns the path of a request, percent-encoded, for responses and logs. It may contain a key
/// value, but never the code of a guest link.
std::string shown_path(const HttpRequest& request);

/// `detail` is one full sentence for a person, without a secret.
HttpResponse problem(const HttpRequest& request, const ProblemReason& reason,
                     std::string_view detail, const std::vector<FieldError>& fields = {});

/// Returns the problem response for `error`. The error's `detail` is for the log and is left out.
HttpResponse problem(const HttpRequest& request, const Error& error);

/// Returns the page that explains a problem.
std::string problem_page(const ProblemType& type);

}  // namespace rescuestream::server
