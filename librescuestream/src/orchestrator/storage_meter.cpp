#include "orchestrator/storage_meter.hpp"

#include <chrono>
#include <utility>

namespace rescuestream {

StorageMeter::StorageMeter() : steps_(std::make_unique<Step[]>(StorageStep::methods().size())) {}
StorageMeter::~StorageMeter() = default;

void StorageMeter::step_ended(const StorageStep& step, std::chrono::steady_clock::duration took,
                              const Error* error) noexcept {
    Step& measured = steps_[step.index];
    measured.seconds.observe(std::chrono::duration<double>(took).count());
    if (error != nullptr && is_storage_failure(error->code)) {
        measured.failures.fetch_add(1, std::memory_order_relaxed);
    }
    if (step.method == "claim_all") claims_per_batch_.observe(static_cast<double>(step.size));
}

std::vector<StepFigures> StorageMeter::steps() const {
    std::vector<StepFigures> figures;
    const auto methods = StorageStep::methods();
    for (std::size_t i = 0; i < methods.size(); ++i) {
        Distribution seconds = steps_[i].seconds.read();
        if (seconds.total() == 0) continue;
        figures.push_back(
            {methods[i], std::move(seconds), steps_[i].failures.load(std::memory_order_relaxed)});
    }
    return figures;
}

}  // namespace rescuestream
