#pragma once

#include <string>
#include <string_view>

#include "rescuestream/addresses.hpp"
#include "rescuestream/figures.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/streams.hpp"

namespace rescuestream {

std::string to_json(const Stream& stream, const ViewerAddresses& addresses);
/// With the members of ListedStream.
std::string to_json(const ListedStream& stream, const ViewerAddresses& addresses);
/// The same without `bitrate` and `viewers`, which change more often than all the rest.
std::string to_json_without_load(const ListedStream& stream, const ViewerAddresses& addresses);
/// Appends to `text` what `to_json` returns for a stream whose `to_json_without_load` is known.
void append_with_load(std::string& text, std::string_view json_without_load,
                      const ListedStream& stream);
/// With a member `figures` too.
std::string to_json(const ListedStream& stream, const ViewerAddresses& addresses,
                    const StreamFigures& figures);
std::string to_json(const StreamTransition& transition);

}  // namespace rescuestream
