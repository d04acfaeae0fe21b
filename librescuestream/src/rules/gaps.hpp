#pragma once

#include <vector>

#include "rescuestream/incidents.hpp"
#include "rescuestream/records.hpp"

namespace rescuestream::rules {

/// Returns the gaps of a stream by its timeline, oldest first. An interruption in which the stream
/// ended is no gap: the stream ended when it began.
std::vector<StreamGap> gaps_of(const std::vector<StreamTransition>& timeline);

}  // namespace rescuestream::rules
