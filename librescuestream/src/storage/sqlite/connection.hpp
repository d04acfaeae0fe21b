#pragma once

#include <sqlite3.h>

#include <chrono>
#include <memory>
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

    /// A transaction that may write from its beginning on.
    void begin();
    void commit();
    /// Does not throw: a transaction that an error has ended already is fine.
    void roll_back() noexcept;

private:
    struct Close {
        void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
    };

    sqlite3_stmt* prepare(const std::string& statement);
    void enter_wal_mode();
    [[noreturn]] void fail();

    Deadline deadline_;
    std::unique_ptr<sqlite3, Close> database_;
    std::unordered_map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
};

}  // namespace rescuestream::sqlite
