#include "rescuestream/database_examination.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "storage/postgres/connection.hpp"
#include "storage/postgres/conninfo.hpp"

namespace rescuestream {
namespace {

constexpr std::chrono::seconds kDeadline{5};

constexpr const char* kFacts =
    "SELECT current_setting('server_version'), "
    "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint, current_user::text, "
    "pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on', "
    "coalesce((SELECT string_agg(r || ' on ' || c.relname, ', ' ORDER BY c.relname, r) "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) r "
    "WHERE n.nspname = 'rescuestream' AND c.relkind IN ('r', 'p') "
    "AND NOT has_table_privilege(c.oid, r)), ''), "
    "current_setting('max_connections')::bigint "
    "- current_setting('superuser_reserved_connections')::bigint "
    "- (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')";

}  // namespace

Result<DatabaseExamination> examine_database(std::string_view uri, Pooler pooler) {
    if (!uri.starts_with("postgresql:") && !uri.starts_with("postgres:")) {
        return Error{ErrorCode::kUnsupported, "Only PostgreSQL can be examined so.", {}, {}};
    }
    const auto conninfo = postgres::make_conninfo(uri, kDeadline);
    if (!conninfo) return conninfo.error();
    postgres::PoolerState state{conninfo->names_pooler ? Pooler::kYes : pooler};
    try {
        postgres::Connection connection(conninfo->durable, state);
        const auto rows = connection.run(kFacts, {});
        DatabaseExamination found;
        found.description = conninfo->description;
        found.version = rows->text(0, 0);
        found.clock = Timestamp(std::chrono::microseconds(rows->integer(0, 1)));
        found.user = rows->text(0, 2);
        found.is_pooled = connection.is_pooled();
        found.is_read_only = rows->boolean(0, 3);
        found.missing_rights = rows->text(0, 4);
        found.connections_left = rows->integer(0, 5);
        return found;
    } catch (const sql::Failure& failure) {
        return failure.error();
    }
}

}  // namespace rescuestream
