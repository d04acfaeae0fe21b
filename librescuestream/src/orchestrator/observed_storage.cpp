#include "orchestrator/observed_storage.hpp"

#include <utility>

namespace rescuestream {
namespace {

using std::chrono::steady_clock;

// When the step of this thread began. A thread carries out one step at a time.
thread_local steady_clock::time_point step_began;

}  // namespace

bool is_storage_failure(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::kUnavailable:
        case ErrorCode::kTimeout:
        case ErrorCode::kStorageFull:
        case ErrorCode::kUnauthorized:
        case ErrorCode::kInternal:
            return true;
        case ErrorCode::kInvalidArgument:
        case ErrorCode::kNotFound:
        case ErrorCode::kConflict:
        case ErrorCode::kForbidden:
        case ErrorCode::kChangedMeanwhile:
        case ErrorCode::kUnsupported:
            return false;
    }
    return true;
}

ObservedStorage::ObservedStorage(std::shared_ptr<Storage> real,
                                 std::vector<StorageObserver*> observers)
    : ForwardingStorage(std::move(real)), observers_(std::move(observers)) {}

std::optional<Error> ObservedStorage::before(const StorageStep& step) {
    for (auto* observer : observers_) observer->step_begins(step);
    step_began = steady_clock::now();
    return std::nullopt;
}

std::optional<Error> ObservedStorage::after(const StorageStep& step, const Error* error) {
    const auto took = steady_clock::now() - step_began;
    // In the opposite order, so that what an observer opened is closed by it first.
    for (auto observer = observers_.rbegin(); observer != observers_.rend(); ++observer) {
        (*observer)->step_ended(step, took, error);
    }
    return std::nullopt;
}

}  // namespace rescuestream
