#pragma once

#include "rescuestream/storage/publishing.hpp"
#include "storage/memory/state.hpp"

namespace rescuestream::memory {

/// Decides publish requests and keeps the claims of keys.
class MemoryPublishing : public virtual PublishingStorage {
public:
    explicit MemoryPublishing(MemoryState& state) : state_(state) {}

    Result<ClaimOutcome> claim(const ClaimRequest& request) override;
    Result<bool> is_claimed_elsewhere(const ConnectionId& connection,
                                      StreamKeyId stream_key_id) override;
    Result<ClaimOutcome> check_key(const KeyDigest& digest, const std::optional<std::string>& path,
                                   Timestamp now) override;

protected:
    ~MemoryPublishing() = default;  // Owned as a Storage.

private:
    MemoryState& state_;
};

}  // namespace rescuestream::memory
