#include "rules/path.hpp"

#include <algorithm>
#include <tuple>

#include "rules/claim.hpp"

namespace rescuestream::rules {
namespace {

bool is_silent(const Claim& claim, const ClaimRequest& request) noexcept {
    return claim.stalled_since &&
           request.claim.claimed_at - *claim.stalled_since >= request.stale_after;
}

// Two keys of the same priority; `held` has the path.
bool refuses_equal(const StreamKey& key, const Claim& held, const ClaimRequest& request) noexcept {
    switch (key.policies.on_duplicate.value_or(request.default_on_duplicate)) {
        case OnDuplicate::kTakeover:
            return false;
        case OnDuplicate::kRejectIfHealthy:
            return !is_silent(held, request);
        case OnDuplicate::kReject:
            return true;
    }
    return true;
}

bool is_of(const Session& session, const ConnectionId& connection) noexcept {
    if (connection.empty()) return false;
    return (session.claim && session.claim->connection == connection) ||
           (session.stream && session.stream->source_id == connection);
}

bool is_delivering(const Session& session, Timestamp now) noexcept {
    const auto& claim = session.claim;
    const auto& stream = session.stream;
    return claim && claim->live && !claim->stalled_since && stream &&
           stream->state == StreamState::kLive && stream->source_id == claim->connection &&
           !session.pending_end && session.key.is_usable_at(now) && !session.key.is_blocked_at(now);
}

}  // namespace

Sharing may_share(const StreamKey& member, const StreamKey& newcomer) noexcept {
    if (member.broadcaster_id != newcomer.broadcaster_id) return Sharing::kOtherBroadcaster;
    if (!member.policies.priority) return Sharing::kMemberHasNone;
    return newcomer.policies.priority ? Sharing::kPermitted : Sharing::kNewcomerHasNone;
}

void sort_by_priority(std::vector<Session>& sessions) {
    std::sort(sessions.begin(), sessions.end(), [](const Session& a, const Session& b) {
        const auto first = priority_of(a.key.policies);
        const auto second = priority_of(b.key.policies);
        if (first != second) return first > second;
        return std::tie(a.key.created_at, a.key.id) < std::tie(b.key.created_at, b.key.id);
    });
}

bool refuses_claim(const Session& other, const StreamKey& wanted,
                   const ClaimRequest& request) noexcept {
    const auto& held = other.claim;
    if (other.key.id == wanted.id || !held ||
        is_void(*held, request.claim.claimed_at, request.reservation_timeout)) {
        return false;
    }
    const auto theirs = priority_of(other.key.policies);
    const auto ours = priority_of(wanted.policies);
    if (theirs == ours) return refuses_equal(other.key, *held, request);
    return theirs > ours && !is_silent(*held, request);
}

bool is_cut_off_by_grant(const Session& other, const StreamKey& claimed) noexcept {
    if (other.key.id == claimed.id || !other.claim || other.claim->live) return false;
    if (priority_of(other.key.policies) > priority_of(claimed.policies)) return false;
    return !other.stream || other.stream->state != StreamState::kLive;
}

bool is_displaced(const Session& other, const Session& holder, Timestamp now) noexcept {
    if (other.key.id == holder.key.id || !is_delivering(holder, now)) return false;
    const bool ends_already = other.pending_end.has_value();
    if (!other.claim && (!other.stream || ends_already)) return false;
    const auto theirs = priority_of(other.key.policies);
    const auto ours = priority_of(holder.key.policies);
    if (theirs != ours) return theirs < ours;
    return !other.claim || std::tie(other.claim->claimed_at, other.key.id) <
                               std::tie(holder.claim->claimed_at, holder.key.id);
}

const Session* session_of_source(const std::vector<Session>& sessions,
                                 const SourceAvailable& source, Timestamp now) noexcept {
    if (sessions.size() == 1) return &sessions.front();
    const auto find = [&](auto is_it) -> const Session* {
        const auto found = std::find_if(sessions.begin(), sessions.end(), is_it);
        return found == sessions.end() ? nullptr : &*found;
    };
    if (const auto* own =
            find([&](const Session& each) { return is_of(each, source.connection); })) {
        return own;
    }
    if (const auto* waits =
            find([&](const Session& each) { return is_expected(each, source, now); })) {
        return waits;
    }
    if (const auto* live =
            find([](const Session& each) { return each.claim && each.claim->live; })) {
        return live;
    }
    const auto highest =
        std::max_element(sessions.begin(), sessions.end(), [](const Session& a, const Session& b) {
            return priority_of(a.key.policies) < priority_of(b.key.policies);
        });
    return highest == sessions.end() ? nullptr : &*highest;
}

bool is_source_of(const Session& session, const SourceAvailable& source, Timestamp now) noexcept {
    return is_of(session, source.connection) || is_expected(session, source, now);
}

}  // namespace rescuestream::rules
