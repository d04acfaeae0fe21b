#pragma once

#include <string>

#include "admin/admin_api.hpp"
#include "exit_code.hpp"
#include "program.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::cli {

/// Prints one key in the requested output form, with its addresses if it has them.
ExitCode show_key(const Program& program, AdminApi& admin, const KeyWithAddresses& found);
ExitCode show_key(const Program& program, AdminApi& admin, const StreamKey& key);

/// Whether the key ends when its incident is closed.
bool ends_with_incident(const StreamKey& key);
/// Until when a key is valid: "never", a moment, or the end of its incident.
std::string show_end(const StreamKey& key, Timestamp now);

}  // namespace rescuestream::cli
