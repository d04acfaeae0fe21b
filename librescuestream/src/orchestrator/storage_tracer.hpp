#pragma once

#include <string>

#include "orchestrator/observed_storage.hpp"

namespace rescuestream {

/// Records each step of a storage as a child of the current span. A step that no span is current
/// for is not recorded.
///
/// Thread-safety: called from any thread.
class StorageTracer final : public StorageObserver {
public:
    /// `backend` is the result of Storage::backend.
    explicit StorageTracer(std::string_view backend) : backend_(backend) {}

    void step_begins(const StorageStep& step) noexcept override;
    void step_ended(const StorageStep& step, std::chrono::steady_clock::duration took,
                    const Error* error) noexcept override;

private:
    std::string backend_;
};

}  // namespace rescuestream
