#pragma once

#include <map>
#include <string>
#include <vector>

#include "orchestrator/poll_plan.hpp"
#include "rescuestream/nodes.hpp"

namespace rescuestream {

/// Returns what the node's state says about single paths: publishers of no stream of this
/// installation at helper paths and ignored paths, and devices that cannot be watched
/// (`not_playable`, by public path), together with `about_entries`. At most 50, by name. Needs only
/// what every program polls, so all programs of an installation return the same. A pure function.
std::vector<PathNote> notes_of(const Round& round, const OrchestratorSettings& settings,
                               const std::map<std::string, std::string>& not_playable,
                               std::vector<PathNote> about_entries = {});

}  // namespace rescuestream
