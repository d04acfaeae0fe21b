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

/// The fact of a key by which a caller has found that one of its values may be used.
struct KnownFact {
    KeyDigest digest{};              ///< KeyFact::digest: of the value that the key has now.
    std::int64_t revision = 0;       ///< KeyFact::revision.
    bool by_previous_value = false;  ///< The value that is used is the one from before a rotation.

    bool operator==(const KnownFact&) const = default;
};

/// One publish request, as the claim needs it. Policies that a key leaves open come with it.
struct ClaimRequest {
    KeyDigest digest{};
    /// The path that is published to; must equal the key's `playback_path`. Empty when the path is
    /// the key value itself.
    std::optional<std::string> path;
    /// Everything of the claim to be written. `live`, `stalled_since`, `last_takeover_at` are
    /// ignored. `claimed_at` is "now" of the decision.
    Claim claim;
    OnDuplicate default_on_duplicate = OnDuplicate::kReject;
    std::chrono::milliseconds reservation_timeout{30'000};  ///< A reservation older is void.
    std::chrono::milliseconds stale_after{5'000};           ///< Stalled for so long: may be taken.
    /// At least so long between two takeovers by the same device.
    std::chrono::milliseconds same_device_interval{10'000};
    /// What the caller knows of the key, and by which the value may be used on `path` at
    /// `claimed_at` by who made `claim` (rules::judge_key, rules::judge_publisher). A storage may
    /// believe it as long as it is the newest fact of the key. Empty: the storage reads the newest
    /// one and judges it.
    std::optional<KnownFact> known;
};

struct ClaimOutcome {
    ClaimDecision decision = ClaimDecision::kUnknownKey;
    StreamKeyId stream_key_id;             ///< Nil with kUnknownKey.
    std::optional<ConnectionId> replaced;  ///< The connection that a takeover displaced.

    bool operator==(const ClaimOutcome&) const = default;
};

/// What the values of one key are judged by.
struct KeyFact {
    StreamKeyId stream_key_id;
    KeyDigest digest{};
    std::optional<KeyDigest> previous_digest;      ///< Of the value from before a rotation …
    std::optional<Timestamp> previous_expires_at;  ///< … which is void from then on.
    std::string playback_path;
    StreamKeyPolicies policies;
    bool disabled = false;  ///< The key or its broadcaster.
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> revoked_at;
    std::optional<Timestamp> blocked_until;
    bool deleted = false;  ///< With its broadcaster: nothing has this value any more.
    /// Another one after each change, whatever it was; comparable for one key on one storage.
    std::int64_t revision = 0;

    bool operator==(const KeyFact&) const = default;
};

/// A part of the facts that changed, and where the next part begins.
struct KeyFacts {
    std::vector<KeyFact> facts;  ///< No key twice.
    std::string next;            ///< The place after them, which only this storage can read.
    bool complete = false;       ///< Nothing more was committed when the reading began.
    /// These are the first facts of all, whatever place was asked for: the storage has another
    /// history than the one that the place belongs to.
    bool from_start = false;
};

}  // namespace rescuestream
