#pragma once

#include <string>

#include "rescuestream/addresses.hpp"

namespace rescuestream {

std::string to_json(const ViewerAddresses& addresses);

}  // namespace rescuestream
