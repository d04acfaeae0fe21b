#pragma once

#include <string>

#include "mediamtx/move.hpp"
#include "mediamtx/owner_file.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// Returns everything that a move of the file to RescueStream means. kInvalidArgument: the target
/// cannot be written (see hook_command).
Result<Move> plan_move(const OwnerFile& file, const MoveTarget& target);

/// Applies the plan's edits, reads the result, and verifies that exactly the planned settings
/// differ and that a second merge would change nothing. kUnsupported: the file is written in a way
/// that cannot be edited so; nothing is lost, change it by hand.
Result<std::string> merge_for_rescuestream(const OwnerFile& file, const MoveTarget& target);

}  // namespace rescuestream::cli
