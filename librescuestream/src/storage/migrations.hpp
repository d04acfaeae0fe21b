#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rescuestream {

/// One file below migrations/, as it was when the library was built.
struct EmbeddedMigrationFile {
    std::string_view dialect;  ///< "postgresql" or "sqlite".
    std::string_view name;     ///< "0001_initial.up.sql".
    std::string_view text;
};

/// All of them, by dialect and name. Written by cmake/RescueStreamMigrations.cmake.
std::span<const EmbeddedMigrationFile> embedded_migration_files() noexcept;

/// One step of the schema and its way back.
struct Migration {
    int version = 0;       ///< From 1 on, without a gap.
    std::string name;      ///< "initial".
    std::string up;        ///< SQL.
    std::string down;      ///< SQL that undoes `up`.
    std::string checksum;  ///< SHA-256 of `up` in hexadecimal digits.
};

/// The migrations of a dialect, in order. Throws std::logic_error when `files` are no such series
/// (a gap, a missing way back): a defect of the build.
std::vector<Migration> parse_migrations(std::span<const EmbeddedMigrationFile> files,
                                        std::string_view dialect);

/// Those that are embedded.
const std::vector<Migration>& postgres_migrations();
const std::vector<Migration>& sqlite_migrations();

}  // namespace rescuestream
