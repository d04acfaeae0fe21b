#pragma once

#include <string>
#include <vector>

#include "commands/mediamtx_options.hpp"
#include "rescuestream/settings.hpp"

namespace rescuestream::cli {

/// Sets the ports of a new mediamtx.yml that no option gives to those of the settings that name
/// MediaMTX on this machine (MEDIAMTX_RTSP_URL, MEDIAMTX_API_URL, …). Returns a warning for each
/// setting that names another port than the file.
std::vector<std::string> use_ports_of_addresses(ConfigOptions& options,
                                                const OrchestratorSettings& settings);

}  // namespace rescuestream::cli
