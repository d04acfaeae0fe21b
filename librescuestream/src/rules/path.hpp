#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rescuestream/claims.hpp"
#include "rescuestream/sessions.hpp"
#include "rules/session.hpp"

/// The rules of paths that several keys share.
namespace rescuestream::rules {

/// 0: the key has its path alone.
inline std::uint32_t priority_of(const StreamKeyPolicies& policies) noexcept {
    return policies.priority.value_or(0);
}

/// Whether two keys may have the same path. `member` has it already.
enum class Sharing {
    kPermitted,
    kOtherBroadcaster,  ///< They belong to different broadcasters.
    kMemberHasNone,     ///< The key that has the path has no priority.
    kNewcomerHasNone,   ///< The other one has none.
};
Sharing may_share(const StreamKey& member, const StreamKey& newcomer) noexcept;

/// What an error says of `playback_path` if another key has it and says no more about that key.
inline constexpr const char* kTakenPath = "is taken by another stream key";
/// What it says if that key is one of the same broadcaster, and has its path alone
/// (kMemberHasNone).
inline constexpr const char* kTakenAlone =
    "is taken by a stream key without a priority: to share the path, both need one";

/// Puts the sessions of a path in order: the highest priority first, then the oldest key.
void sort_by_priority(std::vector<Session>& sessions);

/// Returns whether the key `wanted` is refused because of the claim that another key of its path,
/// that of `other`, has at present (ClaimDecision::kPathInUse). False if both are the same key.
///
/// A claim counts if it is live or a reservation that is not void. One of a higher priority
/// refuses, unless its source has been stalled for `stale_after`; one of a lower priority does not.
/// Between keys of the same priority, the ON_DUPLICATE of the key that has the path decides as
/// between two encoders of one key, except that nobody is taken for a device that comes back:
/// another key is another encoder.
bool refuses_claim(const Session& other, const StreamKey& wanted,
                   const ClaimRequest& request) noexcept;

/// Returns whether a grant for the key `claimed` cuts off the connection that holds the key of
/// `other`: it was accepted and does not publish yet, and its key has no higher priority. (Nobody
/// asks again when it begins.) A key whose stream is live keeps its claim until the new source
/// delivers.
bool is_cut_off_by_grant(const Session& other, const StreamKey& claimed) noexcept;

/// Returns whether the source of `holder` displaces what the key of `other` has: its claim and its
/// stream. False unless that source delivers. Of two keys of the same priority, the one that was
/// accepted later displaces the other.
bool is_displaced(const Session& other, const Session& holder, Timestamp now) noexcept;

/// Returns the session to which a source at the path of `sessions` belongs: the one whose claim or
/// stream has its connection, else the one whose claim waits for such a source, else one with a
/// live claim, else the one with the highest priority. Null: there are no sessions.
const Session* session_of_source(const std::vector<Session>& sessions,
                                 const SourceAvailable& source, Timestamp now) noexcept;

/// Returns whether `source` belongs to the session: by its connection, or because its claim waits
/// for such a source.
bool is_source_of(const Session& session, const SourceAvailable& source, Timestamp now) noexcept;

}  // namespace rescuestream::rules
