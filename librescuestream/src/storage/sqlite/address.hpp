#pragma once

#include <string>
#include <string_view>

#include "rescuestream/result.hpp"

namespace rescuestream::sqlite {

/// The file that is meant by what stands behind `sqlite:` in a storage address. kInvalidArgument.
Result<std::string> path_in_address(std::string_view rest);

}  // namespace rescuestream::sqlite
