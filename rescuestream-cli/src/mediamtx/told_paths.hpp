#pragma once

#include "mediamtx/move.hpp"
#include "mediamtx/owner_file.hpp"

namespace rescuestream::cli {

/// Adds what happens with each path and its programs.
void tell_paths(const OwnerFile& file, const MoveTarget& target, Move& move);

}  // namespace rescuestream::cli
