#include "storage/migrations.hpp"

#include <charconv>
#include <stdexcept>

#include "support/crypto.hpp"

namespace rescuestream {
namespace {

// "0001_initial.up.sql" → 1, "initial", true.
struct FileName {
    int version = 0;
    std::string_view name;
    bool up = false;
};

FileName parse_file_name(std::string_view text) {
    constexpr std::string_view kUp = ".up.sql";
    constexpr std::string_view kDown = ".down.sql";
    FileName result;
    result.up = text.ends_with(kUp);
    const auto number = text.substr(0, text.find('_'));
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), result.version);
    if (number.size() != 4 || error != std::errc() || end != number.data() + number.size() ||
        (!result.up && !text.ends_with(kDown))) {
        throw std::logic_error("not a name of a migration: " + std::string(text));
    }
    const auto ending = result.up ? kUp.size() : kDown.size();
    result.name = text.substr(5, text.size() - 5 - ending);
    return result;
}

}  // namespace

std::vector<Migration> parse_migrations(std::span<const EmbeddedMigrationFile> files,
                                        std::string_view dialect) {
    std::vector<Migration> migrations;
    for (const auto& file : files) {
        if (file.dialect != dialect) continue;
        const auto name = parse_file_name(file.name);
        const auto index = static_cast<std::size_t>(name.version) - 1;
        if (name.version < 1 || index > migrations.size()) {
            throw std::logic_error("a migration is missing before " + std::string(file.name));
        }
        if (index == migrations.size()) {
            migrations.push_back(Migration{name.version, std::string(name.name), {}, {}, {}});
        }
        Migration& migration = migrations[index];
        if (migration.name != name.name) {
            throw std::logic_error("two migrations have the number of " + std::string(file.name));
        }
        (name.up ? migration.up : migration.down) = file.text;
    }
    for (auto& migration : migrations) {
        if (migration.up.empty() || migration.down.empty()) {
            throw std::logic_error("migration " + std::to_string(migration.version) +
                                   " lacks one of its two files");
        }
        migration.checksum = to_hex(sha256(migration.up));
    }
    return migrations;
}

const std::vector<Migration>& postgres_migrations() {
    static const auto migrations = parse_migrations(embedded_migration_files(), "postgresql");
    return migrations;
}

const std::vector<Migration>& sqlite_migrations() {
    static const auto migrations = parse_migrations(embedded_migration_files(), "sqlite");
    return migrations;
}

}  // namespace rescuestream
