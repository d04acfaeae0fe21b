#pragma once

#include <string_view>

namespace rescuestream::cli {

/// Returns whether a command of a hook publishes to the MediaMTX that runs it, as ffmpeg and
/// GStreamer do: one of its words is an address of this machine that is not an input. False for a
/// program whose words do not tell.
bool publishes_locally(std::string_view command);

}  // namespace rescuestream::cli
