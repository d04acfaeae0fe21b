#pragma once

#include <string>
#include <string_view>

#include "storage/postgres/key_facts.hpp"
#include "storage/postgres/key_list.hpp"
#include "storage/sql/database.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::postgres {

/// With the columns of `q` for the parameters of a claim.
inline std::string of_question(std::string text) {
    constexpr std::string_view kColumn = "q.p";
    for (auto at = text.find('$'); at != std::string::npos; at = text.find('$', at)) {
        text.replace(at, 1, kColumn);
    }
    return text;
}

/// The parameters of several claims, each parameter an array, as rows of `q` with their place
/// from 1.
inline const std::string kQuestions =
    "WITH q AS (SELECT * FROM unnest($1::bytea[], $2::xid8[], $3::text[], $4::text[], "
    "$5::text[], $6::boolean[], $7::text[], $8::text[], $9::timestamptz[], $10::text[], "
    "$11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::boolean[]) WITH ORDINALITY "
    "AS t(p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, place)) ";

/// Follows the conditions of a statement with `kQuestions`. Whichever of both the planner begins
/// with, keys are looked for by their digests: without it, a planner that believes the table to be
/// small goes through all of an index on it.
inline std::string among_questions(sql::KeyValue value) {
    return std::string(" AND k.") +
           (value == sql::KeyValue::kCurrent ? "digest" : "previous_digest") +
           " = ANY ($1::bytea[])";
}

/// Takes any number of keys, no key twice. A row for each that was taken: its place, then what a
/// claim of one key answers. The UPDATE looks at a row again when it had to wait for another
/// transaction: of racing callers one gets a row from it.
inline const std::string kClaims =
    kQuestions + of_question(sql::take_key("fact_xid", sql::kIsForeignSource, " FROM q")) +
    among_questions(sql::KeyValue::kCurrent) + " RETURNING q.place, k.id, k.previous_connection";

/// The same for one claim, whose parameters are no arrays: a caller without company pays for none.
inline const std::string kOneClaim =
    sql::take_key("fact_xid", sql::kIsForeignSource) + " RETURNING 1, k.id, k.previous_connection";

/// What any number of claims are judged by. A row for each of a key that exists.
inline std::string look_statement(sql::KeyValue value) {
    return kQuestions + "SELECT q.place, " + sql::kKeyFactColumns + ", k.fact_xid, " +
           of_question(sql::kClaimable + ", " + sql::kIsForeignSource) +
           " FROM q JOIN stream_keys k ON " + of_question(sql::has_value(value)) +
           among_questions(value);
}

/// Writes an audit entry for each row of `made`, the name of what stands before it in a WITH
/// clause. Its parameters follow the first `before` ones.
inline std::string with_audit(const std::string& made, int before) {
    return ", actor AS (INSERT INTO audit_actors (name) SELECT $" +
           std::to_string(before + sql::kAuditActor + 1) + " FROM " + made +
           " ON CONFLICT (name) DO NOTHING), entry AS (INSERT INTO audit_entries (" +
           sql::kAuditEntryColumns + ") SELECT " +
           sql::placeholders(before + 1, sql::kAuditEntryColumnCount) + " FROM " + made + ") ";
}

/// The broadcaster's row is locked until the commit: it cannot be deleted meanwhile.
inline const std::string kCreateKey =
    "WITH owner AS (SELECT b.id, b.disabled FROM broadcasters b WHERE b.id = $2 AND " +
    sql::hidden("b.deleted_at IS NULL") + " FOR SHARE), made AS (INSERT INTO stream_keys (" +
    sql::kNewKeyColumns + ", broadcaster_disabled) SELECT " +
    sql::placeholders(1, sql::kNewKeyColumnCount) + ", owner.disabled FROM owner RETURNING id)" +
    with_audit("made", sql::kNewKeyColumnCount) + "SELECT id FROM made";

/// What is going on with a key may change between the look and the lock: then its session has
/// another version, or it has a claim, and no row is found.
inline const std::string kRevokeIdleKey =
    "WITH seen AS (SELECT k.id, k.session_version FROM stream_keys k WHERE k.id = $1 "
    "AND NOT EXISTS (SELECT 1 FROM streams s WHERE s.stream_key_id = k.id AND s.state <> 'ended') "
    "AND NOT EXISTS (SELECT 1 FROM cutoffs c WHERE c.stream_key_id = k.id)), "
    "revoked AS (UPDATE stream_keys AS k SET revoked_at = $2, " +
    sql::kNoClaim +
    ", session_version = k.session_version + 1 FROM seen WHERE k.id = seen.id "
    "AND k.session_version = seen.session_version AND k.owner_connection IS NULL AND " +
    sql::hidden("k.revoked_at IS NULL") + " AND " + sql::kNotDeleted + " RETURNING " +
    sql::kKeyColumns + ")" + with_audit("revoked", 2) + "SELECT * FROM revoked";

/// PostgreSQL's own texts. Names without a schema are found through search_path.
inline const sql::Dialect kDialect = {
    .name = "postgresql",
    .migrations = &postgres_migrations(),
    .lock_row = " FOR NO KEY UPDATE",
    .share_row = " FOR SHARE",
    .skip_locked = " FOR UPDATE SKIP LOCKED",
    // As an array the names are found first, and then the index of actors serves. The collation
    // leaves letters beyond ASCII as they are.
    .actor_contains =
        "a.actor = ANY (ARRAY(SELECT name FROM audit_actors WHERE "
        "position(lower(CAST($# AS text) COLLATE \"C\") "
        "IN lower(name COLLATE \"C\")) > 0))",
    .migrations_table_exists = "SELECT to_regclass('rescuestream.schema_migrations') IS NOT NULL",
    // The right to make a schema is asked for even when IF NOT EXISTS finds one.
    .create_migrations_table =
        "DO 'BEGIN IF to_regnamespace(''rescuestream'') IS NULL THEN "
        "CREATE SCHEMA rescuestream; END IF; END'; "
        "CREATE TABLE rescuestream.schema_migrations (version integer PRIMARY KEY, "
        "name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL)",
    .claim = kClaims,
    .look = look_statement(sql::KeyValue::kCurrent),
    .look_previous = look_statement(sql::KeyValue::kPrevious),
    .remembers_claims = true,
    .key_facts = key_facts_after,
    .key_list = key_list_after,
    .create_broadcaster = "WITH made AS (" + sql::kInsertBroadcaster + " RETURNING id)" +
                          with_audit("made", sql::kBroadcasterColumnCount) + "SELECT id FROM made",
    .create_key = kCreateKey,
    .revoke_idle_key = kRevokeIdleKey,
    .append_audit = "WITH one AS (SELECT 1)" + with_audit("one", 0) + "SELECT 1",
};

}  // namespace rescuestream::postgres
