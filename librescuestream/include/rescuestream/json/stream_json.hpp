#pragma once

#include <string>

#include "rescuestream/addresses.hpp"
#include "rescuestream/figures.hpp"
#include "rescuestream/records.hpp"

namespace rescuestream {

std::string to_json(const Stream& stream, const ViewerAddresses& addresses);
/// With a member `figures`.
std::string to_json(const Stream& stream, const ViewerAddresses& addresses,
                    const StreamFigures& figures);
std::string to_json(const StreamTransition& transition);

}  // namespace rescuestream
