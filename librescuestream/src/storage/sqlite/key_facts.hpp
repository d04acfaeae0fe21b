#pragma once

#include <string>

#include "storage/sql/database.hpp"

namespace rescuestream::sqlite {

/// Storage::key_facts_after. Throws sql::Failure.
KeyFacts key_facts_after(sql::Connection& connection, const std::string& place, std::size_t limit,
                         sql::UnreadableRows& unreadable);

}  // namespace rescuestream::sqlite
