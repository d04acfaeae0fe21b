#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rescuestream::server {

/// Name and value; names of a request are in lower case.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// One request, as the routes see it. Knows nothing of the library that carried it.
struct HttpRequest {
    std::string method;
    std::string target;  ///< As it was sent: encoded path and query.
    std::string path;    ///< Decoded; empty when it cannot be decoded.
    std::string query;   ///< Encoded, without `?`.
    Headers headers;
    std::string body;
    std::string remote_address;  ///< IP of the caller; only a trusted proxy can say another.
    bool media_only = false;     ///< Came to the address that is the media server's alone.

    // Filled in on the way to the handler.
    std::string request_id;
    std::string actor;                       ///< Who calls, once that is known.
    std::vector<std::string> path_segments;  ///< What stands for the `{…}` of the route's pattern.

    /// Empty when it is missing, and when it was sent twice: which one would be meant?
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

    /// The path as it was sent, out of `target`.
    std::string_view encoded_path() const noexcept;
    /// Sets `target`, `path` and `query`.
    void set_target(std::string text);
};

struct HttpResponse {
    int status = 200;
    std::string content_type;
    std::string body;
    Headers headers;
    std::string_view auth_decision;  ///< For counting: what became of a question of `/auth`.
};

/// Takes the answer to one request. Called once, from any thread.
using Respond = std::function<void(HttpResponse response)>;

enum class BodyOutcome {
    kComplete,
    kTooLarge,   ///< More than the limit; the rest stays unread.
    kMalformed,  ///< A chunk is not what HTTP says.
    kBroken,     ///< The peer went away, or took too long.
};

/// Where a request's body comes from. Read at most once, after it is known how large it may be.
class BodySource {
public:
    virtual ~BodySource() = default;

    /// There is one, or may be one (its length is not known before it is read).
    virtual bool present() const noexcept = 0;
    virtual BodyOutcome read(std::size_t limit, std::string& out) = 0;
    /// Whoever sent the request has hung up, and will not see the answer.
    virtual bool sender_has_gone() const = 0;
};

}  // namespace rescuestream::server
