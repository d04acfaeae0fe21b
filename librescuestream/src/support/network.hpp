#pragma once

#include <string>
#include <string_view>

namespace rescuestream {

/// Returns the unit that an address counts as in every limit: an IPv4 address itself (also as
/// ::ffff:a.b.c.d), or the /64 of an IPv6 address ("2001:db8:1:2::/64"), because one customer has a
/// whole /64. A network of this form counts as itself. Text that is no address ("" for a Unix
/// socket, "<nil>" of MediaMTX) counts as itself, shortened to 64 bytes.
std::string network_of(std::string_view address);

}  // namespace rescuestream
