#pragma once

#include <atomic>
#include <cstdint>

#include "rescuestream/forwarding_storage.hpp"

namespace rescuestream {

/// Counts the steps that may have changed what somebody reads. It stands before all parts of an
/// orchestrator, so that no change can be made without being counted. Leases and a claim that was
/// not granted change nothing that is read.
///
/// Thread-safety: that of the other storage.
class CountedStorage final : public ForwardingStorage {
public:
    using ForwardingStorage::ForwardingStorage;

    /// Rises after each of those steps, and before its caller has the answer.
    std::uint64_t changes() const noexcept { return changes_; }
    /// Something else was changed.
    void note_change() noexcept { ++changes_; }

    Result<ClaimOutcome> claim(const ClaimRequest& request) override;
    std::vector<Result<ClaimOutcome>> claim_all(
        const std::vector<ClaimRequest>& requests,
        std::chrono::steady_clock::time_point latest) override;
    /// What `listener` is told of counts as a change.
    void watch_changes(std::function<void()> listener) override;

protected:
    std::optional<Error> after(const StorageStep& step, const Error* error) override;

private:
    friend class KeyChanges;

    // The steps that change keys are for KeyChanges alone: whoever takes one has to invalidate what
    // memory knows of keys, and to carry out what it leaves to be done on media servers.
    using ForwardingStorage::begin_stop;
    using ForwardingStorage::create_stream_key;
    using ForwardingStorage::delete_broadcaster;
    using ForwardingStorage::revoke_stream_key;
    using ForwardingStorage::rotate_stream_key;
    using ForwardingStorage::set_broadcaster_disabled;
    using ForwardingStorage::update_stream_key;

    std::atomic<std::uint64_t> changes_{0};
};

}  // namespace rescuestream
