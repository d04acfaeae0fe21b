#pragma once

#include <string>

#include "rescuestream/incidents.hpp"

namespace rescuestream {

std::string to_json(const Incident& incident);
/// The incident with `broadcaster_ids` and `stream_key_ids`.
std::string to_json(const IncidentDetails& details);
std::string to_json(const IncidentReport& report);

}  // namespace rescuestream
