#pragma once

#include <string>
#include <string_view>

#include "rescuestream/result.hpp"

namespace rescuestream::sqlite {

/// Returns the path of the file from the part of a storage address after `sqlite:`.
/// kInvalidArgument: it is malformed.
Result<std::string> path_in_address(std::string_view rest);

}  // namespace rescuestream::sqlite
