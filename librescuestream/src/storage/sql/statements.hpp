#pragma once

#include <cstddef>
#include <string>

// SQL texts of both dialects. The columns of a record are in the order in which records.cpp reads
// and writes them.
namespace rescuestream::sql {

// Columns ----------------------------------------------------------------------------------------

inline const std::string kBroadcasterColumns =
    "b.id, b.display_name, b.metadata, b.disabled, b.created_at, b.updated_at, b.incident_id";

inline const std::string kPolicyColumns = "k.playback, k.on_duplicate, k.policies";

inline const std::string kKeyColumns =
    "k.id, k.broadcaster_id, k.label, k.playback_path, " + kPolicyColumns +
    ", k.disabled, k.broadcaster_disabled, k.created_at, k.expires_at, k.revoked_at, "
    "k.blocked_until, "
    "k.previous_expires_at, k.last_used_at, k.incident_id, k.until_closed, k.created_by, "
    "k.rotated_at";

inline const std::string kStreamColumns =
    "s.id, s.stream_key_id, s.broadcaster_id, s.node, s.path, s.state, s.generation, s.started_at, "
    "s.ended_at, s.end_reason, s.source_type, s.source_id, s.interrupted_at, s.interruptions, "
    "s.interrupted_for, s.observed_by, s.metadata, s.recording_ref, s.inbound_bytes, "
    "s.peak_bitrate, s.peak_readers, s.incident_id";

/// A stream with the names of its key and its broadcaster. Keys and broadcasters stay in the
/// database when they are removed. The names are looked up for each stream: a plan of a join that
/// was made while the tables were empty would read all keys for each stream later.
inline const std::string kListedStreamColumns =
    kStreamColumns +
    ", coalesce((SELECT named.label FROM stream_keys named WHERE named.id = s.stream_key_id), '')"
    ", coalesce((SELECT named.display_name FROM broadcasters named WHERE named.id = "
    "s.broadcaster_id), '')";
constexpr int kListedStreamColumnCount = 24;
/// The joined rows are for conditions alone.
inline const std::string kFromListedStreams =
    " FROM streams s LEFT JOIN stream_keys k ON k.id = s.stream_key_id "
    "LEFT JOIN broadcasters b ON b.id = s.broadcaster_id";
inline const std::string kSelectListedStream =
    "SELECT " + kListedStreamColumns + kFromListedStreams;

inline const std::string kTransitionColumns =
    "t.occurred_at, t.kind, t.source, t.generation, t.connection_id, t.reason, t.gap, t.stream_id";

inline const std::string kCutoffColumns =
    "c.stream_key_id, c.connection_id, c.node, c.protocol, k.playback_path, coalesce(c.digest, "
    "k.digest), "
    "c.stream_id, "
    "c.reason, c.decided_by, c.requested_at";

inline const std::string kAuditColumns =
    "a.id, a.occurred_at, a.actor, a.action, a.resource_type, a.resource_id, a.request_method, "
    "a.request_path, a.ip_address, a.outcome, a.failure_reason, a.metadata, a.request_id, "
    // For entries of releases without origins, the origin follows from the beginning of their
    // metadata, which only the server wrote.
    "coalesce(a.origin, CASE WHEN a.metadata LIKE '{\"source\":\"server\"%' "
    "AND a.request_path <> '/audit-events' THEN 'server' ELSE 'api' END) AS origin";

/// Returns `count` placeholders from `$first` on.
inline std::string placeholders(int first, int count) {
    std::string text;
    for (int number = first; number < first + count; ++number) {
        text += (text.empty() ? "$" : ", $") + std::to_string(number);
    }
    return text;
}

/// The rules::Occupancy of what `selected` selects, with a column `account`, for the account $2.
inline std::string occupancy(const std::string& selected) {
    return "SELECT count(*), count(CASE WHEN account <> '' THEN 1 END), "
           "count(CASE WHEN account = $2 THEN 1 END) FROM (" +
           selected + ") AS counted";
}

// Conditions that no index is chosen by ----------------------------------------------------------
// A planner that assumes a table to be small (a new table, or one that was small at the last
// ANALYZE) prefers to read a whole partial index whose condition a statement contains, or the whole
// history of a node, to a search for one key. So statements that search few rows contain such a
// condition in a form that the planner cannot match to an index. tests/plans checks all of them.

inline std::string hidden(const std::string& condition) {
    return "CASE WHEN " + condition + " THEN TRUE ELSE FALSE END";
}

inline const std::string kNotDeleted = hidden("k.deleted_at IS NULL");

// Broadcasters -----------------------------------------------------------------------------------

constexpr int kBroadcasterColumnCount = 6;
inline const std::string kNewBroadcasterColumns =
    "id, display_name, metadata, disabled, created_at, updated_at";
inline const std::string kInsertBroadcaster = "INSERT INTO broadcasters (" +
                                              kNewBroadcasterColumns + ") VALUES (" +
                                              placeholders(1, kBroadcasterColumnCount) + ")";
/// The dialect's lock clause may follow.
inline const std::string kFindBroadcaster = "SELECT " + kBroadcasterColumns +
                                            " FROM broadcasters b WHERE b.id = $1 AND " +
                                            hidden("b.deleted_at IS NULL");
inline const std::string kUpdateBroadcaster =
    "UPDATE broadcasters SET display_name = $2, metadata = $3, updated_at = $4 "
    "WHERE id = $1 AND " +
    hidden("deleted_at IS NULL") + " RETURNING id";
/// Also finds a deleted one.
inline const std::string kNameOfBroadcaster = "SELECT display_name FROM broadcasters WHERE id = $1";
/// The dialect's lock clause follows.
inline const std::string kLockBroadcaster =
    "SELECT id, display_name, disabled, incident_id FROM broadcasters WHERE id = $1 AND " +
    hidden("deleted_at IS NULL");
inline const std::string kDeleteBroadcaster =
    "UPDATE broadcasters SET deleted_at = $2 WHERE id = $1";
inline const std::string kSetBroadcasterDisabled =
    "UPDATE broadcasters SET disabled = $2, updated_at = $3 WHERE id = $1";
/// In the same order in which shared claims lock keys, to avoid deadlocks. The dialect's lock
/// clause follows.
inline const std::string kLockKeysOfBroadcaster =
    "SELECT id, digest, previous_digest, deleted_at IS NOT NULL AS deleted FROM stream_keys "
    "WHERE broadcaster_id = $1 ORDER BY digest";

// Stream keys ------------------------------------------------------------------------------------

inline const std::string kNewKeyColumns =
    "id, broadcaster_id, label, playback_path, playback, on_duplicate, policies, disabled, "
    "created_at, expires_at, revoked_at, last_used_at, digest, until_closed, created_by";
constexpr int kNewKeyColumnCount = 15;
/// The parameter after these is the incident, or NULL for that of the broadcaster.
inline std::string insert_key(const std::string& joined) {
    return "INSERT INTO stream_keys (" + kNewKeyColumns +
           ", joined, broadcaster_disabled, incident_id) VALUES (" +
           placeholders(1, kNewKeyColumnCount) + ", " + joined +
           ", (SELECT b.disabled FROM broadcasters b WHERE b.id = $2), "
           "coalesce($16, (SELECT b.incident_id FROM broadcasters b WHERE b.id = $2)))";
}
inline const std::string kInsertKey = insert_key("FALSE");
/// A key that joins the path of another one.
inline const std::string kInsertJoinedKey = insert_key("TRUE");
inline const std::string kFindKey =
    "SELECT " + kKeyColumns + " FROM stream_keys k WHERE k.id = $1 AND " + kNotDeleted;
/// Also finds a key of a deleted broadcaster. The dialect's lock clause follows.
inline const std::string kLockKey =
    "SELECT id, digest, previous_digest, deleted_at IS NOT NULL AS deleted FROM stream_keys "
    "WHERE id = $1";
constexpr int kLockedValues = 1;  // position of the digests in both results, from 0
inline const std::string kNoClaim =
    "owner_connection = NULL, owner_node = NULL, owner_protocol = NULL, "
    "owner_path_is_secret = NULL, owner_address = NULL, owner_user_agent = NULL, "
    "claimed_at = NULL, owner_live = NULL, stalled_since = NULL, last_takeover_at = NULL, "
    "owner_by_previous = FALSE";
inline const std::string kRevokeKey = "UPDATE stream_keys SET revoked_at = $2, " + kNoClaim +
                                      ", session_version = session_version + 1 WHERE id = $1";
inline const std::string kEndClaimOfKey =
    "UPDATE stream_keys SET " + kNoClaim + ", session_version = session_version + 1 WHERE id = $1";
/// For a key that is locked.
inline const std::string kUpdateKey =
    "UPDATE stream_keys SET label = $2, playback = $3, on_duplicate = $4, policies = $5, "
    "expires_at = $6, disabled = $7, playback_path = $8 WHERE id = $1";
/// $3 NULL: the previous value becomes invalid at once. (PostgreSQL cannot infer a type for `$3 IS
/// NULL`.)
inline const std::string kRotateKey =
    "UPDATE stream_keys SET previous_expires_at = $3, "
    "previous_digest = CASE WHEN coalesce($3, created_at) = $3 THEN digest END, digest = $2, "
    "rotated_at = $4, "
    "owner_by_previous = owner_connection IS NOT NULL, session_version = session_version + 1 "
    "WHERE id = $1";
inline const std::string kBlockKey = "UPDATE stream_keys SET blocked_until = $2 WHERE id = $1";
inline const std::string kRestKeysOfBroadcaster =
    "UPDATE stream_keys SET broadcaster_disabled = TRUE, " + kNoClaim +
    ", session_version = session_version + 1 WHERE broadcaster_id = $1";
inline const std::string kWakeKeysOfBroadcaster =
    "UPDATE stream_keys SET broadcaster_disabled = FALSE WHERE broadcaster_id = $1";
inline const std::string kRevokeKeysOfBroadcaster =
    "UPDATE stream_keys SET revoked_at = $2, " + kNoClaim +
    ", session_version = session_version + 1 WHERE broadcaster_id = $1 AND " +
    hidden("revoked_at IS NULL");
inline const std::string kDeleteKeysOfBroadcaster =
    "UPDATE stream_keys SET deleted_at = $2 WHERE broadcaster_id = $1";

// Sessions ---------------------------------------------------------------------------------------

inline const std::string kSessionColumns =
    kKeyColumns +
    ", k.owner_connection, k.owner_node, k.owner_protocol, k.owner_path_is_secret, "
    "k.owner_address, k.owner_user_agent, k.claimed_at, k.owner_live, k.stalled_since, "
    "k.last_takeover_at, k.owner_by_previous, k.session_version, pending.reason, "
    "pending.decided_by, " +
    kStreamColumns;
/// A condition on `k` follows.
inline const std::string kSelectSession =
    "SELECT " + kSessionColumns +
    " FROM stream_keys k LEFT JOIN streams s ON s.stream_key_id = k.id AND s.state <> 'ended' "
    "LEFT JOIN cutoffs pending ON pending.stream_key_id = k.id AND pending.connection_id = "
    "s.source_id AND " +
    hidden("pending.stream_id = s.id") + " ";
/// Of a path, the unique index contains the key that is its owner; the others have joined it and
/// stand in an index of their own. No statement needs one condition for both.
inline std::string owns_path(const std::string& key, const std::string& path) {
    return key + ".playback_path = " + path + " AND " + key + ".revoked_at IS NULL AND NOT " + key +
           ".joined";
}
inline std::string joined_path(const std::string& key, const std::string& path) {
    return key + ".playback_path = " + path + " AND " + key + ".revoked_at IS NULL AND " + key +
           ".joined";
}
inline const std::string kSessionsAtPath =
    kSelectSession + "WHERE " + owns_path("k", "$1") + " AND " + kNotDeleted + " UNION ALL " +
    kSelectSession + "WHERE " + joined_path("k", "$1") + " AND " + kNotDeleted;
/// The ids of all keys with a path that are not revoked.
inline std::string keys_of_path(const std::string& path) {
    return "SELECT o.id FROM stream_keys o WHERE " + owns_path("o", path) +
           " UNION ALL SELECT j.id FROM stream_keys j WHERE " + joined_path("j", path);
}
/// Key $1 and all keys of its path. The dialect's conditions on `k` and its lock clause surround
/// it.
inline const std::string kKeyAndItsPath =
    "SELECT p.id FROM stream_keys p WHERE p.id = $1 UNION ALL " +
    keys_of_path("(SELECT p.playback_path FROM stream_keys p WHERE p.id = $1)");
/// As kLockKey.
inline const std::string kSelectLockedKeys =
    "SELECT k.id, k.digest, k.previous_digest, k.deleted_at IS NOT NULL AS deleted, "
    "k.playback_path FROM stream_keys k WHERE k.id ";
/// The owner of a path; the dialect's lock clause follows.
inline const std::string kOwnerColumns = "k.broadcaster_id, " + kPolicyColumns + ", k.id";
inline const std::string kOwnerOfPath =
    "SELECT " + kOwnerColumns + " FROM stream_keys k WHERE " + owns_path("k", "$1");
inline const std::string kKeysOfPath = keys_of_path("$1");
/// True for a key that has a priority. (It may be true for another one of a newer release.)
inline const std::string kMayHavePriority = "k.policies LIKE '%\"priority\"%'";
/// By either value, because a publisher that was accepted with the value from before a rotation
/// stays.
inline const std::string kLoadSessionByDigest =
    kSelectSession +
    "WHERE k.id = coalesce((SELECT c.id FROM stream_keys c WHERE c.digest = $1), "
    "(SELECT p.id FROM stream_keys p WHERE p.previous_digest = $1)) AND " +
    kNotDeleted;
inline const std::string kLoadSession = kSelectSession + "WHERE k.id = $1 AND " + kNotDeleted;
inline const std::string kLoadSessionOfAnyKey = kSelectSession + "WHERE k.id = $1";
inline const std::string kLoadSessionsOfBroadcaster =
    kSelectSession + "WHERE k.broadcaster_id = $1 ORDER BY k.created_at DESC, k.id DESC";

/// The condition on the stream is part of the join condition, so that its small index can be used.
inline const std::string kOpenSessions =
    kSelectSession + "WHERE " + hidden("s.node = $1") +
    " AND s.state <> 'ended' ORDER BY s.started_at DESC, s.id DESC";

inline const std::string kRaiseVersion =
    "UPDATE stream_keys SET session_version = session_version + 1 WHERE id = $1";
inline const std::string kRaiseVersionFrom =
    "UPDATE stream_keys SET session_version = session_version + 1 "
    "WHERE id = $1 AND session_version = $2 RETURNING id";
/// With it in a statement that changes the claim, a trigger writes a cut-off for the connection of
/// the previous claim if that is not live (migration 0010; rules::cutoff_of_replaced). All claims
/// contain it.
inline const std::string kCutOffReplaced = "previous_connection = owner_connection, ";
inline std::string end_claim(const std::string& more = {}) {
    return "UPDATE stream_keys SET " + more + kNoClaim +
           ", session_version = session_version + 1 "
           "WHERE id = $1 AND session_version = $2 RETURNING id";
}
inline std::string replace_claim(const std::string& more = {}) {
    return "UPDATE stream_keys SET " + more +
           "session_version = session_version + 1, owner_connection = $3, "
           "owner_node = $4, owner_protocol = $5, owner_path_is_secret = $6, owner_address = $7, "
           "owner_user_agent = $8, claimed_at = $9, owner_live = $10, stalled_since = $11, "
           "last_takeover_at = $12, owner_by_previous = $13 WHERE id = $1 AND session_version = $2 "
           "RETURNING id";
}
inline const std::string kEndClaim = end_claim();
inline const std::string kReplaceClaim = replace_claim();
inline const std::string kEndClaimAndCutOff = end_claim(kCutOffReplaced);
inline const std::string kReplaceClaimAndCutOff = replace_claim(kCutOffReplaced);

inline const std::string kFindStream = kSelectListedStream + " WHERE s.id = $1";
/// Inserts a stream, or replaces the one with its id but for its incident. Returns no row if that
/// stream belongs to another key.
inline const std::string kWriteStream =
    "INSERT INTO streams (id, stream_key_id, broadcaster_id, node, path, state, generation, "
    "started_at, ended_at, end_reason, source_type, source_id, interrupted_at, interruptions, "
    "interrupted_for, observed_by, metadata, recording_ref, inbound_bytes, peak_bitrate, "
    "peak_readers, incident_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
    "$14, "
    "$15, $16, $17, $18, $19, $20, $21, $22) "
    "ON CONFLICT (id) DO UPDATE SET broadcaster_id = excluded.broadcaster_id, "
    "node = excluded.node, path = excluded.path, state = excluded.state, "
    "generation = excluded.generation, started_at = excluded.started_at, "
    "ended_at = excluded.ended_at, end_reason = excluded.end_reason, "
    "source_type = excluded.source_type, source_id = excluded.source_id, "
    "interrupted_at = excluded.interrupted_at, interruptions = excluded.interruptions, "
    "interrupted_for = excluded.interrupted_for, observed_by = excluded.observed_by, "
    "metadata = excluded.metadata, recording_ref = excluded.recording_ref, "
    "inbound_bytes = excluded.inbound_bytes, peak_bitrate = excluded.peak_bitrate, "
    "peak_readers = excluded.peak_readers "
    "WHERE streams.stream_key_id = excluded.stream_key_id RETURNING id";

/// Ends open streams of a key whose own ids cannot be read, so that another one can begin.
inline const std::string kEndUnreadableStreams =
    "UPDATE streams SET state = 'ended', ended_at = started_at, end_reason = 'lost' "
    "WHERE stream_key_id = $1 AND state <> 'ended' AND length(id) <> 16";

/// Needs a transaction that has locked the key, so that no other transaction counts at the same
/// time.
inline const std::string kAppendTransition =
    "INSERT INTO stream_transitions (stream_id, sequence, occurred_at, kind, source, generation, "
    "connection_id, reason, gap) VALUES ($1, (SELECT coalesce(max(t.sequence), 0) + 1 "
    "FROM stream_transitions t WHERE t.stream_id = $1), $2, $3, $4, $5, $6, $7, $8)";
/// When it was decided that the stream has ended.
inline const std::string kEndOfStream =
    "SELECT t.occurred_at FROM stream_transitions t WHERE t.stream_id = $1 AND " +
    hidden("t.kind = 'ended'") + " ORDER BY t.sequence DESC LIMIT 1";
inline const std::string kListTransitions =
    "SELECT " + kTransitionColumns +
    " FROM stream_transitions t WHERE t.stream_id = $1 AND t.sequence > $2 ORDER BY t.sequence "
    "LIMIT $3";

// Cut-offs ---------------------------------------------------------------------------------------

/// An existing cut-off stays, because it was requested first.
inline const std::string kInsertCutoff =
    "INSERT INTO cutoffs (stream_key_id, connection_id, node, protocol, stream_id, reason, "
    "decided_by, requested_at, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
    "ON CONFLICT (stream_key_id, connection_id) DO NOTHING";
inline const std::string kSelectCutoffs =
    "SELECT " + kCutoffColumns + " FROM cutoffs c JOIN stream_keys k ON k.id = c.stream_key_id ";
inline const std::string kFindCutoff =
    kSelectCutoffs + "WHERE c.stream_key_id = $1 AND c.connection_id = $2";
inline const std::string kCutoffsOfKey =
    kSelectCutoffs + "WHERE c.stream_key_id = $1 ORDER BY c.connection_id";
inline const std::string kCutoffsOfBroadcaster =
    kSelectCutoffs +
    "WHERE k.broadcaster_id = $1 ORDER BY k.created_at DESC, k.id DESC, c.connection_id";
inline const std::string kPendingCutoffs =
    kSelectCutoffs + "WHERE c.node = $1 ORDER BY c.requested_at, c.stream_key_id, c.connection_id";
inline const std::string kDeleteCutoff =
    "DELETE FROM cutoffs WHERE stream_key_id = $1 AND connection_id = $2";

// Nodes ------------------------------------------------------------------------------------------

inline const std::string kCountNodes = "SELECT count(*) FROM nodes";
inline const std::string kInsertNode =
    "INSERT INTO nodes (name, label, api_url, api_user, api_password, webrtc, hls, rtsp, rtmp, "
    "srt, draining, updated_at, created_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
    "ON CONFLICT (name) DO NOTHING RETURNING name";
inline const std::string kNodeColumns =
    "name, label, api_url, api_user, api_password, webrtc, hls, rtsp, rtmp, srt, draining, "
    "created_at, updated_at";
inline const std::string kSelectNodes = "SELECT " + kNodeColumns + " FROM nodes";
inline const std::string kListNodes = kSelectNodes + " ORDER BY name";
/// The dialect's lock clause may follow.
inline const std::string kFindNode = kSelectNodes + " WHERE name = $1";
inline const std::string kUpdateNode =
    "UPDATE nodes SET label = $2, api_url = $3, api_user = $4, api_password = $5, webrtc = $6, "
    "hls = $7, rtsp = $8, rtmp = $9, srt = $10, draining = $11, updated_at = $12 "
    "WHERE name = $1 RETURNING name";
inline const std::string kOpenStreamOfNode =
    "SELECT s.id FROM streams s WHERE " + hidden("s.node = $1") + " AND s.state <> 'ended' LIMIT 1";
inline const std::string kDeleteCutoffsOfNode = "DELETE FROM cutoffs WHERE node = $1";
inline const std::string kDeleteNode = "DELETE FROM nodes WHERE name = $1";

/// A row without an address was written by an earlier release.
inline const std::string kFindStanding =
    "SELECT min(asked_at), min(enforced_at) FROM node_standings "
    "WHERE node = $1 AND api_url IN ('', $2)";
inline const std::string kNoteStanding =
    "INSERT INTO node_standings (node, api_url, asked_at, enforced_at) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (node, api_url) DO UPDATE SET "
    "asked_at = coalesce(node_standings.asked_at, excluded.asked_at), "
    "enforced_at = coalesce(node_standings.enforced_at, excluded.enforced_at) "
    "WHERE (node_standings.asked_at IS NULL AND excluded.asked_at IS NOT NULL) "
    "OR (node_standings.enforced_at IS NULL AND excluded.enforced_at IS NOT NULL) RETURNING node";
inline const std::string kDeleteStandings = "DELETE FROM node_standings WHERE node = $1";
inline const std::string kWithdrawStandings =
    "DELETE FROM node_standings WHERE node = $1 RETURNING node";
inline const std::string kUnknownSourceColumns =
    "path, protocol, remote_address, connection_id, seen_at";
inline const std::string kListUnknownSources =
    "SELECT " + kUnknownSourceColumns +
    " FROM unknown_sources WHERE node = $1 ORDER BY connection_id";
inline const std::string kInsertUnknownSource =
    "INSERT INTO unknown_sources (node, path, protocol, remote_address, connection_id, seen_at) "
    "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (node, connection_id) DO NOTHING";
inline const std::string kDeleteUnknownSources = "DELETE FROM unknown_sources WHERE node = $1";

/// $2 takes the lease if nobody has it, if $2 has it, or if $3 still has it with beat $4.
inline const std::string kHoldLease =
    "INSERT INTO node_leases (node, holder, beat) VALUES ($1, $2, 1) "
    "ON CONFLICT (node) DO UPDATE SET holder = excluded.holder, beat = node_leases.beat + 1 "
    "WHERE node_leases.holder = excluded.holder "
    "OR (node_leases.holder = $3 AND node_leases.beat = $4) RETURNING holder, beat";
inline const std::string kFindLease = "SELECT holder, beat FROM node_leases WHERE node = $1";
inline const std::string kReleaseLease = "DELETE FROM node_leases WHERE node = $1 AND holder = $2";
inline const std::string kDeleteLease = "DELETE FROM node_leases WHERE node = $1";

// Audit ------------------------------------------------------------------------------------------

inline const std::string kInsertAuditActor =
    "INSERT INTO audit_actors (name) VALUES ($1) ON CONFLICT (name) DO NOTHING";
inline const std::string kAuditEntryColumns =
    "id, occurred_at, actor, action, resource_type, resource_id, request_method, request_path, "
    "ip_address, outcome, failure_reason, metadata, request_id, origin";
constexpr int kAuditEntryColumnCount = 14;
constexpr int kAuditActor = 2;  // positions among them, from 0
constexpr int kAuditMetadata = 11;
inline const std::string kInsertAuditEntry = "INSERT INTO audit_entries (" + kAuditEntryColumns +
                                             ") VALUES (" +
                                             placeholders(1, kAuditEntryColumnCount) + ")";

inline const std::string kSealHeadColumns =
    "number, previous, digest, sealed_at, first_at, last_at, through_at, through_id, cut_number, "
    "cut_digest, cut_entries, signature";
constexpr int kSealHeadColumnCount = 12;
inline const std::string kSealColumns = kSealHeadColumns + ", entries";
inline const std::string kNewestSeal =
    "SELECT " + kSealHeadColumns + " FROM audit_seals ORDER BY number DESC LIMIT 1";
/// The last seals that reach up to a time.
inline const std::string kSealsThrough =
    "SELECT " + kSealColumns + " FROM audit_seals WHERE through_at >= $1 ORDER BY number DESC";
inline const std::string kSealsAfter =
    "SELECT " + kSealColumns + " FROM audit_seals WHERE number > $1 ORDER BY number LIMIT $2";
inline const std::string kSealsUpTo =
    "SELECT " + kSealColumns + " FROM audit_seals WHERE number <= $1 ORDER BY number";
inline const std::string kInsertSeal = "INSERT INTO audit_seals (" + kSealColumns + ") VALUES (" +
                                       placeholders(1, kSealHeadColumnCount + 1) +
                                       ") ON CONFLICT (number) DO NOTHING RETURNING number";
inline const std::string kDeleteSeals = "DELETE FROM audit_seals WHERE number <= $1";
constexpr std::size_t kIdsAtOnce = 100;
inline const std::string kTheseIds = " IN (" + placeholders(1, static_cast<int>(kIdsAtOnce)) + ")";
inline const std::string kFindAuditEntries =
    "SELECT " + kAuditColumns + " FROM audit_entries a WHERE a.id" + kTheseIds;
inline const std::string kDeleteAuditEntries = "DELETE FROM audit_entries WHERE id" + kTheseIds;
/// The places after one, up to a time, of rows whose id can be read. `is_uuid` is the dialect's
/// condition.
inline std::string audit_places_statement(const std::string& is_uuid) {
    return "SELECT a.occurred_at, a.id FROM audit_entries a WHERE (a.occurred_at, a.id) > ($1, $2) "
           "AND a.occurred_at <= $3" +
           (is_uuid.empty() ? "" : " AND " + is_uuid) + " ORDER BY a.occurred_at, a.id LIMIT $4";
}
/// The ids of the other rows; $1 and $2 are the first and the last time that can be read.
inline std::string misplaced_audit_statement(const std::string& is_uuid) {
    const std::string ids = "SELECT a.id FROM audit_entries a WHERE ";
    return "SELECT u.id FROM (" + ids + "a.occurred_at < $1 UNION ALL " + ids +
           "a.occurred_at > $2" + (is_uuid.empty() ? "" : " UNION ALL " + ids + "NOT " + is_uuid) +
           ") u LIMIT $3";
}

// Refused attempts -------------------------------------------------------------------------------

constexpr int kRefusedAttemptColumnCount = 14;
/// Adds `count` attempts with different ids.
inline std::string add_refused_attempts_statement(std::size_t count) {
    std::string rows;
    for (std::size_t i = 0; i < count; ++i) {
        rows += (rows.empty() ? "(" : ", (") +
                placeholders(1 + static_cast<int>(i) * kRefusedAttemptColumnCount,
                             kRefusedAttemptColumnCount) +
                ")";
    }
    const auto newer = [](const std::string& column) {
        return column + " = CASE WHEN excluded.last_at >= r.last_at THEN excluded." + column +
               " ELSE r." + column + " END";
    };
    return "INSERT INTO refused_attempts AS r (id, action, network, protocol, path, reason, "
           "stream_key_id, remote_address, node, user_agent, times, first_at, last_at, "
           "holder_key_id) VALUES " +
           rows + " ON CONFLICT (id) DO UPDATE SET times = r.times + excluded.times, " +
           "first_at = CASE WHEN excluded.first_at < r.first_at THEN excluded.first_at ELSE "
           "r.first_at END, " +
           newer("remote_address") + ", " + newer("node") + ", " + newer("user_agent") + ", " +
           newer("holder_key_id") + ", " + newer("last_at");
}

inline std::string delete_old_refused_attempts(const std::string& skip_locked) {
    return "DELETE FROM refused_attempts WHERE id IN (SELECT id FROM refused_attempts WHERE "
           "last_at < $1" +
           skip_locked + ")";
}

inline const std::string kRefusedAttemptColumns =
    "r.id, r.action, r.network, r.protocol, r.path, r.reason, r.stream_key_id, "
    "r.remote_address, r.node, r.user_agent, r.times, r.first_at, r.last_at, k.label, "
    "k.playback_path, k.broadcaster_id, b.display_name, r.holder_key_id, h.label";
inline const std::string kListRefusedAttempts =
    "SELECT " + kRefusedAttemptColumns +
    " FROM refused_attempts r "
    "LEFT JOIN stream_keys k ON k.id = r.stream_key_id AND k.deleted_at IS NULL "
    "LEFT JOIN stream_keys h ON h.id = r.holder_key_id AND h.deleted_at IS NULL "
    "LEFT JOIN broadcasters b ON b.id = k.broadcaster_id AND b.deleted_at IS NULL";

// Signed changes ---------------------------------------------------------------------------------

/// Always returns a row; if the signature exists already, it is the existing row.
inline const std::string kNoteSignature =
    "INSERT INTO seen_signatures (digest, first_seen, expires_at) VALUES ($1, $2, $3) "
    "ON CONFLICT (digest) DO UPDATE SET first_seen = seen_signatures.first_seen "
    "RETURNING first_seen";
/// Deletes some expired signatures. `skip_locked` is the dialect's clause, so that two callers do
/// not wait for each other.
inline std::string remove_expired_signatures(const std::string& skip_locked) {
    return "DELETE FROM seen_signatures WHERE digest IN (SELECT s.digest FROM seen_signatures s "
           "WHERE s.expires_at < $1 ORDER BY s.expires_at LIMIT 64" +
           skip_locked + ")";
}

// Requests that may be repeated ------------------------------------------------------------------

inline const std::string kInsertReservation =
    "INSERT INTO request_reservations (key, content, id, running_until, expires_at, made) "
    "VALUES ($1, $2, $3, $4, $5, FALSE) ON CONFLICT (key) DO NOTHING RETURNING key";
/// The dialect's lock clause follows.
inline const std::string kFindReservation =
    "SELECT content, running_until, expires_at, made, made_type, made_id, answer "
    "FROM request_reservations WHERE key = $1";
inline const std::string kReplaceReservation =
    "UPDATE request_reservations SET content = $2, id = $3, running_until = $4, expires_at = $5, "
    "made = FALSE, made_type = NULL, made_id = NULL, answer = NULL WHERE key = $1";
inline const std::string kMarkReservation =
    "UPDATE request_reservations SET made = TRUE, made_type = $2, made_id = $3 WHERE id = $1 AND " +
    hidden("NOT made") + " RETURNING key";
inline const std::string kAnswerReservation =
    "UPDATE request_reservations SET answer = $2 WHERE id = $1 AND " + hidden("made");
inline const std::string kReleaseReservation =
    "DELETE FROM request_reservations WHERE id = $1 AND " + hidden("NOT made");
/// Deletes some expired ones; see remove_expired_signatures.
inline std::string remove_expired_reservations(const std::string& skip_locked) {
    return "DELETE FROM request_reservations WHERE key IN (SELECT r.key FROM request_reservations "
           "r "
           "WHERE r.expires_at < $1 ORDER BY r.expires_at LIMIT 64" +
           skip_locked + ")";
}

// Schema -----------------------------------------------------------------------------------------

inline const std::string kAppliedMigrations =
    "SELECT version, name, checksum, applied_at FROM schema_migrations ORDER BY version";
inline const std::string kInsertMigration =
    "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";
inline const std::string kDeleteMigration = "DELETE FROM schema_migrations WHERE version = $1";
/// Checks whether there is space to write.
inline const std::string kWriteNothingNew =
    "UPDATE schema_migrations SET name = name WHERE version = 1";

}  // namespace rescuestream::sql
