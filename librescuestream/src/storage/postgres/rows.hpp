#pragma once

#include <memory>
#include <pqxx/pqxx>
#include <vector>

#include "storage/sql/database.hpp"

namespace rescuestream::postgres {

/// The rows of `result`, read as PostgreSQL writes them with the settings of conninfo.cpp.
std::unique_ptr<sql::Rows> make_rows(pqxx::result result);
/// No row for each of `places`; then, by the number in the first column of `result` (from 1), the
/// rows of each without that column. There is at most one row for a place.
std::vector<std::unique_ptr<sql::Rows>> deal_rows(const pqxx::result& result, std::size_t places);

}  // namespace rescuestream::postgres
