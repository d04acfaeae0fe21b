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

/// The part of a Storage that decides publish requests and keeps who holds which key.
///
/// What holds for every method (atomicity, errors, thread-safety) is said at `Storage`.
class PublishingStorage {
public:
    /// Decides one publish request and takes the key for it: of any number of racing callers
    /// exactly one is granted. One statement and one round trip do it when `request.known` is the
    /// newest fact of the key; otherwise the newest one is read and judged first. Repeating it with
    /// the same connection id is granted again and changes nothing but `last_used_at`. A grant sets
    /// `last_used_at` and raises the session's version.
    ///
    /// A key is free when it has no claim, when its claim is a reservation older than
    /// `reservation_timeout`, or when the policy allows to take it over: kTakeover always;
    /// kRejectIfHealthy when `stalled_since` is at least `stale_after` ago, or when address and
    /// user agent are the same and not empty and the last takeover is at least
    /// `same_device_interval` ago; kReject never. Taking a live claim over sets `last_takeover_at`.
    ///
    /// A connection belongs to one key: a request with the id of a connection that another key's
    /// claim has (a reservation older than `reservation_timeout` does not count), or that delivers
    /// another key's stream, is refused (kForeignConnection). Several programs on one PostgreSQL do
    /// not know one another's reservations: there the second part holds at once, the first one
    /// within the program that granted it.
    ///
    /// The grant alone may be lost by a crash of the *machine* within a second after success.
    virtual Result<ClaimOutcome> claim(const ClaimRequest& request) = 0;

    /// Decides each of `requests` as `claim` does, no key twice among them: an answer for each, in
    /// their order. An error of one does not affect the others. A backend that can takes them all
    /// in one round trip, and gives up at `latest`, or at its own deadline when that is earlier;
    /// this default calls `claim` for each.
    virtual std::vector<Result<ClaimOutcome>> claim_all(
        const std::vector<ClaimRequest>& requests, std::chrono::steady_clock::time_point latest);

    /// True when another key's claim is that of `connection`. Not for a hot path: it may look at
    /// all keys.
    virtual Result<bool> is_claimed_elsewhere(const ConnectionId& connection,
                                              StreamKeyId stream_key_id) = 0;

    /// Makes the checks of `claim` up to kWrongPath and writes nothing. kGranted: the key is usable
    /// now.
    virtual Result<ClaimOutcome> check_key(const KeyDigest& digest,
                                           const std::optional<std::string>& path,
                                           Timestamp now) = 0;

protected:
    ~PublishingStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
