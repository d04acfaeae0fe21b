#pragma once

#include <string>

#include "rescuestream/records.hpp"

namespace rescuestream {

std::string to_json(const Broadcaster& broadcaster);

}  // namespace rescuestream
