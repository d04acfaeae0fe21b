#pragma once

namespace rescuestream {

/// What every storage answers when a record that a step names does not exist.
constexpr const char* kNoKey = "There is no stream key with this id.";
constexpr const char* kNoBroadcaster = "There is no broadcaster with this id.";

}  // namespace rescuestream
