#pragma once

#include <string>

#include "rescuestream/viewers.hpp"

namespace rescuestream {

std::string to_json(const Viewer& viewer);

}  // namespace rescuestream
