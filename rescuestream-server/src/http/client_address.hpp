#pragma once

#include <string>
#include <vector>

#include "http/message.hpp"
#include "support/address_range.hpp"

namespace rescuestream::server {

/// Who sent the request: the peer, or, when that is a trusted proxy, whom it names in
/// X-Forwarded-For, from the right up to the first that is no trusted proxy. What stands further
/// left may be anybody's invention.
std::string client_address(const std::string& peer, const HttpRequest& request,
                           const std::vector<AddressRange>& trusted);

}  // namespace rescuestream::server
