#include "storage/sql/applied_migrations.hpp"

#include "storage/errors.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::sql {

std::vector<AppliedMigration> load_applied_migrations(Connection& connection,
                                                      const Dialect& dialect) {
    const auto exists = connection.run(dialect.migrations_table_exists, {});
    if (!exists->boolean(0, 0)) return {};
    return read_all(*connection.run(kAppliedMigrations, {}), [](RowReader row) {
        AppliedMigration applied;
        applied.version = static_cast<int>(row.integer());
        applied.name = row.text();
        applied.checksum = row.text();
        applied.applied_at = row.time();
        return applied;
    });
}

Result<void> compare_migrations(const std::vector<AppliedMigration>& applied,
                                const std::vector<Migration>& known) {
    if (is_unfinished_copy(applied)) return unfinished_copy();
    for (std::size_t i = 0; i < applied.size(); ++i) {
        if (i >= known.size()) {
            return conflict("The database schema is newer than this program.");
        }
        const Migration& ours = known[i];
        if (applied[i].version != ours.version || applied[i].checksum != ours.checksum) {
            return Error{ErrorCode::kConflict,
                         "The database schema was made by another migration " +
                             std::to_string(applied[i].version) + " than this program has.",
                         "applied: " + applied[i].name + " " + applied[i].checksum +
                             ", known: " + ours.name + " " + ours.checksum,
                         {}};
        }
    }
    return {};
}

bool is_unfinished_copy(const std::vector<AppliedMigration>& applied) noexcept {
    return !applied.empty() && applied.back().version == kUnfinishedCopyVersion;
}

Error unfinished_copy() {
    return conflict(
        "This database is an unfinished copy of another one: run the same `rescuestream-cli db "
        "copy` again, which continues it, or remove it.");
}

}  // namespace rescuestream::sql
