#pragma once

#include <string>

#include "program.hpp"

namespace rescuestream::cli {

/// Copies the SQLite database that the settings name into the file `target`, which must be new
/// unless `replace`. For PostgreSQL it
/// prints the command that does so and returns kUnsupported: nothing was copied.
Result<ExitCode> back_up_database(const Program& program, const std::string& target, bool replace);

/// Replaces the database by the copy `source`, after a confirmation unless `yes`. For PostgreSQL it
/// behaves as above.
Result<ExitCode> restore_database(const Program& program, const std::string& source, bool yes);

}  // namespace rescuestream::cli
