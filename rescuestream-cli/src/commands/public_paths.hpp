#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "program.hpp"

namespace rescuestream::cli {

/// Warns on standard error that everybody can watch these paths. `without`: "without the link".
/// Does nothing for no paths.
void tell_public_paths(const Program& program, const std::vector<std::string>& paths,
                       std::string_view without);

}  // namespace rescuestream::cli
