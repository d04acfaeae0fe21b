#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rescuestream::server {

/// Whom an address counts as in every limit: an IPv4 address by itself (also as ::ffff:a.b.c.d), an
/// IPv6 address with its /64, since that is what one customer has. What is no address ("" of a Unix
/// socket, "<nil>" of MediaMTX) counts as itself.
std::string network_of(std::string_view address);

/// What this machine's own connections may come from, in this machine's eyes: its loopback
/// addresses and those of its interfaces.
std::vector<std::string> addresses_of_this_machine();

}  // namespace rescuestream::server
