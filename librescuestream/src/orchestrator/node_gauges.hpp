#pragma once

#include "orchestrator/poll_plan.hpp"
#include "rescuestream/operating_figures.hpp"

namespace rescuestream {

/// Returns the number of publishers that no program accepted, according to the plan of a round.
std::size_t count_unknown(const Plan& plan);

/// Returns the gauges of a node after a round, except `unknown`. `has_relays`: a path that is a key
/// value is only read by the relay that delivers it to the viewers of the public path, which is
/// none of them.
NodeGauges gauges_of(const Round& round, const Figures& figures, bool has_relays);

}  // namespace rescuestream
