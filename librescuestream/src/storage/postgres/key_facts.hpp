#pragma once

#include <string>

#include "storage/sql/database.hpp"

namespace rescuestream::postgres {

/// An expression: which history of changes this is. A failover and a restored copy have another
/// timeline or another cluster, whose transactions may have the numbers of lost ones.
inline const std::string kOrigin =
    "(SELECT system_identifier FROM pg_control_system()) || '-' || "
    "left(pg_walfile_name(pg_current_wal_lsn()), 8)";

/// Storage::key_facts_after. Throws sql::Failure.
KeyFacts key_facts_after(sql::Connection& connection, const std::string& place, std::size_t limit);

}  // namespace rescuestream::postgres
