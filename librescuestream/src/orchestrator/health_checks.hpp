#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "rescuestream/health.hpp"
#include "rescuestream/nodes.hpp"

namespace rescuestream {

/// The keys in memory.
struct KeysHealth {
    bool cut_off = false;                          ///< They cannot be compared with the storage.
    std::optional<std::chrono::milliseconds> age;  ///< Empty: they have not been read yet.
};

/// Returns the checks of a program in the order in which they are shown.
std::vector<HealthCheck> health_checks(const Health& health, const KeysHealth& keys,
                                       const std::vector<NodeStatus>& nodes, Timestamp now);

}  // namespace rescuestream
