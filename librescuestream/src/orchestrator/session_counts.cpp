#include "orchestrator/session_counts.hpp"

#include <algorithm>

namespace rescuestream {

std::vector<SessionLimit> session_limits(const std::vector<PlaybackGrant>& grants) {
    std::vector<SessionLimit> limits;
    for (const auto& grant : grants) {
        if (grant.max_sessions) limits.push_back({grant.id, *grant.max_sessions});
        if (grant.owner_sessions) limits.push_back({grant.owner, *grant.owner_sessions});
    }
    return limits;
}

SessionCounts::Count SessionCounts::count(const SessionLimit& limit) const {
    const auto found = counts_.find(CompactId(limit.name));
    return found == counts_.end() ? Count{} : found->second;
}

bool SessionCounts::permit(const Limits& limits, bool with_clients) const {
    return std::all_of(limits.begin(), limits.end(), [&](const SessionLimit& limit) {
        const Count present = count(limit);
        return present.sessions + (with_clients ? present.clients : 0) < limit.most;
    });
}

bool SessionCounts::exceed(const Limits& limits) const {
    return std::any_of(limits.begin(), limits.end(), [&](const SessionLimit& limit) {
        return count(limit).sessions > limit.most;
    });
}

void SessionCounts::add(const Limits& limits, std::int32_t sessions, std::int32_t clients) {
    if (sessions == 0 && clients == 0) return;
    for (const auto& limit : limits) {
        const auto found = counts_.try_emplace(CompactId(limit.name)).first;
        Count& present = found->second;
        present.sessions += sessions;
        present.clients += clients;
        if (present.sessions == 0 && present.clients == 0) counts_.erase(found);
    }
}

}  // namespace rescuestream
