#pragma once

#include <mutex>
#include <string>
#include <utility>

#include "media/mediamtx/release.hpp"

namespace rescuestream::mediamtx {

/// Remembers the release of one media server, and which spelling of the renamed routes it supports.
///
/// The version determines the spelling that is tried first. If the server does not know a route,
/// the other spelling is tried, and the one that works is used until the server restarts (possibly
/// with another release). Once a spelling has worked, an unknown route means that the protocol is
/// switched off, and the request is not repeated.
///
/// Thread-safety: all methods may be called from any thread.
class RouteNames {
public:
    /// Stores the server's version and start time. If one of them has changed, the spelling is
    /// uncertain again.
    void learn(const MediaServerInfo& info);
    /// See Release; false until the server has been queried.
    bool rtsp_ids_agree() const;

    /// Calls `attempt(list)` with the name of the list of `kind`, and again with the other name if
    /// the result is kUnsupported and no spelling has worked yet. Returns the last result.
    /// `attempt` returns a Result.
    template <class Attempt>
    auto with_list(ConnectionKind kind, Attempt&& attempt) {
        return with_name([kind](RouteSpelling spelling) { return list_name(kind, spelling); },
                         attempt);
    }
    /// The same for the settings of paths without an entry of their own.
    template <class Attempt>
    auto with_path_defaults(Attempt&& attempt) {
        return with_name(path_defaults_name, attempt);
    }

private:
    template <class NameOf, class Attempt>
    auto with_name(NameOf name_of, Attempt& attempt) {
        const auto [spelling, has_worked] = current();
        auto answer = attempt(std::string(name_of(spelling)));
        if (!is_unsupported(answer)) {
            if (is_of_a_route(answer)) remember(spelling);
            return answer;
        }
        if (has_worked) return answer;
        const auto other =
            spelling == RouteSpelling::kJoined ? RouteSpelling::kNested : RouteSpelling::kJoined;
        auto second = attempt(std::string(name_of(other)));
        if (is_of_a_route(second)) remember(other);
        return is_unsupported(second) ? std::move(answer) : std::move(second);
    }

    template <class T>
    static bool is_unsupported(const Result<T>& answer) {
        return !answer && answer.error().code == ErrorCode::kUnsupported;
    }
    /// Returns whether the route exists according to the result. A timeout or a refused credential
    /// does not show that.
    template <class T>
    static bool is_of_a_route(const Result<T>& answer) {
        return answer || answer.error().code == ErrorCode::kNotFound ||
               answer.error().code == ErrorCode::kInvalidArgument;
    }

    std::pair<RouteSpelling, bool> current() const;
    void remember(RouteSpelling spelling);

    mutable std::mutex mutex_;
    Release release_;          // its spelling is tried first
    bool has_worked_ = false;  // whether that spelling has worked
};

}  // namespace rescuestream::mediamtx
