#pragma once

#include <string>

#include "rescuestream/addresses.hpp"
#include "rescuestream/figures.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/streams.hpp"

namespace rescuestream {

std::string to_json(const Stream& stream, const ViewerAddresses& addresses);
/// With the members of ListedStream.
std::string to_json(const ListedStream& stream, const ViewerAddresses& addresses);
/// With a member `figures` too.
std::string to_json(const ListedStream& stream, const ViewerAddresses& addresses,
                    const StreamFigures& figures);
std::string to_json(const StreamTransition& transition);

}  // namespace rescuestream
