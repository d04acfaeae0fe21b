#pragma once

#include <string>

#include "storage/sql/database.hpp"

namespace rescuestream::postgres {

/// Storage::key_list_after. Throws sql::Failure.
KeyListChanges key_list_after(sql::Connection& connection, const std::string& place,
                              sql::UnreadableRows& unreadable);

}  // namespace rescuestream::postgres
