#pragma once

#include <vector>

#include "config.hpp"

namespace rescuestream::server {

/// The rows about addresses, TLS, and what strangers may do.
std::vector<SettingRow> network_setting_rows();

}  // namespace rescuestream::server
