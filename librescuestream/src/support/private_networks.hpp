#pragma once

#include <vector>

#include "rescuestream/address_range.hpp"

namespace rescuestream {

/// Returns the ranges of addresses that are not routed on the internet.
std::vector<AddressRange> private_networks();

}  // namespace rescuestream
