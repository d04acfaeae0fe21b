#include "storage/postgres/copy_endpoint.hpp"

#include <utility>

#include "storage/postgres/connection.hpp"
#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/statements.hpp"

namespace rescuestream::postgres {
namespace {

// The pages of a table are read in the order of its primary key, also if nobody has analysed it.
constexpr const char* kBeginRead =
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; "
    "SET LOCAL idle_in_transaction_session_timeout = 0; "
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; "
    "SET LOCAL enable_sort = off";

constexpr const char* kOtherPrograms =
    "SELECT string_agg(DISTINCT a.application_name || ' on ' || coalesce(host(a.client_addr), "
    "'the machine of the database'), ' and ') FROM pg_stat_activity a "
    "WHERE a.datname = current_database() AND a.application_name = 'rescuestream' "
    "AND a.pid <> pg_backend_pid()";

class ServerEndpoint final : public copy::Endpoint {
public:
    explicit ServerEndpoint(ConnInfo conninfo)
        : description_(std::move(conninfo.description)),
          pooler_{conninfo.names_pooler ? Pooler::kYes : Pooler::kAuto},
          connection_(conninfo.unlimited, pooler_) {}

    const sql::Dialect& dialect() const noexcept override { return kDialect; }
    std::string description() const override { return description_; }
    std::string qualified(std::string_view table) const override {
        return "rescuestream." + std::string(table);
    }
    std::string other_programs() override {
        return connection_.run(kOtherPrograms, {})->text(0, 0);
    }

    void read(const Work& work) override {
        connection_.transact([&](sql::Connection& connection) {
            connection.script(kBeginRead);
            work(connection);
            return false;
        });
    }
    void write(const Work& work) override {
        connection_.transact([&](sql::Connection& connection) {
            work(connection);
            return true;
        });
    }

private:
    const std::string description_;
    PoolerState pooler_;
    Connection connection_;
};

}  // namespace

Result<std::unique_ptr<copy::Endpoint>> open_copy_endpoint(std::string_view uri) {
    auto conninfo = make_conninfo(uri, std::chrono::seconds(10));
    if (!conninfo) return conninfo.error();
    const std::string description = conninfo->description;
    try {
        return std::unique_ptr<copy::Endpoint>(
            std::make_unique<ServerEndpoint>(*std::move(conninfo)));
    } catch (const sql::Failure& failure) {
        Error error = failure.error();
        error.message = "The database " + description + " cannot be used. " + error.message;
        return error;
    }
}

}  // namespace rescuestream::postgres
