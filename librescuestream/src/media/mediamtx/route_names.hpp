#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "rescuestream/media_server.hpp"

namespace rescuestream::mediamtx {

/// How a MediaMTX spells the routes of its connection lists.
enum class RouteSpelling {
    kJoined,  ///< `/v3/rtmpconns/list`: the only names before v1.21, aliases in v1.21.
    kNested,  ///< `/v3/rtmp/conns/list`: since v1.21.
};

/// The part of the URL that names the list of `kind`, for example "rtmpconns" or "rtmp/conns".
/// Source: MediaMTX api/openapi.yaml of v1.20 and of v1.21.
std::string_view list_name(ConnectionKind kind, RouteSpelling spelling) noexcept;

/// The spelling that a release of this version is expected to answer, for example "v1.20.1". A
/// version that cannot be read counts as an old one.
RouteSpelling expected_spelling(std::string_view version) noexcept;

/// Remembers which spelling one media server answers.
///
/// The version gives the first guess. A route that the server does not know is asked for by its
/// other name, and what worked is used from then on, until the server restarts (it may be another
/// release by then). Once a spelling has worked, an unknown route means that the protocol is
/// switched off, and nothing is asked twice.
///
/// Thread-safety: all methods may be called from any thread.
class RouteNames {
public:
    /// Takes note of what the server said of itself. Another start or another version than before
    /// makes the spelling a guess again.
    void learn(const MediaServerInfo& info);

    /// Calls `attempt(list)` with the name of the list of `kind`; calls it again with the other
    /// name when the answer was kUnsupported and no spelling has worked yet. Returns the answer
    /// that counts. `attempt` returns a Result.
    template <class Attempt>
    auto with_list(ConnectionKind kind, Attempt&& attempt) {
        const auto [spelling, has_worked] = current();
        auto answer = attempt(std::string(list_name(kind, spelling)));
        if (!is_unsupported(answer)) {
            if (is_of_a_route(answer)) remember(spelling);
            return answer;
        }
        if (has_worked) return answer;
        const auto other =
            spelling == RouteSpelling::kJoined ? RouteSpelling::kNested : RouteSpelling::kJoined;
        auto second = attempt(std::string(list_name(kind, other)));
        if (is_of_a_route(second)) remember(other);
        return is_unsupported(second) ? std::move(answer) : std::move(second);
    }

private:
    template <class T>
    static bool is_unsupported(const Result<T>& answer) {
        return !answer && answer.error().code == ErrorCode::kUnsupported;
    }
    /// Whether the answer came from a handler behind the route: a timeout or a refused credential
    /// says nothing about the name.
    template <class T>
    static bool is_of_a_route(const Result<T>& answer) {
        return answer || answer.error().code == ErrorCode::kNotFound ||
               answer.error().code == ErrorCode::kInvalidArgument;
    }

    std::pair<RouteSpelling, bool> current() const;
    void remember(RouteSpelling spelling);

    mutable std::mutex mutex_;
    std::optional<MediaServerInfo> info_;
    RouteSpelling spelling_ = RouteSpelling::kJoined;
    bool has_worked_ = false;
};

}  // namespace rescuestream::mediamtx
