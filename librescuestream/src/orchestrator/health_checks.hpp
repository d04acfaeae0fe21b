#pragma once

#include <vector>

#include "rescuestream/health.hpp"
#include "rescuestream/nodes.hpp"

namespace rescuestream {

/// Returns the checks of a program in the order in which they are shown. `keys_cut_off`: the keys
/// in memory cannot be compared with the storage.
std::vector<HealthCheck> health_checks(const Health& health, bool keys_cut_off,
                                       const std::vector<NodeStatus>& nodes, Timestamp now);

}  // namespace rescuestream
