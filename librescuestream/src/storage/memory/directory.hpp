#pragma once

#include "rescuestream/storage/directory.hpp"
#include "storage/memory/state.hpp"

namespace rescuestream::memory {

/// Keeps broadcasters.
class MemoryDirectory : public virtual DirectoryStorage {
public:
    explicit MemoryDirectory(MemoryState& state) : state_(state) {}

    Result<void> create_broadcaster(const Broadcaster& broadcaster,
                                    const AuditDraft& audit) override;
    Result<Broadcaster> find_broadcaster(BroadcasterId id) override;
    Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) override;
    Result<Broadcaster> update_broadcaster(BroadcasterId id, const BroadcasterPatch& patch,
                                           Timestamp now, const AuditDraft& audit) override;
    Result<KeyChangeOutcome> delete_broadcaster(BroadcasterId id, bool force, Timestamp now,
                                                const AuditDraft& audit) override;
    Result<KeyChangeOutcome> set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                      Timestamp now,
                                                      const AuditDraft& audit) override;

protected:
    ~MemoryDirectory() = default;  // Owned as a Storage.

private:
    MemoryState& state_;
};

}  // namespace rescuestream::memory
