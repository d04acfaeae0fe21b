#pragma once

#include <memory>
#include <pqxx/pqxx>

#include "storage/sql/database.hpp"

namespace rescuestream::postgres {

/// The rows of `result`, read as PostgreSQL writes them with the settings of conninfo.cpp.
std::unique_ptr<sql::Rows> make_rows(pqxx::result result);

}  // namespace rescuestream::postgres
