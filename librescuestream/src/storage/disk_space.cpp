#include "storage/disk_space.hpp"

#include <sys/statvfs.h>

namespace rescuestream {

std::optional<DiskSpace> disk_space_of(const std::string& path) {
    struct statvfs status {};
    if (::statvfs(path.c_str(), &status) != 0 || status.f_blocks == 0) return std::nullopt;
    const std::uint64_t block = status.f_frsize;
    return DiskSpace{status.f_bavail * block, status.f_blocks * block};
}

}  // namespace rescuestream
