#include "storage/sql/schema.hpp"

#include <algorithm>

#include "storage/sql/applied_migrations.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::sql {
namespace {

SchemaStatus status_of(const std::vector<AppliedMigration>& applied,
                       const std::vector<Migration>& migrations) {
    SchemaStatus status;
    status.latest = static_cast<int>(migrations.size());
    for (const auto& row : applied) status.current = std::max(status.current, row.version);
    for (int version = status.current + 1; version <= status.latest; ++version) {
        status.pending.push_back(version);
    }
    return status;
}

// Applies or reverts one migration towards `target`.
void step(Connection& connection, const Migration& migration, bool up, Timestamp now) {
    connection.script(up ? migration.up : migration.down);
    if (up) {
        connection.run(kInsertMigration,
                       {std::int64_t{migration.version}, migration.name, migration.checksum, now});
    } else {
        connection.run(kDeleteMigration, {std::int64_t{migration.version}});
    }
}

}  // namespace

Result<void> SqlSchema::check() {
    const auto schema = read<void>([&](Connection& connection) -> Result<void> {
        const auto applied = load_applied_migrations(connection, dialect());
        if (auto same = compare_migrations(applied, *dialect().migrations); !same) {
            return Error{ErrorCode::kUnavailable, same.error().message, same.error().detail, {}};
        }
        if (applied.size() < dialect().migrations->size()) {
            return Error{ErrorCode::kUnavailable,
                         "The database schema is too old for this program: it has migration " +
                             std::to_string(applied.size()) + " of " +
                             std::to_string(dialect().migrations->size()) + ".",
                         {},
                         {}};
        }
        return {};
    });
    if (!schema) return schema;
    return translate<void>([&](Result<void>& result) {
        database_.check_room();
        result = {};
    });
}

Result<SchemaStatus> SqlSchema::schema_status() {
    return read<SchemaStatus>([&](Connection& connection) -> Result<SchemaStatus> {
        const auto applied = load_applied_migrations(connection, dialect());
        if (is_unfinished_copy(applied)) return unfinished_copy();
        return status_of(applied, *dialect().migrations);
    });
}

Result<SchemaStatus> SqlSchema::migrate(std::optional<int> target, Timestamp now) {
    const auto& migrations = *dialect().migrations;
    const int wanted = target.value_or(static_cast<int>(migrations.size()));
    if (wanted < 0 || wanted > static_cast<int>(migrations.size())) {
        return Error{ErrorCode::kInvalidArgument,
                     "There is no migration " + std::to_string(wanted) + "; the newest is " +
                         std::to_string(migrations.size()) + ".",
                     {},
                     {}};
    }
    // Each migration is one transaction. Other programs may apply the next one in between, so each
    // transaction first reads the present version.
    while (true) {
        auto status = translate<SchemaStatus>([&](Result<SchemaStatus>& result) {
            database_.migrate([&](Connection& connection) {
                const auto applied = load_applied_migrations(connection, dialect());
                if (auto same = compare_migrations(applied, migrations); !same) {
                    result = same.error();
                    return false;
                }
                result = status_of(applied, migrations);
                const int current = result->current;
                if (current == wanted) return false;
                if (applied.empty() &&
                    !connection.run(dialect().migrations_table_exists, {})->boolean(0, 0)) {
                    connection.script(dialect().create_migrations_table);
                }
                const bool up = current < wanted;
                step(connection, migrations[static_cast<std::size_t>(up ? current : current - 1)],
                     up, now);
                return true;
            });
        });
        // If the migration was applied, the next reading shows it.
        if (!status || status->current == wanted) return status;
    }
}

}  // namespace rescuestream::sql
