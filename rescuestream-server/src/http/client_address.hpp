#pragma once

#include <string>
#include <vector>

#include "http/message.hpp"
#include "rescuestream/address_range.hpp"

namespace rescuestream::server {

/// Returns the address of the caller. This is the peer, unless the peer is a trusted proxy: then it
/// is the rightmost address in X-Forwarded-For that is not itself a trusted proxy. Addresses
/// further left are not used, because any client can invent them. If a proxy names something that
/// is no address, the caller is unknown: 0.0.0.0. If it names nothing, the request counts as the
/// proxy's own.
std::string client_address(const std::string& peer, const HttpRequest& request,
                           const std::vector<AddressRange>& trusted);

}  // namespace rescuestream::server
