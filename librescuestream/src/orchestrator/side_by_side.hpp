#pragma once

#include <cstddef>
#include <functional>

namespace rescuestream {

/// Calls `work(i)` for each i below `count`, up to `most` at a time, beginning with the smallest;
/// one of the threads is the caller's. Returns when all are done. The threads continue the caller's
/// trace.
void side_by_side(std::size_t count, std::size_t most,
                  const std::function<void(std::size_t)>& work);

}  // namespace rescuestream
