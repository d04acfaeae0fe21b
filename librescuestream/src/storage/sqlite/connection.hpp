#pragma once

#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "storage/sql/database.hpp"
#include "storage/sql/statement_span.hpp"

namespace rescuestream::sqlite {

/// One connection to a database file.
///
/// Thread-safety: one thread at a time.
class Connection final : public sql::Connection {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    enum class Durability {
        kFull,    ///< A commit is on the disk when it returns.
        kNormal,  ///< A crash of the machine may undo the last commits.
    };

    enum class Checkpoint {
        kPassive,   ///< Copies what it can without blocking or waiting for others.
        kRestart,   ///< Copies everything, so that the log starts anew; waits for readers of old
                    ///< pages.
        kTruncate,  ///< The same, and frees the log's space.
    };
    enum class Access {
        kReadWrite,
        kReadOnly,  ///< Statements cannot write, and the journal mode of the file is not changed.
    };
    /// The write-ahead log after a checkpoint.
    struct Log {
        int pages = 0;
        int copied = 0;  ///< Pages that are in the database file.
    };

    /// Throws sql::Failure. The file must exist.
    Connection(const std::string& path, Durability durability, Deadline deadline,
               Access access = Access::kReadWrite);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Sets the time at which later statements are interrupted.
    void set_deadline(Deadline deadline);

    std::unique_ptr<sql::Rows> run(const std::string& statement,
                                   const sql::Values& values) override;
    void script(const std::string& statements) override;

    /// Applies to later transactions.
    void set_durability(Durability durability);

    /// Begins a transaction that holds the write lock from its beginning.
    void begin();
    /// Commits completely, also after the deadline, so that the outcome is known.
    void commit();
    /// Does not throw, also if an error has ended the transaction already.
    void roll_back() noexcept;
    /// Also false after an error that ended the transaction (an error of the disk, or an
    /// interrupted change).
    bool in_transaction() const noexcept;

    /// Begins a part of a transaction that can be undone separately (a savepoint). There is only
    /// one at a time.
    void begin_part();
    void end_part();
    void undo_part();

    /// Number of pages in the log after the last commit of this connection.
    int log_pages() const noexcept { return log_pages_; }
    /// Makes a checkpoint. Modes that wait do so until the deadline. Empty: other connections
    /// prevented it.
    std::optional<Log> checkpoint(Checkpoint how);

private:
    struct Close {
        void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
    };

    struct Prepared {
        std::unique_ptr<sqlite3_stmt, Finalize> statement;
        sql::StatementName name;
    };

    const Prepared& prepare(const std::string& statement);
    void run_prepared(const char* statement);
    void check_writable(const std::string& path);
    void enter_wal_mode();
    [[noreturn]] void fail();

    Deadline deadline_;
    std::optional<Durability> durability_;
    int log_pages_ = 0;
    std::unique_ptr<sqlite3, Close> database_;
    std::unordered_map<std::string, Prepared> statements_;  // by text
};

}  // namespace rescuestream::sqlite
