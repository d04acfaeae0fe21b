#pragma once

#include <cerrno>

namespace rescuestream {

/// Returns whether a file cannot be written because its disk is full, a quota is used up, or the
/// disk has become read-only. `error` is the system's errno.
constexpr bool is_shortage_of_room(int error) noexcept {
    return error == ENOSPC || error == EDQUOT || error == EROFS;
}

}  // namespace rescuestream
