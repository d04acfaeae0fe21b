#pragma once

#include <string_view>

#include "media/mediamtx/reply.hpp"
#include "rescuestream/media_configuration.hpp"

/// Converts MediaMTX's own configuration; see reply.hpp. Reads the members of v1.15 to v1.21.
namespace rescuestream::mediamtx {

/// Reads the global settings. The result has no paths.
Result<MediaConfiguration> read_configuration(std::string_view body);
/// Reads `pathDefaults`.
Result<MediaPathSettings> read_path_defaults(std::string_view body);
/// Reads the entries with all of their settings.
Result<ListPage<MediaPathSettings>> read_path_settings(std::string_view body);

}  // namespace rescuestream::mediamtx
