#pragma once

#include "mediamtx/move.hpp"
#include "mediamtx/owner_file.hpp"

namespace rescuestream::cli {

/// Adds what happens with users, tokens, servers, ports and the log.
void tell_consequences(const OwnerFile& file, const MoveTarget& target, Move& move);

}  // namespace rescuestream::cli
