#pragma once

#include "rescuestream/ids.hpp"
#include "rescuestream/random_source.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// UUID version 7 (RFC 9562 section 5.7): begins with `now` in milliseconds, so that new records
/// are adjacent in a database's index; 74 random bits follow.
Uuid make_uuid(Timestamp now, RandomSource& random);

}  // namespace rescuestream
