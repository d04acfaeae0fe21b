#pragma once

#include <memory>
#include <pqxx/pqxx>
#include <vector>

#include "storage/sql/database.hpp"

namespace rescuestream::postgres {

/// Returns the rows of `result`, which PostgreSQL wrote with the settings of conninfo.cpp.
std::unique_ptr<sql::Rows> make_rows(pqxx::result result);
/// Distributes the rows of `result` to `places` by the number in the first column (from 1), and
/// leaves that column out. A place without a row gets empty rows; there is at most one row for a
/// place.
std::vector<std::unique_ptr<sql::Rows>> deal_rows(const pqxx::result& result, std::size_t places);

}  // namespace rescuestream::postgres
