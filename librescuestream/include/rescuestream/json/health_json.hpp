#pragma once

#include <string>
#include <vector>

#include "rescuestream/health.hpp"

namespace rescuestream {

/// An array.
std::string to_json(const std::vector<HealthCheck>& checks);

}  // namespace rescuestream
