#pragma once

#include <string>
#include <string_view>

#include "storage/postgres/key_facts.hpp"
#include "storage/postgres/key_list.hpp"
#include "storage/postgres/shared_statements.hpp"
#include "storage/sql/claim_statements.hpp"
#include "storage/sql/database.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::postgres {

/// The parameters of several claims.
inline const std::string kQuestions =
    questions(
        "bytea,xid8,text,text,text,boolean,text,text,timestamptz,text,timestamptz,timestamptz,"
        "timestamptz,boolean") +
    " ";

/// Replaces the parameters of a claim by the columns of `q`; keys are found by their digests.
inline std::string of_claim(const std::string& text) {
    constexpr std::string_view kDigest = "digest = q.p1 ";
    std::string result = of_question(text);
    for (auto at = result.find(kDigest); at != std::string::npos; at = result.find(kDigest, at)) {
        result.replace(at, kDigest.size(), "digest = ANY (ARRAY[q.p1]) ");
    }
    return result;
}

/// Claims any number of different keys. Returns a row for each claimed key: its position, then the
/// columns of a single claim. The UPDATE evaluates its conditions again after it had to wait for
/// another transaction, so that of concurrent callers one gets a row.
inline const std::string kClaims =
    kQuestions + of_claim(sql::take_key("fact_xid", sql::kIsForeignSource, " FROM q")) +
    " RETURNING q.place, k.id, k.previous_connection";

/// The same for one claim, without the cost of array parameters.
inline const std::string kOneClaim =
    sql::take_key("fact_xid", sql::kIsForeignSource) + " RETURNING 1, k.id, k.previous_connection";

/// The same for a key without a claim, with the parameters of sql::kOfFreeKey; otherwise it returns
/// no row.
inline const std::string kFreeClaim = sql::take_free_key("fact_xid", sql::kIsForeignSource) +
                                      " RETURNING 1, k.id, CAST(NULL AS text)";

/// Reads the facts for any number of claims. Returns a row for each key that exists.
inline std::string probe_statement(sql::KeyValue value) {
    return kQuestions + "SELECT q.place, " + sql::kKeyFactColumns + ", k.fact_xid, " +
           of_question(sql::kClaimable + ", " + sql::kIsForeignSource) +
           " FROM q JOIN stream_keys k ON " + of_claim(sql::has_value(value));
}

/// The texts of PostgreSQL's dialect. Names without a schema are found through search_path.
inline const sql::Dialect kDialect = {
    .name = "postgresql",
    .migrations = &postgres_migrations(),
    .lock_row = " FOR NO KEY UPDATE",
    .share_row = " FOR SHARE",
    .lock_number = "SELECT pg_advisory_xact_lock(CAST($1 AS bigint))",
    .skip_locked = " FOR UPDATE SKIP LOCKED",
    // The collation does not change letters outside ASCII.
    .matching_actors =
        "SELECT name FROM audit_actors WHERE position(lower(CAST($# AS text) COLLATE \"C\") "
        "IN lower(name COLLATE \"C\")) > 0",
    .has_lateral = true,
    .uuid_as_text = "CAST($# AS text)",
    .migrations_table_exists = "SELECT to_regclass('rescuestream.schema_migrations') IS NOT NULL",
    // PostgreSQL checks the permission to create a schema even if IF NOT EXISTS finds one.
    .create_migrations_table =
        "DO 'BEGIN IF to_regnamespace(''rescuestream'') IS NULL THEN "
        "CREATE SCHEMA rescuestream; END IF; END'; "
        "CREATE TABLE rescuestream.schema_migrations (version integer PRIMARY KEY, "
        "name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL)",
    .claim = kClaims,
    .take =
        sql::take_key("fact_xid", sql::kIsForeignSource) + " RETURNING k.id, k.previous_connection",
    // The order of an expression, so that the planner does not read the index of digests in order.
    .lock_path = sql::kSelectLockedKeys + "= ANY (ARRAY(" + sql::kKeyAndItsPath +
                 ")) ORDER BY substring(k.digest FROM 1) FOR NO KEY UPDATE",
    .probe = probe_statement(sql::KeyValue::kCurrent),
    .probe_previous = probe_statement(sql::KeyValue::kPrevious),
    .remembers_claims = true,
    // The transaction and the place of the row. A trigger writes the row when a name changes.
    .stream_version = "s.xmin::text || s.ctid::text",
    .key_facts = key_facts_after,
    .key_list = key_list_after,
    .find_broadcaster = kFindBroadcaster,
    .find_key = kFindKey,
    .create_broadcaster = kCreateBroadcaster,
    .create_key = kCreateKey,
    .revoke_idle_key = kRevokeIdleKey,
    .append_audit = kAppendAudit,
};

}  // namespace rescuestream::postgres
