#pragma once

#include <vector>

#include "settings/rows.hpp"

namespace rescuestream::settings {

/// The settings of OpenTelemetry, a part of `rows`.
std::vector<Row> rows_of_telemetry();

}  // namespace rescuestream::settings
