#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "orchestrator/observed_storage.hpp"
#include "rescuestream/operating_figures.hpp"
#include "support/counters.hpp"

namespace rescuestream {

/// Measures the steps of the storage.
///
/// Thread-safety: all methods may be called from any thread.
class StorageMeter final : public StorageObserver {
public:
    StorageMeter();
    ~StorageMeter() override;

    void step_ended(const StorageStep& step, std::chrono::steady_clock::duration took,
                    const Error* error) noexcept override;

    /// Returns the steps that were carried out.
    std::vector<StepFigures> steps() const;
    Distribution claims_per_batch() const { return claims_per_batch_.read(); }

private:
    struct Step {
        Histogram seconds{kSecondsOfSteps};
        std::atomic<std::uint64_t> failures{0};
    };

    const std::unique_ptr<Step[]> steps_;  // by StorageStep::index
    Histogram claims_per_batch_{kSizesOfGroups};
};

}  // namespace rescuestream
