#pragma once

#include <string>
#include <string_view>

#include "storage/sql/database.hpp"
#include "storage/sql/statements.hpp"

// Statements that several callers share. Their parameters are arrays, which become the rows of `q`:
// one row for each caller, with its values as `p1`, `p2`, … and its position from 1.
//
// A search by a value of `q` uses `= ANY (ARRAY[q.p1])` instead of `=`. With a plain comparison the
// planner may also read a whole index in order, as for a merge join, and does so for a table that
// it assumes to be small; with ANY it can only search each row of `q`. tests/plans checks all of
// these statements.
namespace rescuestream::postgres {

/// Replaces the parameters in `text` by the columns of `q`.
inline std::string of_question(std::string text) {
    constexpr std::string_view kColumn = "q.p";
    for (auto at = text.find('$'); at != std::string::npos; at = text.find('$', at)) {
        text.replace(at, 1, kColumn);
    }
    return text;
}

/// The beginning of a statement whose parameters have `types`, a list of names with commas.
inline std::string questions(std::string_view types) {
    std::string arrays;
    std::string columns;
    int number = 0;
    while (!types.empty()) {
        const auto end = types.find(',');
        const std::string place = std::to_string(++number);
        if (number > 1) arrays += ", ";
        arrays += "$" + place + "::" + std::string(types.substr(0, end)) + "[]";
        columns += "p" + place + ", ";
        types.remove_prefix(end == std::string_view::npos ? types.size() : end + 1);
    }
    return "WITH q AS (SELECT * FROM unnest(" + arrays + ") WITH ORDINALITY AS t(" + columns +
           "place))";
}

inline const std::string kAuditTypes =
    "uuid,timestamptz,text,text,text,text,text,text,text,text,text,text,text,text";

inline std::string parameter(int number) {
    return "$" + std::to_string(number);
}

/// The values of an audit entry whose parameters follow the first `before` ones. `metadata` is an
/// expression, or empty for the parameter.
inline std::string audit_values(int before, const std::string& metadata) {
    constexpr int kAfterMetadata = sql::kAuditMetadata + 1;
    if (metadata.empty()) return sql::placeholders(before + 1, sql::kAuditEntryColumnCount);
    return sql::placeholders(before + 1, sql::kAuditMetadata) + ", " + metadata + ", " +
           sql::placeholders(before + 1 + kAfterMetadata,
                             sql::kAuditEntryColumnCount - kAfterMetadata);
}

/// Whether a statement adds the actor of its audit entry to the names that a search reads.
enum class Actor { kAdded, kKnown };

inline std::string add_actor(Actor actor, const std::string& names) {
    if (actor == Actor::kKnown) return {};
    return ", actor AS (INSERT INTO audit_actors (name) SELECT " + names +
           " ON CONFLICT (name) DO NOTHING)";
}

/// The position of the actor's parameter, from 1.
constexpr int actor_after(int before) {
    return before + sql::kAuditActor + 1;
}

/// Writes an audit entry for each row of `made`, which is the name of the preceding part of the
/// WITH clause.
inline std::string with_audit(const std::string& made, int before, Actor actor,
                              const std::string& metadata = {}) {
    return add_actor(actor, parameter(actor_after(before)) + " FROM " + made) +
           ", entry AS (INSERT INTO audit_entries (" + sql::kAuditEntryColumns + ") SELECT " +
           audit_values(before, metadata) + " FROM " + made + ") ";
}

/// The same with the entries of the callers whose rows of `q` are in `done`.
inline std::string with_audits(int before, Actor actor, const std::string& metadata = {}) {
    return add_actor(actor,
                     "DISTINCT " + of_question(parameter(actor_after(before))) + " FROM done q") +
           ", entry AS (INSERT INTO audit_entries (" + sql::kAuditEntryColumns + ") SELECT " +
           of_question(audit_values(before, metadata)) + " FROM done q) ";
}

/// A statement with an audit entry, whose parameters follow the first `before` ones. `one` and
/// `many` return the texts for an Actor.
template <class One, class Many>
sql::SharedStatement audited(int before, One one, Many many) {
    return {one(Actor::kAdded),  many(Actor::kAdded), true,
            actor_after(before), one(Actor::kKnown),  many(Actor::kKnown)};
}

/// True for a text in which redact_key_values masks nothing. (It is false for some of these too.)
inline std::string is_plain(const std::string& text) {
    return "(" + text + ") !~ '%|[sS][kK]_|[A-Za-z0-9_-]{40}'";
}

/// The metadata of the entry about a key, as AuditDraft::named makes it from the parameter.
/// `owner`, `label` and `path` are expressions of texts.
inline std::string key_metadata(int before, const std::string& owner, const std::string& label,
                                const std::string& path) {
    const std::string given = parameter(before + sql::kAuditMetadata + 1);
    return "left(" + given + ", -1) || CASE WHEN " + given +
           " = '{}' THEN '' ELSE ',' END || '\"broadcaster_name\":' || to_json(" + owner +
           ") || ',\"key_name\":' || to_json(coalesce(nullif(" + label + ", ''), " + path +
           ")) || ',\"playback_path\":' || to_json(" + path + ") || '}'";
}

/// The rows of `q` whose first value is the id of a row that was created.
inline const std::string kDoneAsMade = ", done AS (SELECT q.* FROM q JOIN made ON made.id = q.p1)";

inline const sql::SharedStatement kFindBroadcaster = {
    sql::kFindBroadcaster,
    questions("uuid") + " SELECT q.place, " + sql::kBroadcasterColumns +
        " FROM q, broadcasters b WHERE b.id = ANY (ARRAY[q.p1]) AND " +
        sql::hidden("b.deleted_at IS NULL"),
    false,
};

inline const sql::SharedStatement kFindKey = {
    sql::kFindKey,
    questions("uuid") + " SELECT q.place, " + sql::kKeyColumns +
        " FROM q, stream_keys k WHERE k.id = ANY (ARRAY[q.p1]) AND " + sql::kNotDeleted,
    false,
};

inline const sql::SharedStatement kCreateBroadcaster = audited(
    sql::kBroadcasterColumnCount,
    [](Actor actor) {
        return "WITH made AS (" + sql::kInsertBroadcaster + " RETURNING id)" +
               with_audit("made", sql::kBroadcasterColumnCount, actor) + "SELECT id FROM made";
    },
    [](Actor actor) {
        return questions("uuid,text,text,boolean,timestamptz,timestamptz," + kAuditTypes) +
               ", made AS (INSERT INTO broadcasters (" + sql::kNewBroadcasterColumns + ") SELECT " +
               of_question(sql::placeholders(1, sql::kBroadcasterColumnCount)) +
               " FROM q ON CONFLICT DO NOTHING RETURNING id)" + kDoneAsMade +
               with_audits(sql::kBroadcasterColumnCount, actor) + "SELECT place, p1 FROM done";
    });

constexpr int kNewKeyLabel = 3;  // parameters
constexpr int kNewKeyPath = 4;
/// A literal in the parameter's place, as poolers need it, has no type.
inline std::string text_parameter(int number) {
    return "CAST(" + parameter(number) + " AS text)";
}
inline const std::string kNewKeyTexts =
    text_parameter(kNewKeyLabel) + " || ' ' || " + text_parameter(kNewKeyPath);
inline const std::string kNewKeyMetadata =
    key_metadata(sql::kNewKeyColumnCount, "b.display_name", text_parameter(kNewKeyLabel),
                 text_parameter(kNewKeyPath));

/// The broadcaster's row is locked until the commit, so that it cannot be deleted meanwhile.
inline std::string create_one_key(Actor actor) {
    return "WITH owner AS (SELECT b.id, b.disabled, b.incident_id, b.display_name FROM "
           "broadcasters b "
           "WHERE b.id = $2 "
           "AND " +
           sql::hidden("b.deleted_at IS NULL") + " AND " +
           is_plain("b.display_name || ' ' || " + kNewKeyTexts) +
           " FOR SHARE), made AS (INSERT INTO stream_keys (" + sql::kNewKeyColumns +
           ", broadcaster_disabled, incident_id) SELECT " +
           sql::placeholders(1, sql::kNewKeyColumnCount) +
           ", b.disabled, b.incident_id FROM owner b RETURNING broadcaster_disabled, incident_id)" +
           with_audit("made, owner b", sql::kNewKeyColumnCount, actor, kNewKeyMetadata) +
           "SELECT broadcaster_disabled, incident_id FROM made";
}

/// The rows of broadcasters are locked in a fixed order to avoid deadlocks.
inline std::string create_keys(Actor actor) {
    return questions(
               "uuid,uuid,text,text,text,text,text,boolean,timestamptz,timestamptz,timestamptz,"
               "timestamptz,bytea,boolean,text," +
               kAuditTypes) +
           ", owner AS (SELECT b.id, b.display_name, b.disabled, b.incident_id "
           "FROM (SELECT DISTINCT q.p2 FROM q ORDER BY q.p2) o, broadcasters b "
           "WHERE b.id = ANY (ARRAY[o.p2]) AND " +
           sql::hidden("b.deleted_at IS NULL") + " AND " + is_plain("b.display_name") +
           " FOR SHARE OF b), made AS (INSERT INTO stream_keys (" + sql::kNewKeyColumns +
           ", broadcaster_disabled, incident_id) SELECT " +
           of_question(sql::placeholders(1, sql::kNewKeyColumnCount)) +
           ", b.disabled, b.incident_id FROM q JOIN owner b ON b.id = q.p2 AND " +
           of_question(is_plain(kNewKeyTexts)) +
           " ON CONFLICT DO NOTHING RETURNING id, broadcaster_disabled, incident_id), done AS "
           "(SELECT "
           "q.*, "
           "made.broadcaster_disabled, made.incident_id, b.display_name FROM q JOIN made ON "
           "made.id = "
           "q.p1 "
           "JOIN owner b ON b.id = q.p2)" +
           with_audits(sql::kNewKeyColumnCount, actor,
                       key_metadata(sql::kNewKeyColumnCount, "q.display_name",
                                    parameter(kNewKeyLabel), parameter(kNewKeyPath))) +
           "SELECT place, broadcaster_disabled, incident_id FROM done";
}

inline const sql::SharedStatement kCreateKey =
    audited(sql::kNewKeyColumnCount, create_one_key, create_keys);

/// True for a key that is not in use. `k` names it. (It reads the first open stream from this key
/// on, in the order of keys; for NOT EXISTS the planner may read all open streams.)
inline const std::string kIsIdle =
    "(SELECT s.stream_key_id FROM streams s WHERE s.stream_key_id >= k.id AND s.state <> 'ended' "
    "ORDER BY s.stream_key_id LIMIT 1) IS DISTINCT FROM k.id "
    "AND (SELECT count(*) FROM cutoffs c WHERE c.stream_key_id = k.id) = 0";

/// The columns of a key that a statement needs to revoke it, from `k` and its broadcaster `b`.
inline const std::string kSeenColumns = "k.id, k.session_version, b.display_name AS owner_name";
inline const std::string kOwnerOfSeen =
    "b.id = ANY (ARRAY[k.broadcaster_id]) AND " + is_plain("b.display_name") + " AND " + kIsIdle;
/// When a key that shares its path is revoked, the other keys of the path are locked first.
inline const std::string kHasPathAlone = sql::hidden("NOT " + sql::kMayHavePriority);

/// The session of a key may change between the read and the lock. Then it has another version or a
/// claim, and no row is found.
inline const std::string kRevokeSeen =
    ", session_version = k.session_version + 1 FROM seen WHERE k.id = ANY (ARRAY[seen.id]) "
    "AND k.session_version = seen.session_version AND k.owner_connection IS NULL AND " +
    kHasPathAlone + " AND " + sql::hidden("k.revoked_at IS NULL") + " AND " + sql::kNotDeleted +
    " AND " + is_plain("k.label || ' ' || k.playback_path");

constexpr int kBeforeEntryOfRevoked = 2;  // parameters

/// Keys are locked in the same order in which shared claims lock them.
inline const sql::SharedStatement kRevokeIdleKey = audited(
    kBeforeEntryOfRevoked,
    [](Actor actor) {
        return "WITH seen AS (SELECT " + kSeenColumns +
               " FROM stream_keys k, broadcasters b WHERE k.id = $1 AND " + kOwnerOfSeen +
               "), revoked AS (UPDATE stream_keys AS k SET revoked_at = $2, " + sql::kNoClaim +
               kRevokeSeen + " RETURNING " + sql::kKeyColumns + ", seen.owner_name)" +
               with_audit(
                   "revoked", kBeforeEntryOfRevoked, actor,
                   key_metadata(kBeforeEntryOfRevoked, "owner_name", "label", "playback_path")) +
               "SELECT * FROM revoked";
    },
    [](Actor actor) {
        return questions("uuid,timestamptz," + kAuditTypes) +
               ", seen AS MATERIALIZED (SELECT * FROM (SELECT q.place, q.p2 AS now, k.digest, " +
               kSeenColumns +
               " FROM q, stream_keys k, broadcasters b WHERE k.id = ANY (ARRAY[q.p1]) AND " +
               kOwnerOfSeen +
               " OFFSET 0) found ORDER BY digest), revoked AS (UPDATE stream_keys AS k SET "
               "revoked_at = "
               "seen.now, " +
               sql::kNoClaim + kRevokeSeen + " RETURNING seen.place, " + sql::kKeyColumns +
               ", seen.owner_name), done AS (SELECT q.*, r.owner_name, r.label, r.playback_path "
               "FROM q JOIN revoked r ON r.place = q.place)" +
               with_audits(kBeforeEntryOfRevoked, actor,
                           key_metadata(kBeforeEntryOfRevoked, "q.owner_name", "q.label",
                                        "q.playback_path")) +
               "SELECT * FROM revoked";
    });

inline const sql::SharedStatement kAppendAudit = audited(
    0,
    [](Actor actor) { return "WITH one AS (SELECT 1)" + with_audit("one", 0, actor) + "SELECT 1"; },
    [](Actor actor) {
        return questions(kAuditTypes) + ", done AS (SELECT * FROM q)" + with_audits(0, actor) +
               "SELECT place, 1 FROM done";
    });

}  // namespace rescuestream::postgres
