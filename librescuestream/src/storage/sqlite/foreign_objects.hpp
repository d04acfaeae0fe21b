#pragma once

#include <string>

#include "rescuestream/result.hpp"

namespace rescuestream::sqlite {

/// Compares the tables, indexes, triggers and views of a file that somebody gave us with those that
/// our migrations make. A trigger of somebody else would run with each later write, and a view in
/// the place of a table can have rows without an end. Only the schema is read, and our table of
/// migrations once it is known to be one.
///
/// kConflict names what is not ours, also if it is no ordinary file. A file that cannot be read, is
/// no database, or has a schema that this program does not know, is none here: the caller finds
/// that out.
Result<void> check_for_foreign_objects(const std::string& path);

}  // namespace rescuestream::sqlite
