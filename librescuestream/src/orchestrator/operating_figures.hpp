#pragma once

#include <cstddef>
#include <vector>

#include "rescuestream/operating_figures.hpp"

namespace rescuestream {

/// Leaves the first OperatingFigures::kMostStreams streams by path, so that the same ones are
/// listed each time. Returns how many there were more.
std::size_t limit_streams(std::vector<NodeFigures>& nodes);

}  // namespace rescuestream
