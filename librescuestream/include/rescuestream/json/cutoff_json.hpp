#pragma once

#include <string>

#include "rescuestream/cutoff_report.hpp"

namespace rescuestream {

std::string to_json(const CutoffReport& report);

}  // namespace rescuestream
