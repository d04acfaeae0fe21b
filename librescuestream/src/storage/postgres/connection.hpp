#pragma once

#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/sql/database.hpp"
#include "storage/sql/statement_span.hpp"

namespace rescuestream::postgres {

/// A failure on a connection, and what a caller may do then.
struct ConnectionFailure : sql::Failure {
    bool broken = false;  ///< The connection cannot be used any more.
    bool retry = false;   ///< Nothing was changed; the same work may succeed when it is repeated.
};

/// Values in PostgreSQL's text format; empty for NULL.
using Texts = std::vector<std::optional<std::string>>;

/// Converts values. Throws sql::Failure for a value that cannot be sent.
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
    /// Runs `statement` with values in text format. Throws ConnectionFailure. `rows` is the number
    /// of callers that it runs for.
    pqxx::result run_texts(const std::string& statement, const Texts& texts, std::size_t rows = 1);
    /// Runs `statement` once for all `rows`, which have the same length. Its parameters are arrays,
    /// one for each column. Throws ConnectionFailure.
    pqxx::result run_columns(const std::string& statement, const std::vector<const Texts*>& rows);

    /// Runs `work`, one statement that writes, as a transaction of its own. If the connection
    /// breaks, the outcome is unknown and the work is not repeated. Throws as `run` does.
    void alone(const sql::Database::Work& work);
    /// Runs `step` in a transaction. Throws ConnectionFailure, and whatever `step` throws.
    void transact(const sql::Database::Step& step);

private:
    struct Prepared {
        std::string name;
        sql::StatementName shown_name;  // in traces
    };

    const Prepared& prepare(const std::string& statement);
    // If the server has sent data on an idle connection, it has usually closed it.
    bool has_unread() const;

    std::unique_ptr<pqxx::connection> connection_;
    pqxx::transaction_base* transaction_ = nullptr;       // the transaction of `transact`
    std::unordered_map<std::string, Prepared> prepared_;  // by text
};

}  // namespace rescuestream::postgres
