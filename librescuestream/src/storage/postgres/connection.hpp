#pragma once

#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/postgres/literals.hpp"
#include "storage/postgres/open_connection.hpp"
#include "storage/sql/database.hpp"
#include "storage/sql/statement_span.hpp"

namespace rescuestream::postgres {

/// Converts values. Throws sql::Failure for a value that cannot be sent.
Texts write_values(const sql::Values& values);

/// One connection to a server. Behind a pooler each transaction makes its settings anew and uses
/// nothing that outlives it. A statement outside of `transact` is sent together with the settings,
/// so it takes no more round trips than on a direct connection.
///
/// Thread-safety: one thread at a time.
class Connection final : public sql::Connection {
public:
    /// Connects. Throws ConnectionFailure.
    Connection(const Session& session, PoolerState& pooler);

    int socket() const { return connection_->sock(); }
    bool is_pooled() const noexcept { return is_pooled_; }

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

    // Prepares it, unless a pooler would forget it.
    const Prepared& prepare(const std::string& statement);
    pqxx::result run_pooled(const std::string& statement, const Texts& texts);
    // Calls the only place where exceptions of libpqxx are translated.
    template <class Call>
    auto translated(Call call) const -> decltype(call());
    // If the server has sent data on an idle connection, it has usually closed it.
    bool has_unread() const;

    const Names names_;
    std::string local_settings_;  // empty: the connection has them
    bool is_pooled_ = false;
    std::unique_ptr<pqxx::connection> connection_;
    pqxx::transaction_base* transaction_ = nullptr;       // the transaction of `transact`
    std::unordered_map<std::string, Prepared> prepared_;  // by text
};

}  // namespace rescuestream::postgres
