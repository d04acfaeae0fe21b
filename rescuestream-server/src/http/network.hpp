#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rescuestream::server {

/// Returns the unit that an address counts as in every limit: an IPv4 address itself (also as
/// ::ffff:a.b.c.d), or the /64 of an IPv6 address, because one customer has a whole /64. Text that
/// is no address ("" for a Unix socket, "<nil>" of MediaMTX) counts as itself.
std::string network_of(std::string_view address);

/// Returns the addresses from which connections of this machine to itself may come: its loopback
/// addresses and those of its interfaces.
std::vector<std::string> addresses_of_this_machine();

}  // namespace rescuestream::server
