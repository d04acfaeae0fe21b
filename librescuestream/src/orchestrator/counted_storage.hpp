#pragma once

#include <atomic>
#include <cstdint>

#include "rescuestream/forwarding_storage.hpp"

namespace rescuestream {

/// Counts the steps that may have changed what a caller can read. All parts of an orchestrator use
/// the storage through it, so that every change is counted. Leases and claims that are not granted
/// change nothing that can be read.
///
/// Thread-safety: that of the other storage.
class CountedStorage final : public ForwardingStorage {
public:
    using ForwardingStorage::ForwardingStorage;

    /// Returns the count. It is incremented after each such step, before the caller gets the
    /// answer.
    std::uint64_t changes() const noexcept { return changes_; }
    /// Counts a change that is not a step of the storage.
    void note_change() noexcept { ++changes_; }

    Result<ClaimOutcome> claim(const ClaimRequest& request) override;
    std::vector<Result<ClaimOutcome>> claim_all(
        const std::vector<ClaimRequest>& requests,
        std::chrono::steady_clock::time_point latest) override;
    /// Each call of `listener` also counts as a change.
    void watch_changes(std::function<void()> listener) override;

protected:
    std::optional<Error> after(const StorageStep& step, const Error* error) override;

private:
    friend class KeyChanges;

    // Only KeyChanges may call the steps that change keys: each of them requires that the cached
    // facts of keys are invalidated and that the resulting cut-offs are carried out.
    using ForwardingStorage::begin_stop;
    using ForwardingStorage::close_incident;
    using ForwardingStorage::create_stream_key;
    using ForwardingStorage::delete_broadcaster;
    using ForwardingStorage::displace_others;
    using ForwardingStorage::revoke_stream_key;
    using ForwardingStorage::rotate_stream_key;
    using ForwardingStorage::set_broadcaster_disabled;
    using ForwardingStorage::update_stream_key;

    std::atomic<std::uint64_t> changes_{0};
};

}  // namespace rescuestream
