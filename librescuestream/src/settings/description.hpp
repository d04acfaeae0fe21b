#pragma once

#include <string>

namespace rescuestream::settings {

/// The table of rescuestream-server/docs/configuration.md.
std::string settings_as_markdown();

}  // namespace rescuestream::settings
