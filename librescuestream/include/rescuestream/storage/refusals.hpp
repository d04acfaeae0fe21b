#pragma once

#include <vector>

#include "rescuestream/refused_attempts.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// The part of a Storage that keeps refused attempts.
///
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety).
class RefusalStorage {
public:
    /// Adds attempts; no two of them have the same id. One whose id is stored already is added to
    /// it: the counts are summed, the first time is the earlier one, and the address, the node, the
    /// user agent and the last time are those of the newer one. Then deletes what exceeds `limits`.
    virtual Result<void> add_refused_attempts(const std::vector<RefusedAttempt>& attempts,
                                              const RefusedAttemptLimits& limits) = 0;
    /// Returns the newest attempts, by their last time and id, with the names of their keys.
    virtual Result<std::vector<RefusedAttempt>> list_refused_attempts(
        const RefusedAttemptFilter& filter) = 0;

protected:
    ~RefusalStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
