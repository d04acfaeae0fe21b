#pragma once

#include <optional>
#include <string>

#include "rescuestream/storage.hpp"

namespace rescuestream {

/// Of the file system that `path` is on. Empty: the system does not tell.
std::optional<DiskSpace> disk_space_of(const std::string& path);

}  // namespace rescuestream
