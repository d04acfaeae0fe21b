#pragma once

#include <optional>
#include <string>

#include "rescuestream/storage.hpp"

namespace rescuestream {

/// Returns the space of the file system that contains `path`. Empty: it cannot be determined.
std::optional<DiskSpace> disk_space_of(const std::string& path);

}  // namespace rescuestream
