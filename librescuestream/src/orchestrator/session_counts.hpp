#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "rescuestream/playback.hpp"
#include "support/compact_id.hpp"

namespace rescuestream {

/// How many sessions something permits at the same time.
struct SessionLimit {
    std::string name;  ///< Of what: the id of a token, or an owner of tokens.
    std::int64_t most = 0;
};

/// Returns the limits of a viewer's tokens.
std::vector<SessionLimit> session_limits(const std::vector<PlaybackGrant>& grants);

/// Counts the sessions of everything that limits them.
///
/// Sessions are certain. Other clients may become one: an RTSP client asks about its connection
/// first, and one without a name (`User-Agent`) does not tell whether it asks about a connection or
/// a session.
///
/// Thread-safety: none; the owner locks.
class SessionCounts {
public:
    using Limits = std::vector<SessionLimit>;

    /// Returns whether one more session is permitted by all of `limits`.
    bool permit(const Limits& limits, bool with_clients) const;
    /// Returns whether there are more sessions than one of `limits` permits.
    bool exceed(const Limits& limits) const;
    void add(const Limits& limits, std::int32_t sessions, std::int32_t clients);

    std::size_t size() const noexcept { return counts_.size(); }

private:
    struct Count {
        std::int32_t sessions = 0;
        std::int32_t clients = 0;
    };
    Count count(const SessionLimit& limit) const;

    std::unordered_map<CompactId, Count, CompactId::Hash> counts_;  // by SessionLimit::name
};

}  // namespace rescuestream
