#pragma once

#include <cstddef>

namespace rescuestream::rules {

/// How much of a limited number of records is used.
struct Occupancy {
    std::size_t all = 0;
    std::size_t of_limited = 0;  ///< Made by credentials without the scope admin, by all together.
    std::size_t of_account = 0;  ///< Made for the account of the caller.
};

/// Returns whether one more record may be made, of at most `most`. Credentials without the scope
/// admin (`is_limited`) have nine tenths together and each account half, so that none of them keeps
/// the others from working, and all of them never keep an administrator from it.
inline bool has_room(const Occupancy& used, std::size_t most, bool is_limited) noexcept {
    if (used.all >= most) return false;
    return !is_limited || (used.of_limited < most / 10 * 9 && used.of_account < most / 2);
}

}  // namespace rescuestream::rules
