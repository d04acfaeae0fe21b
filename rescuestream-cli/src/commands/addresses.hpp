#pragma once

#include "output.hpp"
#include "rescuestream/addresses.hpp"

namespace rescuestream::cli {

/// Adds a line for each address at which a stream can be watched.
void add_addresses(Details& details, const ViewerAddresses& addresses);

/// Adds a line for each address at which an encoder can publish. A placeholder stands for the key
/// value.
void add_addresses(Details& details, const EncoderAddresses& addresses);

}  // namespace rescuestream::cli
