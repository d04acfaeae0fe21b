#pragma once

#include "mediamtx/move.hpp"
#include "mediamtx/owner_file.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// Adds what must change, with its edits: who is asked, the control interface, hooks, takeover,
/// paths, recording. kInvalidArgument: the target cannot be written (see hook_command).
Result<void> plan_required(const OwnerFile& file, const MoveTarget& target, Move& move);

}  // namespace rescuestream::cli
