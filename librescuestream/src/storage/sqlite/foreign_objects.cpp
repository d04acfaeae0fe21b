#include "storage/sqlite/foreign_objects.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "storage/migrations.hpp"
#include "storage/sqlite/statements.hpp"
#include "support/regular_file.hpp"

namespace rescuestream::sqlite {
namespace {

struct Close {
    void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

/// What is in a schema: ("trigger", "name") and its SQL.
using Objects = std::map<std::pair<std::string, std::string>, std::string>;

Database open(const std::string& path, int flags) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(opened);
    if (code != SQLITE_OK) database.reset();
    return database;
}

std::string text_of(sqlite3_stmt* row, int column) {
    const auto* text = sqlite3_column_text(row, column);
    return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

Statement prepare(sqlite3* database, const char* sql) {
    sqlite3_stmt* prepared = nullptr;
    sqlite3_prepare_v2(database, sql, -1, &prepared, nullptr);
    return {prepared, &sqlite3_finalize};
}

Objects objects_of(sqlite3* database) {
    Objects objects;
    // SQLite's own names begin so, and nobody else can use them.
    const auto rows =
        prepare(database,
                "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' "
                "ESCAPE '\\'");
    while (rows && sqlite3_step(rows.get()) == SQLITE_ROW) {
        objects.emplace(std::pair{text_of(rows.get(), 0), text_of(rows.get(), 1)},
                        text_of(rows.get(), 2));
    }
    return objects;
}

// The number of migrations that were applied. Empty: the table is not ours.
std::optional<std::size_t> applied_migrations(sqlite3* database, const Objects& objects) {
    const auto table = objects.find({"table", "schema_migrations"});
    if (table == objects.end() || table->second.starts_with("CREATE VIRTUAL")) return std::nullopt;
    const auto count =
        prepare(database, "SELECT count(*) FROM schema_migrations WHERE version < 1000000");
    if (!count || sqlite3_step(count.get()) != SQLITE_ROW) return std::nullopt;
    return static_cast<std::size_t>(sqlite3_column_int64(count.get(), 0));
}

// The schema that the first migrations make.
Objects objects_after(std::size_t migrations) {
    const Database fresh = open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!fresh) return {};
    sqlite3_exec(fresh.get(), kDialect.create_migrations_table.c_str(), nullptr, nullptr, nullptr);
    const auto& known = sqlite_migrations();
    for (std::size_t i = 0; i < std::min(migrations, known.size()); ++i) {
        sqlite3_exec(fresh.get(), known[i].up.c_str(), nullptr, nullptr, nullptr);
    }
    return objects_of(fresh.get());
}

// SQLite changes the text of a table with ALTER TABLE, in each release with other blanks and
// quotes.
std::string essence_of(const std::string& sql) {
    std::string text;
    for (const char c : sql) {
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r' && c != '"') text += c;
    }
    return text;
}

// What an object does is its text: a default, a check or an index may call a function with each
// later write, and without its keys a table accepts what ours does not.
bool is_same(const Objects::value_type& found, const Objects& ours) {
    const auto own = ours.find(found.first);
    return own != ours.end() && essence_of(own->second) == essence_of(found.second);
}

Error foreign(const std::string& path, const Objects::key_type& object) {
    return {ErrorCode::kConflict,
            path + " has the " + object.first + " " + object.second +
                ", which RescueStream did not make in this form, so the file is not used.",
            {},
            {}};
}

}  // namespace

Result<void> check_for_foreign_objects(const std::string& path) {
    if (!may_be_read_as_file(path)) {
        return Error{ErrorCode::kConflict, path + " is no ordinary file.", {}, {}};
    }
    const Database database = open(path, SQLITE_OPEN_READONLY);
    if (!database) return {};
    const Objects found = objects_of(database.get());
    if (found.contains({"view", "schema_migrations"})) {
        return foreign(path, {"view", "schema_migrations"});
    }
    const auto migrations = applied_migrations(database.get(), found);
    if (!migrations || *migrations > sqlite_migrations().size()) return {};
    const Objects ours = objects_after(*migrations);
    for (const auto& object : found) {
        if (is_same(object, ours)) continue;
        return foreign(path, object.first);
    }
    return {};
}

}  // namespace rescuestream::sqlite
