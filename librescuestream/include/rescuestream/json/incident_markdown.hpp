#pragma once

#include <string>

#include "rescuestream/incidents.hpp"

namespace rescuestream {

/// The report for people, in Markdown. Texts of others are escaped, so that they cannot add markup.
std::string to_markdown(const IncidentReport& report);

}  // namespace rescuestream
