#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rescuestream {
struct ApiCredential;
}

namespace rescuestream::server {

/// Names and values. Names in a request are in lower case.
using Headers = std::vector<std::pair<std::string, std::string>>;

using SharedBody = std::shared_ptr<const std::string>;

/// One request, as the routes see it, independent of the library that received it.
struct HttpRequest {
    std::string method;
    std::string target;  ///< As it was sent: the encoded path and query.
    std::string path;    ///< Decoded; empty when it cannot be decoded.
    std::string query;   ///< Encoded, without `?`.
    Headers headers;
    std::string body;
    /// IP of the caller; only a trusted proxy can name another one than its own.
    std::string remote_address;
    bool media_only = false;  ///< True if it came to the media server's own listener.

    // Set by the filters on the way to the handler.
    std::string request_id;
    std::string actor;  ///< The caller, once it is authenticated.
    /// The credential of the caller; null: it has the rights of the shared secret.
    std::shared_ptr<const ApiCredential> credential;
    std::string csrf_token;                  ///< Of the session, if the caller has one.
    std::vector<std::string> path_segments;  ///< The values of the `{…}` in the route's pattern.
    std::string reservation;                 ///< With an Idempotency-Key: what its change marks.
    std::vector<std::string> if_match;       ///< The versions of If-Match; none: any version.

    /// Returns the value of a header. Returns nothing when it is missing or was sent twice, which
    /// is ambiguous.
    std::optional<std::string_view> header(std::string_view lower_case_name) const noexcept {
        std::optional<std::string_view> found;
        for (const auto& [name, value] : headers) {
            if (name != lower_case_name) continue;
            if (found) return std::nullopt;
            found = value;
        }
        return found;
    }
    bool has_header(std::string_view lower_case_name) const noexcept {
        for (const auto& [name, value] : headers) {
            if (name == lower_case_name) return true;
        }
        return false;
    }

    /// Returns the path as it was sent, from `target`.
    std::string_view encoded_path() const noexcept;
    /// Sets `target`, `path` and `query`.
    void set_target(std::string text);
};

struct HttpResponse {
    int status = 200;
    std::string content_type;
    std::string body;
    /// A body that several responses share, instead of `body`; null: there is none. It is sent
    /// without being copied.
    SharedBody shared_body;
    Headers headers;
    std::string_view auth_decision;  ///< The outcome of an `/auth` request, for the metrics.

    const std::string& content() const noexcept { return shared_body ? *shared_body : body; }
};

/// Receives the response to one request. It is called once, from any thread.
using Respond = std::function<void(HttpResponse response)>;

enum class BodyOutcome {
    kComplete,
    kTooLarge,   ///< It is larger than the limit; the remainder stays unread.
    kMalformed,  ///< A chunk is malformed.
    kBroken,     ///< The peer closed the connection, or took too long.
};

/// The source of a request's body. The body is read at most once, after its size limit is known.
class BodySource {
public:
    virtual ~BodySource() = default;

    /// Returns whether there is a body, or may be one (its length is not known before it is read).
    virtual bool present() const noexcept = 0;
    virtual BodyOutcome read(std::size_t limit, std::string& out) = 0;
    /// Returns whether the sender has closed the connection and will not see the response.
    virtual bool sender_has_gone() const = 0;
};

}  // namespace rescuestream::server
