#pragma once

#include <cerrno>

namespace rescuestream {

/// Whether a file cannot be written because its disk has no room, a quota is used up, or the disk
/// has become read-only. `error` is the system's errno.
constexpr bool is_shortage_of_room(int error) noexcept {
    return error == ENOSPC || error == EDQUOT || error == EROFS;
}

}  // namespace rescuestream
