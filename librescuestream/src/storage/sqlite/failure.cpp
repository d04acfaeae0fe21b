#include "storage/sqlite/failure.hpp"

#include <cerrno>
#include <optional>
#include <string>

namespace rescuestream::sqlite {
namespace {

// An input/output error of SQLite, or a file that cannot be opened, may be caused by a full disk;
// the error of the operating system shows it.
std::optional<sql::Failure::Kind> reason_not_to_write(sqlite3* database, int code) {
    using Kind = sql::Failure::Kind;
    const int kind = code & 0xFF;
    if (kind == SQLITE_FULL) return Kind::kFull;
    if (kind != SQLITE_IOERR && kind != SQLITE_CANTOPEN) return std::nullopt;
    switch (sqlite3_system_errno(database)) {
        case ENOSPC:
        case EDQUOT:
            return Kind::kFull;
        case EROFS:
            return Kind::kReadOnly;
        default:
            return std::nullopt;
    }
}

}  // namespace

sql::Failure failure_of(sqlite3* database, int code) {
    using Kind = sql::Failure::Kind;
    const std::string detail =
        std::string(sqlite3_errmsg(database)) + " (SQLite " + std::to_string(code) + ")";
    switch (code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
            return {Kind::kUnique, detail};
        case SQLITE_CONSTRAINT_TRIGGER:  // one of ours says why
            return {Kind::kRefused, detail, sqlite3_errmsg(database)};
        default:
            break;
    }
    if (const auto reason = reason_not_to_write(database, code)) return {*reason, detail};
    switch (code & 0xFF) {
        case SQLITE_INTERRUPT:
            return {Kind::kTimeout, detail};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
        case SQLITE_NOMEM:
            return {Kind::kUnavailable, detail};
        case SQLITE_ERROR:
            // SQLite has no separate code for it.
            return {detail.starts_with("no such table") ? Kind::kNoSchema : Kind::kDefect, detail};
        default:
            return {Kind::kDefect, detail};
    }
}

}  // namespace rescuestream::sqlite
