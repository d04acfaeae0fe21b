#pragma once

#include <string>
#include <string_view>

namespace rescuestream::cli {

/// Returns whether a release of MediaMTX reads the variable: "RTSPADDRESS" of MTX_RTSPADDRESS, or,
/// with `is_of_path`, "RECORD" of MTX_PATHS_CAM1_RECORD. It ignores every other one in silence.
bool is_mediamtx_setting(std::string_view variable, bool is_of_path);

/// Returns the setting that `variable` is a misspelling of, in capitals. Empty: none is near.
std::string nearest_mediamtx_setting(std::string_view variable, bool is_of_path);

}  // namespace rescuestream::cli
