#pragma once

#include <mutex>
#include <string>
#include <utility>

#include "media/mediamtx/release.hpp"

namespace rescuestream::mediamtx {

/// Remembers which release one media server is, and which spelling of the renamed routes it
/// answers.
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
    /// See Release; false as long as the server has not been asked.
    bool rtsp_ids_agree() const;

    /// Calls `attempt(list)` with the name of the list of `kind`; calls it again with the other
    /// name when the answer was kUnsupported and no spelling has worked yet. Returns the answer
    /// that counts. `attempt` returns a Result.
    template <class Attempt>
    auto with_list(ConnectionKind kind, Attempt&& attempt) {
        return with_name([kind](RouteSpelling spelling) { return list_name(kind, spelling); },
                         attempt);
    }
    /// The same with the name of the settings of paths without an entry of their own.
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
    Release release_;          // its spelling is the one to be tried first
    bool has_worked_ = false;  // that spelling
};

}  // namespace rescuestream::mediamtx
