#pragma once

#include <sqlite3.h>

#include "storage/sql/failure.hpp"

namespace rescuestream::sqlite {

/// Translates the last error of `database`, which has the extended code `code`. The only place
/// where SQLite's errors are translated.
sql::Failure failure_of(sqlite3* database, int code);

}  // namespace rescuestream::sqlite
