#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/refused_attempts.hpp"

namespace rescuestream {

/// Refused questions of RTSP connections that had no credential. An RTSP client asks without one
/// first, is refused, and asks again with its credential. So the first question counts only if no
/// other question of the connection follows soon.
///
/// Thread-safety: none.
class FirstQuestions {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds kPatience{5};
    static constexpr std::size_t kPlaces = 256;

    /// Keeps a question. If there is no place, returns the oldest one, which counts then.
    std::optional<RefusedQuestion> keep(RefusedQuestion question, SteadyTime now);
    /// Forgets the question of a connection that has asked again. Returns whether there was one.
    bool forget(const ConnectionId& connection);
    /// Removes and returns the questions that nothing has followed.
    std::vector<RefusedQuestion> take_overdue(SteadyTime now);
    std::size_t size() const noexcept { return by_time_.size(); }

private:
    using ByTime = std::multimap<SteadyTime, RefusedQuestion>;

    RefusedQuestion remove(ByTime::iterator place);

    ByTime by_time_;
    std::map<ConnectionId, ByTime::iterator> by_connection_;
};

}  // namespace rescuestream
