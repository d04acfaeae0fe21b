#pragma once

#include <string>
#include <string_view>

namespace rescuestream::cli {

/// Returns the example of a command's help, such as that of "key create"; that of the program for
/// an empty name. Empty: the command has none.
std::string example_of(std::string_view command);

}  // namespace rescuestream::cli
