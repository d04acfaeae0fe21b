#pragma once

#include <string>

#include "storage/sql/database.hpp"

namespace rescuestream::postgres {

/// An SQL expression that identifies the history of changes. After a failover or the restoration of
/// a copy, the timeline or the cluster is another one, whose transactions may reuse the numbers of
/// lost ones.
inline const std::string kOrigin =
    "(SELECT system_identifier FROM pg_control_system()) || '-' || "
    "left(pg_walfile_name(pg_current_wal_lsn()), 8)";

/// Storage::key_facts_after. Throws sql::Failure.
KeyFacts key_facts_after(sql::Connection& connection, const std::string& place, std::size_t limit,
                         sql::UnreadableRows& unreadable);

}  // namespace rescuestream::postgres
