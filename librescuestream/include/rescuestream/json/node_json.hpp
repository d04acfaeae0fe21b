#pragma once

#include <string>

#include "rescuestream/nodes.hpp"

namespace rescuestream {

/// Without its password.
std::string to_json(const NodeStatus& status);

}  // namespace rescuestream
