#pragma once

#include <optional>
#include <string>

#include "rescuestream/backup.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::sqlite {

/// Returns what the database `copy` permits at `now`, although it has ended in the database
/// `previous`. Both files must be closed, and are only read. Empty: they cannot be compared,
/// because one is damaged or has an older schema.
std::optional<RestoredRights> rights_that_come_back(const std::string& copy,
                                                    const std::string& previous, Timestamp now);

}  // namespace rescuestream::sqlite
