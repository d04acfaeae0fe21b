#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/claims.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The part of a Storage that decides publish requests and keeps the claims of keys.
///
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety).
class PublishingStorage {
public:
    /// Decides one publish request and claims the key for it: of any number of concurrent callers
    /// exactly one is granted. This takes one statement and one round trip if `request.known` is
    /// the newest fact of the key; otherwise the newest fact is read and judged first. A repeated
    /// request with the same connection id is granted again and only changes `last_used_at`. A
    /// grant sets `last_used_at` and increments the session's version.
    ///
    /// A key is free when it has no claim, when its claim is a reservation older than
    /// `reservation_timeout`, or when the policy permits a takeover: kTakeover always;
    /// kRejectIfHealthy when `stalled_since` is at least `stale_after` ago, or when address and
    /// user agent are the same and not empty and the last takeover was at least
    /// `same_device_interval` ago; kReject never. A takeover of a live claim sets
    /// `last_takeover_at`.
    ///
    /// A key with a priority may share its path. Then the claims of the other keys of the path are
    /// judged first (rules::refuses_claim), and the request may be refused because of one of them
    /// (kPathInUse). A grant cuts off connections of keys without a higher priority that were
    /// accepted and do not publish yet (kTakenOver, kAuth). Their live streams stay until the new
    /// source delivers (CutoffStorage::displace_others). This takes a transaction of several
    /// statements.
    ///
    /// A grant that replaces the claim of a connection which is not live yet, also if that claim is
    /// void, writes a cut-off for that connection (kTakenOver, kAuth), because the media server
    /// does not ask again when it begins to publish.
    ///
    /// A connection belongs to one key: a request with the id of a connection that another key's
    /// claim has (a reservation older than `reservation_timeout` does not count), or that delivers
    /// another key's stream, is refused (kForeignConnection). Several programs on one PostgreSQL do
    /// not know each other's reservations. There the check of streams applies at once, and the
    /// check of claims only within the program that granted the claim.
    ///
    /// Only a grant may be lost when the *machine* crashes within a second after the success.
    virtual Result<ClaimOutcome> claim(const ClaimRequest& request) = 0;

    /// Decides each of `requests` as `claim` does and returns a result for each, in their order. No
    /// two requests may be for one key. An error of one does not affect the others. A backend may
    /// decide all of them in one round trip; it gives up at `latest`, or at its own deadline if
    /// that is earlier. The default implementation calls `claim` for each.
    virtual std::vector<Result<ClaimOutcome>> claim_all(
        const std::vector<ClaimRequest>& requests, std::chrono::steady_clock::time_point latest);

    /// Returns true if another key's claim belongs to `connection`. Not for a hot path: it may read
    /// all keys.
    virtual Result<bool> is_claimed_elsewhere(const ConnectionId& connection,
                                              StreamKeyId stream_key_id) = 0;

    /// Makes the checks of `claim` up to kWrongPath and writes nothing. Returns kGranted if the key
    /// may be used now.
    virtual Result<ClaimOutcome> check_key(const KeyDigest& digest,
                                           const std::optional<std::string>& path,
                                           Timestamp now) = 0;

protected:
    ~PublishingStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
