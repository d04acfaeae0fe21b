#pragma once

#include <string>
#include <vector>

#include "support/network.hpp"

namespace rescuestream::server {

/// Returns the addresses from which connections of this machine to itself may come: its loopback
/// addresses and those of its interfaces.
std::vector<std::string> addresses_of_this_machine();

}  // namespace rescuestream::server
