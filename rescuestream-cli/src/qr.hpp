#pragma once

#include <string>
#include <string_view>

#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// Returns a QR code of `text`, drawn with block characters, two rows of the code in a line. With
/// colours it is black on white; without them its light parts are drawn, for a terminal with a dark
/// background. kInvalidArgument: the text is too long for a QR code.
Result<std::string> qr_code(std::string_view text, bool coloured);

}  // namespace rescuestream::cli
