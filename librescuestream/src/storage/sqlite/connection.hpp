#pragma once

#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "storage/sql/database.hpp"

namespace rescuestream::sqlite {

/// One connection to a database file.
///
/// Thread-safety: one thread at a time.
class Connection final : public sql::Connection {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    enum class Durability {
        kFull,    ///< A commit is on the disk when it returns.
        kNormal,  ///< A crash of the machine may take the last commits back.
    };

    enum class Checkpoint {
        kPassive,   ///< Copies what it can without waiting for anybody, or anybody for it.
        kRestart,   ///< Copies all, so that the log begins anew; waits for readers of old pages.
        kTruncate,  ///< The same, and gives the log's space back.
    };
    /// The write-ahead log after a checkpoint.
    struct Log {
        int pages = 0;
        int copied = 0;  ///< In the database file.
    };

    /// Throws sql::Failure. The file must be there.
    Connection(const std::string& path, Durability durability, Deadline deadline);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// What runs from now on is given up then.
    void set_deadline(Deadline deadline);

    std::unique_ptr<sql::Rows> run(const std::string& statement,
                                   const sql::Values& values) override;
    void script(const std::string& statements) override;

    /// Of the transactions that begin from now on.
    void set_durability(Durability durability);

    /// A transaction that may write from its beginning on.
    void begin();
    /// Whole, however long it takes: an answer in time is not worth an unknown outcome.
    void commit();
    /// Does not throw: a transaction that an error has ended already is fine.
    void roll_back() noexcept;
    /// False too when an error has ended it: one of the disk, or a change that was interrupted.
    bool in_transaction() const noexcept;

    /// A part of a transaction that can be undone by itself. There is one at a time.
    void begin_part();
    void end_part();
    void undo_part();

    /// Of the log after the last commit here.
    int log_pages() const noexcept { return log_pages_; }
    /// Waits until the deadline where `how` waits. Empty when others were in the way.
    std::optional<Log> checkpoint(Checkpoint how);

private:
    struct Close {
        void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
    };

    sqlite3_stmt* prepare(const std::string& statement);
    void run_prepared(const char* statement);
    void enter_wal_mode();
    [[noreturn]] void fail();

    Deadline deadline_;
    std::optional<Durability> durability_;
    int log_pages_ = 0;
    std::unique_ptr<sqlite3, Close> database_;
    std::unordered_map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
};

}  // namespace rescuestream::sqlite
