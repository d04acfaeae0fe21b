#pragma once

#include <string>

#include "program.hpp"

namespace rescuestream::cli {

/// Copies the database `from` into the empty database `to`. Each is an address, or `env:NAME` for
/// the address in that environment variable. kInvalidArgument: an address contains a password,
/// which other users of the machine could read among the arguments.
Result<ExitCode> copy_database(const Program& program, const std::string& from,
                               const std::string& to);

}  // namespace rescuestream::cli
