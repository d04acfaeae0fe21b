#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "rules/claim.hpp"
#include "storage/sql/statements.hpp"

// SQL texts of both dialects for the claims of publishers.
namespace rescuestream::sql {

// rules::judge_key decides whether a value may be used at all; a claim only checks whether the
// judged fact is still the newest. The statements repeat rules::judge_claim and
// rules::has_connection; tests/conformance/storage/rules_test.cpp checks that they agree.
//
// Parameters of a claim: $1 digest, $2 revision of the key's fact, $3 connection, $4 node, $5
// protocol, $6 path_is_secret, $7 address, $8 user agent, $9 now, $10 policy of keys without one,
// $11 reservations older than this are void, $12 a stall that began then or before permits a
// takeover, $13 the same device may take over if the last takeover was then or before, $14 whether
// the claim uses the value from before a rotation. A probe has the same parameters and does not use
// $2 and $14.

/// Which of a key's two values a statement searches.
enum class KeyValue { kCurrent, kPrevious };

/// True for the key that has $1 as its value and is not deleted.
inline std::string has_value(KeyValue value) {
    return std::string(value == KeyValue::kCurrent ? "k.digest" : "k.previous_digest") +
           " = $1 AND " + kNotDeleted;
}

/// The columns that read_key_fact reads.
inline const std::string kKeyFactColumns =
    "k.id, k.digest, k.previous_digest, k.previous_expires_at, k.playback_path, " + kPolicyColumns +
    ", k.disabled OR k.broadcaster_disabled AS disabled, k.expires_at, k.revoked_at, "
    "k.blocked_until, k.deleted_at IS NOT NULL AS deleted";
constexpr int kKeyFactColumnCount = 13;

inline std::string find_fact(KeyValue value) {
    return "SELECT " + kKeyFactColumns + " FROM stream_keys k WHERE " + has_value(value);
}

/// True while the node of a claim has few cut-offs of the key (rules::kMostUnremoved). The primary
/// key of cutoffs finds them.
inline const std::string kFewUnremoved =
    "(SELECT count(*) FROM cutoffs c WHERE c.stream_key_id = k.id AND " + hidden("c.node = $4") +
    ") < " + std::to_string(rules::kMostUnremoved);

/// True for a key that connection $3 may claim. `k` names the row.
inline const std::string kClaimable =
    "(k.owner_connection IS NULL OR k.owner_connection = $3 "
    "OR (NOT k.owner_live AND k.claimed_at < $11) "
    "OR ((coalesce(k.on_duplicate, $10) = 'takeover' "
    "OR (coalesce(k.on_duplicate, $10) = 'reject_if_healthy' AND (k.stalled_since <= $12 "
    "OR (k.owner_address = $7 AND k.owner_user_agent = $8 AND $7 <> '' AND $8 <> '' "
    "AND (k.last_takeover_at IS NULL OR k.last_takeover_at <= $13))))) AND " +
    kFewUnremoved + "))";

/// True if connection $3 delivers the stream of another key than `k`.
inline const std::string kIsForeignSource = hidden(
    "EXISTS (SELECT 1 FROM streams f WHERE f.source_id = $3 AND f.state <> 'ended' "
    "AND f.stream_key_id <> k.id)");

/// An UPDATE without RETURNING. `revision` is the column of KeyFact::revision. `is_foreign` is the
/// condition for a foreign connection; `from` is inserted before the conditions. On the right of
/// each `=` the row has its old values.
inline std::string take_key(const std::string& revision, const std::string& is_foreign,
                            const std::string& from = {}) {
    return "UPDATE stream_keys AS k SET "
           "last_used_at = $9, session_version = k.session_version + 1, "
           "previous_connection = CASE WHEN k.owner_connection <> $3 "
           "AND (k.owner_live OR k.claimed_at >= $11) THEN k.owner_connection END, "
           "last_takeover_at = CASE WHEN k.owner_connection <> $3 AND k.owner_live THEN $9 "
           "ELSE k.last_takeover_at END, "
           "owner_connection = $3, "
           "owner_node = CASE WHEN k.owner_connection = $3 THEN k.owner_node ELSE $4 END, "
           "owner_protocol = CASE WHEN k.owner_connection = $3 THEN k.owner_protocol ELSE $5 END, "
           "owner_path_is_secret = "
           "CASE WHEN k.owner_connection = $3 THEN k.owner_path_is_secret ELSE $6 END, "
           "owner_address = CASE WHEN k.owner_connection = $3 THEN k.owner_address ELSE $7 END, "
           "owner_user_agent = "
           "CASE WHEN k.owner_connection = $3 THEN k.owner_user_agent ELSE $8 END, "
           "claimed_at = CASE WHEN k.owner_connection = $3 THEN k.claimed_at ELSE $9 END, "
           "owner_live = CASE WHEN k.owner_connection = $3 THEN k.owner_live ELSE FALSE END, "
           "stalled_since = CASE WHEN k.owner_connection = $3 THEN k.stalled_since END, "
           "owner_by_previous = "
           "CASE WHEN k.owner_connection = $3 THEN k.owner_by_previous ELSE $14 END" +
           from + " WHERE k.digest = $1 AND " + hidden("k." + revision + " = $2") + " AND NOT " +
           is_foreign + " AND " + kClaimable;
}

/// The parameters of a claim that matter for a key without a claim, by their position from 0.
constexpr std::array<std::size_t, 10> kOfFreeKey = {0, 1, 2, 3, 4, 5, 6, 7, 8, 13};

/// The same as take_key, but only for a key without a claim: then most conditions, old values and
/// the trigger for a displaced connection do not matter, and the statement takes much less time.
/// Its parameters are those that kOfFreeKey names.
inline std::string take_free_key(const std::string& revision, const std::string& is_foreign) {
    return "UPDATE stream_keys AS k SET "
           "last_used_at = $9, session_version = k.session_version + 1, owner_connection = $3, "
           "owner_node = $4, owner_protocol = $5, owner_path_is_secret = $6, owner_address = $7, "
           "owner_user_agent = $8, claimed_at = $9, owner_live = FALSE, stalled_since = NULL, "
           "owner_by_previous = $10 WHERE k.digest = $1 AND " +
           hidden("k." + revision + " = $2") + " AND NOT " + is_foreign +
           " AND k.owner_connection IS NULL";
}

/// Other keys than $2 that are claimed by connection $1.
inline const std::string kClaimedElsewhere =
    "SELECT EXISTS (SELECT 1 FROM stream_keys k WHERE k.owner_connection = $1 AND k.id <> $2)";

}  // namespace rescuestream::sql
