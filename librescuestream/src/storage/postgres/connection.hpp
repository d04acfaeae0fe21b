#pragma once

#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/sql/database.hpp"

namespace rescuestream::postgres {

/// What went wrong on a connection, and what may be done about it.
struct ConnectionFailure : sql::Failure {
    bool broken = false;  ///< The connection is of no use any more.
    bool retry = false;   ///< Nothing was changed: the same work may succeed now.
};

/// Values as PostgreSQL reads them; empty for NULL.
using Texts = std::vector<std::optional<std::string>>;

/// Throws sql::Failure for a value that cannot be sent.
Texts write_values(const sql::Values& values);

/// One connection to a server.
///
/// Thread-safety: one thread at a time.
class Connection final : public sql::Connection {
public:
    /// Connects. Throws ConnectionFailure.
    explicit Connection(const std::string& conninfo);

    int socket() const { return connection_->sock(); }

    // Both throw ConnectionFailure, or sql::Failure for a value that cannot be sent.
    std::unique_ptr<sql::Rows> run(const std::string& statement,
                                   const sql::Values& values) override;
    void script(const std::string& statements) override;
    /// Runs `statement` with values that are written already. Throws ConnectionFailure.
    pqxx::result run_texts(const std::string& statement, const Texts& texts);
    /// Runs `statement` once for all of `rows`, which are of one length: its parameters are arrays,
    /// one for each column. Throws ConnectionFailure.
    pqxx::result run_columns(const std::string& statement, const std::vector<const Texts*>& rows);

    /// Runs `work`, one statement that writes, as a transaction by itself. When the connection
    /// breaks nobody knows whether it was done, and it is not done again. Throws as `run` does.
    void alone(const sql::Database::Work& work);
    /// Runs `step` in a transaction. Throws ConnectionFailure, and whatever `step` throws.
    void transact(const sql::Database::Step& step);

private:
    const std::string& prepare(const std::string& statement);
    // An idle connection to which the server has said something has been ended, as a rule.
    bool has_unread() const;

    std::unique_ptr<pqxx::connection> connection_;
    pqxx::transaction_base* transaction_ = nullptr;       // that of `transact`
    std::unordered_map<std::string, std::string> names_;  // of statements, by text
};

}  // namespace rescuestream::postgres
