#include "storage/sqlite/connection.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "storage/sqlite/failure.hpp"
#include "storage/sqlite/rows.hpp"
#include "support/text.hpp"

namespace rescuestream::sqlite {
namespace {

constexpr std::string_view kSystemName = "sqlite";

using std::chrono::steady_clock;

// Instructions of SQLite's virtual machine between two checks of the clock: well below a
// millisecond.
constexpr int kStepsBetweenChecks = 10'000;

// Bound values must stay valid until the statement has run.
struct Binder {
    sqlite3_stmt* statement;
    int index;

    int operator()(std::monostate /*null*/) const { return sqlite3_bind_null(statement, index); }
    int operator()(bool value) const { return sqlite3_bind_int(statement, index, value ? 1 : 0); }
    int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, index, value); }
    int operator()(const std::string& value) const {
        if (!is_clean_utf8(value)) throw sql::Failure{sql::Failure::Kind::kBadText, {}};
        return sqlite3_bind_text64(statement, index, value.data(), value.size(), SQLITE_STATIC,
                                   SQLITE_UTF8);
    }
    int operator()(const Uuid& value) const { return bind_bytes(value.bytes()); }
    int operator()(Timestamp value) const {
        return (*this)(std::int64_t{value.time_since_epoch().count()});
    }
    int operator()(const KeyDigest& value) const { return bind_bytes(value); }

private:
    template <class Bytes>
    int bind_bytes(const Bytes& bytes) const {
        return sqlite3_bind_blob64(statement, index, bytes.data(), bytes.size(), SQLITE_STATIC);
    }
};

// Resets a statement for its next run in any case.
struct ResetAtEnd {
    sqlite3_stmt* statement;
    ~ResetAtEnd() {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    }
};

}  // namespace

Connection::Connection(const std::string& path, Durability durability, Deadline deadline,
                       Access access)
    : deadline_(deadline) {
    sqlite3* database = nullptr;
    const int opened = sqlite3_open_v2(path.c_str(), &database,
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    database_.reset(database);
    if (opened != SQLITE_OK) {
        if (database == nullptr) throw sql::Failure{sql::Failure::Kind::kUnavailable, "no memory"};
        fail();
    }
    if (access == Access::kReadWrite) check_writable(path);
    sqlite3_extended_result_codes(database, 1);
    sqlite3_progress_handler(
        database, kStepsBetweenChecks,
        [](void* self) {
            return steady_clock::now() > static_cast<Connection*>(self)->deadline_ ? 1 : 0;
        },
        this);
    set_deadline(deadline);
    if (access == Access::kReadWrite) {
        enter_wal_mode();
    } else {
        script("PRAGMA query_only = ON");
    }
    script("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;");
    set_durability(durability);
    // Replaces SQLite's own hook, whose checkpoints would delay a commit.
    sqlite3_wal_hook(
        database,
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<Connection*>(self)->log_pages_ = pages;
            return SQLITE_OK;
        },
        this);
}

Connection::~Connection() = default;

void Connection::check_writable(const std::string& path) {
    // SQLite opens a file without write permission for reading and reports that only on request.
    if (sqlite3_db_readonly(database_.get(), "main") != 0) {
        if (::access(path.c_str(), W_OK) != 0 && errno == EROFS) {
            throw sql::Failure{sql::Failure::Kind::kReadOnly, "its file system is read-only"};
        }
        throw sql::Failure{sql::Failure::Kind::kUnavailable, "the file is write-protected"};
    }
}

void Connection::set_deadline(Deadline deadline) {
    using std::chrono::milliseconds;
    deadline_ = deadline;
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    const auto wait = std::clamp(left, milliseconds(1), milliseconds(std::chrono::minutes(10)));
    sqlite3_busy_timeout(database_.get(), static_cast<int>(wait.count()));
}

std::unique_ptr<sql::Rows> Connection::run(const std::string& statement,
                                           const sql::Values& values) {
    const auto& [owned, name] = prepare(statement);
    sqlite3_stmt* const prepared = owned.get();
    const sql::StatementSpan span(kSystemName, name);
    const ResetAtEnd reset{prepared};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Binder binder{prepared, static_cast<int>(i) + 1};
        if (std::visit(binder, values[i]) != SQLITE_OK) fail();
    }
    auto rows = std::make_unique<CopiedRows>();
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(prepared)) == SQLITE_ROW) rows->add(prepared);
    if (code != SQLITE_DONE) fail();
    return rows;
}

// Two connections that change a new file to WAL at the same time each hold a lock that the other
// needs. SQLite then returns "busy" at once instead of waiting, so this retries.
void Connection::enter_wal_mode() {
    constexpr int kPauseMilliseconds = 2;
    while (true) {
        const int code =
            sqlite3_exec(database_.get(), "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
        if (code == SQLITE_OK) return;
        if ((code & 0xFF) != SQLITE_BUSY || steady_clock::now() > deadline_) fail();
        sqlite3_sleep(kPauseMilliseconds);
    }
}

void Connection::script(const std::string& statements) {
    if (sqlite3_exec(database_.get(), statements.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        fail();
    }
}

const Connection::Prepared& Connection::prepare(const std::string& statement) {
    const auto known = statements_.find(statement);
    if (known != statements_.end()) return known->second;
    // `$1` would be a name in SQLite; its numbers are `?1`.
    std::string text = statement;
    std::replace(text.begin(), text.end(), '$', '?');
    sqlite3_stmt* prepared = nullptr;
    if (sqlite3_prepare_v3(database_.get(), text.data(), static_cast<int>(text.size()),
                           SQLITE_PREPARE_PERSISTENT, &prepared, nullptr) != SQLITE_OK) {
        fail();
    }
    Prepared& kept = statements_[statement];
    kept.statement.reset(prepared);
    kept.name = sql::name_statement(statement);
    return kept;
}

void Connection::run_prepared(const char* statement) {
    sqlite3_stmt* const prepared = prepare(statement).statement.get();
    const ResetAtEnd reset{prepared};
    if (sqlite3_step(prepared) != SQLITE_DONE) fail();
}

void Connection::set_durability(Durability durability) {
    if (durability_ == durability) return;
    script(durability == Durability::kFull ? "PRAGMA synchronous = FULL"
                                           : "PRAGMA synchronous = NORMAL");
    durability_ = durability;
}

void Connection::begin() {
    run_prepared("BEGIN IMMEDIATE");
}

void Connection::commit() {
    const sql::StatementSpan span(kSystemName, sql::name_of_commit());
    deadline_ = Deadline::max();
    run_prepared("COMMIT");
}

bool Connection::in_transaction() const noexcept {
    return sqlite3_get_autocommit(database_.get()) == 0;
}

void Connection::begin_part() {
    run_prepared("SAVEPOINT part");
}

void Connection::end_part() {
    deadline_ = Deadline::max();
    run_prepared("RELEASE part");
}

void Connection::undo_part() {
    deadline_ = Deadline::max();
    run_prepared("ROLLBACK TO part");
    end_part();
}

std::optional<Connection::Log> Connection::checkpoint(Checkpoint how) {
    int mode = SQLITE_CHECKPOINT_PASSIVE;
    switch (how) {
        case Checkpoint::kPassive:
            break;
        case Checkpoint::kRestart:
            mode = SQLITE_CHECKPOINT_RESTART;
            break;
        case Checkpoint::kTruncate:
            mode = SQLITE_CHECKPOINT_TRUNCATE;
            break;
    }
    Log log;
    const int code =
        sqlite3_wal_checkpoint_v2(database_.get(), "main", mode, &log.pages, &log.copied);
    if ((code & 0xFF) == SQLITE_BUSY) return std::nullopt;
    if (code != SQLITE_OK) fail();
    return log;
}

void Connection::roll_back() noexcept {
    if (!in_transaction()) return;
    // Also after the deadline; the progress handler would interrupt it.
    deadline_ = Deadline::max();
    sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Connection::fail() {
    throw failure_of(database_.get(), sqlite3_extended_errcode(database_.get()));
}

}  // namespace rescuestream::sqlite
