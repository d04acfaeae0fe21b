#pragma once

#include <string>

#include "storage/sql/claim_statements.hpp"
#include "storage/sql/database.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sqlite/key_facts.hpp"

namespace rescuestream::sqlite {

/// The claims of other keys are found by an index, which is cheap in this dialect.
inline const std::string kIsForeign =
    "(" + sql::kIsForeignSource +
    " OR EXISTS (SELECT 1 FROM stream_keys f WHERE f.owner_connection = $3 AND f.id <> k.id "
    "AND (f.owner_live OR f.claimed_at >= $11)))";

/// A probe has the parameters of a claim; SQLite requires that the last one occurs in the
/// statement.
inline std::string probe_statement(sql::KeyValue value) {
    return "SELECT " + sql::kKeyFactColumns + ", k.fact_version, " + sql::kClaimable + ", " +
           kIsForeign + " FROM stream_keys k WHERE " + sql::has_value(value) +
           " AND $14 IS NOT NULL";
}

/// The texts of SQLite's dialect. SQLite has one writer at a time, so rows need no locks.
inline const sql::Dialect kDialect = {
    .name = "sqlite",
    .migrations = &sqlite_migrations(),
    .lock_row = "",
    .share_row = "",
    .lock_number = "",
    .skip_locked = "",
    .matching_actors = "SELECT name FROM audit_actors WHERE instr(lower(name), lower($#)) > 0",
    .is_uuid = "length(a.id) = 16",
    .uuid_as_text =
        "lower(substr(hex($#), 1, 8) || '-' || substr(hex($#), 9, 4) || '-' || substr(hex($#), 13, "
        "4) || '-' || substr(hex($#), 17, 4) || '-' || substr(hex($#), 21))",
    .migrations_table_exists =
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations')",
    .create_migrations_table =
        "CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, "
        "name TEXT NOT NULL, checksum TEXT NOT NULL, "
        "applied_at INTEGER NOT NULL) STRICT",
    .claim = sql::take_key("fact_version", kIsForeign) + " RETURNING id, previous_connection",
    .take = sql::take_key("fact_version", kIsForeign) + " RETURNING id, previous_connection",
    .lock_path = sql::kSelectLockedKeys + "IN (" + sql::kKeyAndItsPath + ") ORDER BY k.digest",
    .probe = probe_statement(sql::KeyValue::kCurrent),
    .probe_previous = probe_statement(sql::KeyValue::kPrevious),
    .probes_first = true,
    .key_facts = key_facts_after,
    .find_broadcaster = {sql::kFindBroadcaster, {}, false},
    .find_key = {sql::kFindKey, {}, false},
    .create_broadcaster = {},
    .create_key = {},
    .revoke_idle_key = {},
    .append_audit = {},
};

}  // namespace rescuestream::sqlite
