#pragma once

#include <string>

#include "rescuestream/result.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

/// Fills in required settings that were not given. API_SECRET is generated at the first start and
/// kept in the data directory (mode 0600). DATABASE_URL becomes an SQLite file there. The
/// credential for MediaMTX's control interface is generated and kept there too, where the command
/// line finds it. Returns a sentence about API_SECRET for the log, which is empty when API_SECRET
/// was given. kUnavailable names the file or directory that cannot be used; kInvalidArgument means
/// that every user can read that credential.
Result<std::string> complete(Settings& settings);

}  // namespace rescuestream::server
