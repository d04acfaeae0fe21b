#pragma once

#include "rescuestream/storage/refusals.hpp"
#include "storage/memory/state.hpp"

namespace rescuestream::memory {

/// Keeps refused attempts.
class MemoryRefusals : public virtual RefusalStorage {
public:
    explicit MemoryRefusals(MemoryState& state) : state_(state) {}

    Result<void> add_refused_attempts(const std::vector<RefusedAttempt>& attempts,
                                      const RefusedAttemptLimits& limits) override;
    Result<std::vector<RefusedAttempt>> list_refused_attempts(
        const RefusedAttemptFilter& filter) override;

protected:
    ~MemoryRefusals() = default;  // Owned as a Storage.

private:
    void add_names(RefusedAttempt& attempt) const;

    MemoryState& state_;
};

}  // namespace rescuestream::memory
