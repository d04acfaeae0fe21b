#pragma once

#include "rescuestream/storage/keys.hpp"
#include "storage/memory/state.hpp"

namespace rescuestream::memory {

/// Keeps stream keys.
class MemoryKeys : public virtual KeyStorage {
public:
    explicit MemoryKeys(MemoryState& state) : state_(state) {}

    Result<StreamKey> create_stream_key(const StreamKeyRow& row, const AuditDraft& audit) override;
    Result<StreamKey> find_stream_key(StreamKeyId id) override;
    Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                             const PageRequest& page) override;
    Result<KeyChangeOutcome> revoke_stream_key(StreamKeyId id, Timestamp now,
                                               const AuditDraft& audit) override;
    Result<KeyChangeOutcome> update_stream_key(const StreamKeyChange& change, Timestamp now,
                                               const AuditDraft& audit) override;
    Result<KeyChangeOutcome> rotate_stream_key(const StreamKeyRotation& rotation, Timestamp now,
                                               const AuditDraft& audit) override;
    Result<KeyFacts> key_facts_after(const std::string& place, std::size_t limit) override;

protected:
    ~MemoryKeys() = default;  // Owned as a Storage.

private:
    bool matches(const StreamKeyFilter& filter, const StreamKey& key) const;

    MemoryState& state_;
};

}  // namespace rescuestream::memory
