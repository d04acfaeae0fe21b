#pragma once

#include "admin/admin_api.hpp"
#include "exit_code.hpp"
#include "program.hpp"
#include "rescuestream/records.hpp"

namespace rescuestream::cli {

/// Prints one key in the requested output form, with its addresses if it has them.
ExitCode show_key(const Program& program, AdminApi& admin, const KeyWithAddresses& found);
ExitCode show_key(const Program& program, AdminApi& admin, const StreamKey& key);

}  // namespace rescuestream::cli
