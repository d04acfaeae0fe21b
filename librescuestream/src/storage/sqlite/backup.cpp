#include "rescuestream/backup.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <utility>

#include "storage/migrations.hpp"
#include "storage/sql/applied_migrations.hpp"
#include "storage/sqlite/address.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/file_users.hpp"
#include "storage/sqlite/foreign_objects.hpp"
#include "storage/sqlite/restored_rights.hpp"
#include "storage/sqlite/statements.hpp"
#include "support/file_owner.hpp"
#include "support/write_error.hpp"

namespace rescuestream {
namespace {

constexpr int kBusyMilliseconds = 5'000;

Error failed(ErrorCode code, std::string message, std::string detail = {}) {
    return {code, std::move(message), std::move(detail), {}};
}

bool exists(const std::string& file) {
    return ::access(file.c_str(), F_OK) == 0;
}

/// A database file that is opened for one task.
class File {
public:
    File(const std::string& path, int flags, int busy_milliseconds) {
        sqlite3* opened = nullptr;
        const int code =
            sqlite3_open_v2(path.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX, nullptr);
        database_.reset(opened);
        if (code != SQLITE_OK) {
            problem_ = opened == nullptr ? "no memory" : sqlite3_errmsg(opened);
            return;
        }
        sqlite3_busy_timeout(opened, busy_milliseconds);
    }

    /// Empty: the statement failed, or had no row.
    std::optional<std::string> first_value(const std::string& statement,
                                           const std::string& parameter = {}) {
        if (!problem_.empty()) return std::nullopt;
        sqlite3_stmt* prepared = nullptr;
        if (sqlite3_prepare_v2(database_.get(), statement.c_str(), -1, &prepared, nullptr) !=
            SQLITE_OK) {
            problem_ = sqlite3_errmsg(database_.get());
            return std::nullopt;
        }
        const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> at_end(prepared,
                                                                                &sqlite3_finalize);
        if (!parameter.empty()) {
            sqlite3_bind_text(prepared, 1, parameter.c_str(), -1, SQLITE_TRANSIENT);
        }
        const int code = sqlite3_step(prepared);
        if (code == SQLITE_ROW) {
            const auto* text = sqlite3_column_text(prepared, 0);
            return text == nullptr ? "" : reinterpret_cast<const char*>(text);
        }
        if (code != SQLITE_DONE) {
            problem_ = sqlite3_errmsg(database_.get());
            is_full_ = (code & 0xFF) == SQLITE_FULL ||
                       is_shortage_of_room(sqlite3_system_errno(database_.get()));
        }
        return std::nullopt;
    }
    bool run(const std::string& statement, const std::string& parameter = {}) {
        first_value(statement, parameter);
        return problem_.empty();
    }

    const std::string& problem() const noexcept { return problem_; }
    /// Returns true if the last error was a lack of space.
    bool is_full() const noexcept { return is_full_; }

private:
    struct Close {
        void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
    };

    std::unique_ptr<sqlite3, Close> database_;
    std::string problem_;
    bool is_full_ = false;
};

/// A file that is removed in the destructor unless `keep_as` has renamed it.
class TemporaryFile {
public:
    explicit TemporaryFile(std::string path) : path_(std::move(path)) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }

    const std::string& path() const noexcept { return path_; }

    /// Creates it, empty, with mode 0600. Replaces a file that a killed program left. Gets the
    /// owner of `replaced`, if that is not empty (give_to_owner_of).
    bool make(const std::string& replaced = {}) const {
        ::unlink(path_.c_str());
        const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (file < 0) return false;
        if (!replaced.empty()) give_to_owner_of(file, replaced);
        return ::close(file) == 0;
    }
    /// Renames it to `target`, which must not exist unless `replace`. Returns false and sets errno
    /// on an error.
    bool keep_as(const std::string& target, bool replace = false) {
        int renamed = ::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target.c_str(),
                                  replace ? 0 : RENAME_NOREPLACE);
        // Some file systems cannot refuse an existing name (EINVAL); it was checked before.
        if (renamed != 0 && errno == EINVAL) renamed = std::rename(path_.c_str(), target.c_str());
        if (renamed != 0) return false;
        path_.clear();
        return true;
    }

private:
    std::string path_;
};

bool sync(const std::string& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_CLOEXEC);
    if (file < 0) return false;
    const bool synced = ::fsync(file) == 0;
    return ::close(file) == 0 && synced;
}

bool sync_directory_of(const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path();
    return sync(parent.empty() ? "." : parent.string(), O_RDONLY | O_DIRECTORY);
}

/// Returns the content of the copy if it is complete and a database of this program.
Result<Backup> inspect(const std::string& path) {
    File file(path, SQLITE_OPEN_READONLY, kBusyMilliseconds);
    const auto check = file.first_value("PRAGMA integrity_check(1)");
    if (!check || *check != "ok") {
        return failed(ErrorCode::kUnavailable, path + " is not a complete SQLite database.",
                      check ? *check : file.problem());
    }
    const auto schema = file.first_value("SELECT max(version) FROM schema_migrations");
    if (!schema || schema->empty()) {
        return failed(ErrorCode::kUnavailable, path + " is not a database of RescueStream.",
                      file.problem());
    }
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path, error);
    return Backup{path, error ? 0 : bytes, std::stoi(*schema)};
}

Result<std::string> path_of(std::string_view uri) {
    if (!uri.starts_with("sqlite:")) {
        return failed(ErrorCode::kUnsupported,
                      "Only an SQLite database (sqlite:PATH) can be copied with this command.");
    }
    return sqlite::path_in_address(uri.substr(std::string_view("sqlite:").size()));
}

Error cannot_write(const std::string& path) {
    const int reason = errno;
    return failed(is_shortage_of_room(reason) ? ErrorCode::kStorageFull : ErrorCode::kUnavailable,
                  path + " cannot be written: " + std::strerror(reason) + ".");
}

// If the write-ahead log can be removed, no other program has the file open.
Result<void> close_for_others(const std::string& path) {
    File file(path, SQLITE_OPEN_READWRITE, 0);
    const auto mode = file.first_value("PRAGMA journal_mode = DELETE");
    if (mode && *mode == "delete") return {};
    if (!mode && file.problem().find("locked") == std::string::npos)
        return {};  // the file is damaged
    const auto users = sqlite::programs_with(path);
    return failed(ErrorCode::kConflict,
                  users.empty()
                      ? "A program uses the database " + path +
                            ": stop rescuestream-server (and whatever else has it open) first."
                      : "The database " + path + " is in use: stop " + users + " first.",
                  file.problem());
}

/// The files that SQLite keeps beside a database.
constexpr std::array<const char*, 3> kSideFiles{"-wal", "-shm", "-journal"};

// A log that is left over from another database would be read as if it belonged to the new file.
bool has_log(const std::string& path) {
    return exists(path + "-wal") || exists(path + "-journal");
}

bool is_same_file(const std::string& left, const std::string& right) {
    std::error_code ignored;
    return std::filesystem::equivalent(left, right, ignored);
}

/// Returns kConflict unless this program can use the copy: its schema is not newer, and was made by
/// the same migrations.
Result<void> check_schema(const Backup& backup) {
    const auto& known = sqlite_migrations();
    try {
        sqlite::Connection copy(backup.file, sqlite::Connection::Durability::kNormal,
                                sqlite::Connection::Deadline::max(),
                                sqlite::Connection::Access::kReadOnly);
        const auto applied = sql::load_applied_migrations(copy, sqlite::kDialect);
        if (auto same = sql::compare_migrations(applied, known); !same) {
            Error error = same.error();
            error.message = backup.file + " cannot be restored. " + error.message;
            if (applied.size() > known.size() && !sql::is_unfinished_copy(applied)) {
                error.message = backup.file + " has schema " + std::to_string(backup.schema) +
                                ", newer than this program's " + std::to_string(known.size()) +
                                ": use a newer rescuestream-cli.";
            }
            return error;
        }
        return {};
    } catch (const sql::Failure& failure) {
        return failed(ErrorCode::kUnavailable, backup.file + " cannot be read.", failure.detail);
    }
}

// A session that was ended after the copy was made must not be valid again.
bool remove_sessions(const std::string& path) {
    File file(path, SQLITE_OPEN_READWRITE, kBusyMilliseconds);
    if (!file.run("PRAGMA journal_mode = DELETE")) return false;
    const bool has_sessions =
        file.first_value("SELECT 1 FROM sqlite_schema WHERE name = 'credential_sessions'")
            .has_value();
    return !has_sessions || file.run("DELETE FROM credential_sessions");
}

std::string time_mark(Timestamp now) {
    std::string mark;
    for (const char c : format_rfc3339(now).substr(0, std::strlen("2026-01-17T10:00:00"))) {
        if (c != '-' && c != ':') mark += c;
    }
    return mark + "Z";
}

// Returns false and sets errno on an error.
bool copy_file(const std::string& from, const std::string& to) {
    std::ifstream in(from, std::ios::binary);
    std::ofstream out(to, std::ios::binary | std::ios::trunc);
    errno = 0;
    out << in.rdbuf();
    out.close();
    return !in.fail() && !out.fail() && sync(to, O_WRONLY);
}

}  // namespace

Result<Backup> back_up_database(std::string_view uri, const std::string& target, bool replace) {
    const auto path = path_of(uri);
    if (!path) return path.error();
    if (!exists(*path)) {
        return failed(ErrorCode::kNotFound, "There is no database " + *path + ".");
    }
    if (is_same_file(*path, target) || has_log(target)) {
        return failed(ErrorCode::kInvalidArgument,
                      target + " is a database that may be in use: choose another file.");
    }
    if (exists(target) && !replace) {
        return failed(ErrorCode::kConflict, target + " exists and is not overwritten.");
    }
    TemporaryFile copy(target + ".partial");
    if (!copy.make()) {
        return failed(ErrorCode::kInvalidArgument,
                      target + " cannot be created: " + std::strerror(errno) + ".");
    }
    {
        File database(*path, SQLITE_OPEN_READWRITE, kBusyMilliseconds);
        // One read transaction, so that the copy is consistent and writers do not wait.
        if (!database.run("VACUUM INTO ?", copy.path())) {
            return failed(
                database.is_full() ? ErrorCode::kStorageFull : ErrorCode::kUnavailable,
                "The database " + *path + " could not be copied: " + database.problem() + ".");
        }
    }
    auto made = inspect(copy.path());
    if (!made) return made;
    if (!sync(copy.path(), O_WRONLY)) return cannot_write(target);
    if (!copy.keep_as(target, replace)) {
        if (errno != EEXIST) return cannot_write(target);
        return failed(ErrorCode::kConflict, target + " exists and is not overwritten.");
    }
    sync_directory_of(target);
    made->file = target;
    return made;
}

Result<Restored> restore_database(std::string_view uri, const std::string& source, Timestamp now) {
    const auto path = path_of(uri);
    if (!path) return path.error();
    if (!exists(source)) return failed(ErrorCode::kNotFound, "There is no file " + source + ".");
    if (auto ours = sqlite::check_for_foreign_objects(source); !ours) {
        return std::move(ours).error();
    }
    const auto backup = inspect(source);
    if (!backup) return backup.error();
    if (auto usable = check_schema(*backup); !usable) return usable.error();
    TemporaryFile copy(*path + ".restoring");
    if (!copy.make(*path) || !copy_file(source, copy.path())) return cannot_write(copy.path());
    if (!remove_sessions(copy.path()) || !sync(copy.path(), O_WRONLY)) {
        return cannot_write(copy.path());
    }

    Restored restored{*backup, {}, {}};
    const std::string kept = *path + ".before-restore-" + time_mark(now);
    if (exists(kept)) return failed(ErrorCode::kConflict, kept + " exists: try again.");
    if (exists(*path)) {
        if (auto closed = close_for_others(*path); !closed) return closed.error();
        restored.replaced = kept;
        restored.rights = sqlite::rights_that_come_back(copy.path(), *path, now);
        if (std::rename(path->c_str(), kept.c_str()) != 0) return cannot_write(kept);
    }
    // A damaged database leaves them behind.
    for (const auto* side : kSideFiles) std::rename((*path + side).c_str(), (kept + side).c_str());
    if (!copy.keep_as(*path)) {
        const Error error = cannot_write(*path);
        if (!restored.replaced.empty()) std::rename(restored.replaced.c_str(), path->c_str());
        return error;
    }
    sync_directory_of(*path);
    return restored;
}

}  // namespace rescuestream
