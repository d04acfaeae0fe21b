#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "rescuestream/forwarding_storage.hpp"

namespace rescuestream {

/// Is notified of each step of an ObservedStorage, before and after it.
///
/// Thread-safety: called from any thread. Both calls about a step are made on the thread that
/// carries it out, and no step begins on that thread in between.
class StorageObserver {
public:
    virtual ~StorageObserver() = default;

    virtual void step_begins(const StorageStep& /*step*/) noexcept {}
    /// `error` is null if the step succeeded. It is set, too, for an answer that is no failure of
    /// the storage, such as kNotFound; see `is_storage_failure`.
    virtual void step_ended(const StorageStep& step, std::chrono::steady_clock::duration took,
                            const Error* error) noexcept = 0;
};

/// Returns whether the code means that the storage could not carry out the step, in contrast to
/// an answer (kNotFound, kConflict, …).
bool is_storage_failure(ErrorCode code) noexcept;

/// Measures each step of another storage and notifies its observers. An orchestrator uses its
/// storage through it, so that figures and traces are made in one place.
///
/// Thread-safety: that of the other storage. Ownership: the observers must outlive it.
class ObservedStorage final : public ForwardingStorage {
public:
    ObservedStorage(std::shared_ptr<Storage> real, std::vector<StorageObserver*> observers);

protected:
    std::optional<Error> before(const StorageStep& step) override;
    std::optional<Error> after(const StorageStep& step, const Error* error) override;

private:
    const std::vector<StorageObserver*> observers_;
};

}  // namespace rescuestream
