#pragma once

#include <string>

#include "storage/sql/database.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::postgres {

/// Both parts see the same snapshot, but the UPDATE looks at the row again when it had to wait for
/// another transaction: of racing callers one gets a row from it.
inline std::string claim_statement(sql::KeyValue value) {
    return "WITH c AS (" + sql::take_key(value) +
           " RETURNING k.id, k.previous_connection) SELECT k.id, " + sql::key_verdict("$9", value) +
           ", " + sql::kClaimable +
           ", c.id IS NOT NULL, c.previous_connection FROM stream_keys k "
           "LEFT JOIN c ON c.id = k.id WHERE " +
           sql::has_value(value);
}

/// PostgreSQL's own texts. Names without a schema are found through search_path.
inline const sql::Dialect kDialect = {
    .name = "postgresql",
    .migrations = &postgres_migrations(),
    .lock_row = " FOR NO KEY UPDATE",
    .share_row = " FOR SHARE",
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
    .claim = claim_statement(sql::KeyValue::kCurrent),
    .look = "",
    .claim_previous = claim_statement(sql::KeyValue::kPrevious),
    .look_previous = "",
};

}  // namespace rescuestream::postgres
