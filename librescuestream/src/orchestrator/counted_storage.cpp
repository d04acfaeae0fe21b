#include "orchestrator/counted_storage.hpp"

#include <algorithm>
#include <utility>

namespace rescuestream {
namespace {

// A step whose answer was lost may have been carried out, so it counts.
bool was_refused(ErrorCode code) noexcept {
    return code == ErrorCode::kNotFound || code == ErrorCode::kConflict ||
           code == ErrorCode::kForbidden || code == ErrorCode::kInvalidArgument;
}

bool may_be_granted(const Result<ClaimOutcome>& outcome) noexcept {
    return outcome ? outcome->decision == ClaimDecision::kGranted
                   : !was_refused(outcome.error().code);
}

}  // namespace

Result<ClaimOutcome> CountedStorage::claim(const ClaimRequest& request) {
    auto outcome = real().claim(request);
    if (may_be_granted(outcome)) note_change();
    return outcome;
}

std::vector<Result<ClaimOutcome>> CountedStorage::claim_all(
    const std::vector<ClaimRequest>& requests, std::chrono::steady_clock::time_point latest) {
    auto outcomes = real().claim_all(requests, latest);
    if (std::any_of(outcomes.begin(), outcomes.end(), may_be_granted)) note_change();
    return outcomes;
}

void CountedStorage::watch_changes(std::function<void()> listener) {
    if (!listener) {
        real().watch_changes(nullptr);
        return;
    }
    real().watch_changes([this, listener = std::move(listener)] {
        note_change();
        listener();
    });
}

std::optional<Error> CountedStorage::after(const StorageStep& step, const Error* error) {
    const bool may_have_changed = error == nullptr || !was_refused(error->code);
    if (step.effect == StorageStep::Effect::kRecords && may_have_changed) note_change();
    return std::nullopt;
}

}  // namespace rescuestream
