#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// Identifies the fact of a key by which a caller decided that one of its values may be used.
struct KnownFact {
    KeyDigest digest{};              ///< KeyFact::digest, the digest of the key's present value.
    std::int64_t revision = 0;       ///< KeyFact::revision.
    bool by_previous_value = false;  ///< The request uses the value from before a rotation.
    bool has_priority = false;       ///< The key may share its path.

    bool operator==(const KnownFact&) const = default;
};

/// The data of a publish request that a claim needs, with the defaults for policies that the key
/// does not set.
struct ClaimRequest {
    KeyDigest digest{};
    /// The path of the request; must equal the key's `playback_path`. Empty: the path is the key
    /// value itself.
    std::optional<std::string> path;
    /// The claim to be written. `live`, `stalled_since` and `last_takeover_at` are ignored.
    /// `claimed_at` is the time of the decision.
    Claim claim;
    OnDuplicate default_on_duplicate = OnDuplicate::kReject;
    std::chrono::milliseconds reservation_timeout{30'000};  ///< Older reservations are void.
    std::chrono::milliseconds stale_after{
        5'000};  ///< A claim that has been stalled for so long may be taken over.
    /// Minimum time between two takeovers by the same device.
    std::chrono::milliseconds same_device_interval{10'000};
    /// The fact by which the caller decided that the value may be used on `path` at `claimed_at` by
    /// the publisher of `claim` (rules::judge_key, rules::judge_publisher). A storage may rely on
    /// it as long as it is the newest fact of the key. Empty: the storage reads the newest fact and
    /// judges it.
    std::optional<KnownFact> known;
};

struct ClaimOutcome {
    ClaimDecision decision = ClaimDecision::kUnknownKey;
    StreamKeyId stream_key_id;             ///< Nil if kUnknownKey.
    std::optional<ConnectionId> replaced;  ///< The connection that a takeover displaced.
    std::optional<StreamKeyId> holder = std::nullopt;  ///< kPathInUse: the key that has the path.

    bool operator==(const ClaimOutcome&) const = default;
};

/// The data by which the values of one key are judged.
struct KeyFact {
    StreamKeyId stream_key_id;
    KeyDigest digest{};
    std::optional<KeyDigest> previous_digest;  ///< Digest of the value from before a rotation …
    std::optional<Timestamp> previous_expires_at;  ///< … which is invalid from then on.
    std::string playback_path;
    StreamKeyPolicies policies;
    bool disabled = false;  ///< The key or its broadcaster.
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> revoked_at;
    std::optional<Timestamp> blocked_until;
    bool deleted = false;  ///< Deleted with its broadcaster; the value is not valid any more.
    /// Changes with every change of the key; comparable for one key on one storage.
    std::int64_t revision = 0;

    bool operator==(const KeyFact&) const = default;
};

/// A part of the changed facts, and the place of the next part.
struct KeyFacts {
    std::vector<KeyFact> facts;  ///< No key twice.
    std::string next;            ///< The place after these facts; opaque, only for this storage.
    bool complete = false;  ///< There are no more facts that were committed when the reading began.
    /// These are the first of all facts although `place` was given, because it belongs to another
    /// history of the storage (such as a restored copy).
    bool from_start = false;
};

}  // namespace rescuestream
