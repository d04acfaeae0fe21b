#include "storage/sql/recent_claims.hpp"

namespace rescuestream::sql {
namespace {

// Usually the claims of half a minute. With more, the oldest are dropped earlier.
constexpr std::size_t kMost = 100'000;

}  // namespace

std::optional<RecentClaims::Holder> RecentClaims::enter(const ClaimRequest& request) {
    const std::lock_guard lock(mutex_);
    drop_old(request.claim.claimed_at - request.reservation_timeout);
    Entry& entry = entries_[name_of(request.claim.connection)];
    const bool is_void = entry.under_way == 0 &&
                         (!entry.granted || entry.claimed_at < request.claim.claimed_at -
                                                                   request.reservation_timeout);
    if (is_void) entry = {request.digest, request.claim.claimed_at, 0, false};
    if (entry.digest != request.digest) return Holder{entry.digest, entry.under_way > 0};
    ++entry.under_way;
    return std::nullopt;
}

void RecentClaims::keep(const ClaimRequest& request) {
    const std::lock_guard lock(mutex_);
    const Name name = name_of(request.claim.connection);
    const auto found = entries_.find(name);
    if (found == entries_.end() || found->second.digest != request.digest) return;
    Entry& entry = found->second;
    --entry.under_way;
    entry.granted = true;
    entry.claimed_at = request.claim.claimed_at;
    by_age_.emplace_back(entry.claimed_at, name);
}

void RecentClaims::forget(const ConnectionId& connection, const KeyDigest& digest) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name_of(connection));
    if (found == entries_.end() || found->second.digest != digest) return;
    Entry& entry = found->second;
    if (entry.under_way > 0)
        --entry.under_way;
    else
        entry.granted = false;
    if (entry.under_way == 0 && !entry.granted) entries_.erase(found);
}

void RecentClaims::drop_old(Timestamp before) {
    while (!by_age_.empty() && (by_age_.front().first < before || by_age_.size() > kMost)) {
        const auto& [claimed_at, name] = by_age_.front();
        const auto found = entries_.find(name);
        // A connection that was granted again later has a newer entry.
        if (found != entries_.end() && found->second.claimed_at == claimed_at &&
            found->second.under_way == 0) {
            entries_.erase(found);
        }
        by_age_.pop_front();
    }
}

}  // namespace rescuestream::sql
