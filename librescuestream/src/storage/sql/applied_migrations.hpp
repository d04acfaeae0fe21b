#pragma once

#include <string>
#include <vector>

#include "rescuestream/result.hpp"
#include "storage/migrations.hpp"
#include "storage/sql/database.hpp"

namespace rescuestream::sql {

/// One row of schema_migrations.
struct AppliedMigration {
    int version = 0;
    std::string name;
    std::string checksum;
    Timestamp applied_at{};
};

/// The row that a database copy has in schema_migrations until it is complete. Its version is
/// higher than that of any migration, so every program refuses the database: also one whose
/// release does not know this row.
constexpr int kUnfinishedCopyVersion = 1'000'000;

/// Returns the rows in the order of their versions; none if the database has no such table. Throws
/// Failure.
std::vector<AppliedMigration> load_applied_migrations(Connection& connection,
                                                      const Dialect& dialect);

/// Returns kConflict if the database was not created by the migrations that this program knows, or
/// is an unfinished copy.
Result<void> compare_migrations(const std::vector<AppliedMigration>& applied,
                                const std::vector<Migration>& known);

bool is_unfinished_copy(const std::vector<AppliedMigration>& applied) noexcept;
/// Returns the error of a database that is an unfinished copy of another one.
Error unfinished_copy();

}  // namespace rescuestream::sql
