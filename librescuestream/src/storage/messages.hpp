#pragma once

namespace rescuestream {

/// The errors of all storages for a record that does not exist.
constexpr const char* kNoKey = "There is no stream key with this id.";
constexpr const char* kNoBroadcaster = "There is no broadcaster with this id.";

}  // namespace rescuestream
