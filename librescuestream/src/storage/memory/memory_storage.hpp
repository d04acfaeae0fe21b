#pragma once

#include <memory>

#include "rescuestream/storage.hpp"

namespace rescuestream {

/// Returns an empty storage in memory, for tests, examples and first trials.
std::unique_ptr<Storage> make_memory_storage();

}  // namespace rescuestream
