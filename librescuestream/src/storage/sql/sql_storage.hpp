#pragma once

#include <memory>

#include "rescuestream/logger.hpp"
#include "rescuestream/storage.hpp"
#include "storage/sql/database.hpp"

namespace rescuestream::sql {

/// Returns a storage on a database. Its steps are transactions and statements that SQLite and
/// PostgreSQL have in common. `logger` may be null.
std::unique_ptr<Storage> make_sql_storage(std::unique_ptr<Database> database, Logger* logger);

}  // namespace rescuestream::sql
