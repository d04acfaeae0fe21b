#pragma once

#include "rescuestream/storage/directory.hpp"
#include "storage/memory/state.hpp"

namespace rescuestream::memory {

/// Keeps broadcasters.
class MemoryDirectory : public virtual DirectoryStorage {
public:
    explicit MemoryDirectory(MemoryState& state) : state_(state) {}

    Result<void> create_broadcaster(const Broadcaster& broadcaster,
                                    const AuditEntry& audit) override;
    Result<Broadcaster> find_broadcaster(BroadcasterId id) override;
    Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) override;
    Result<void> update_broadcaster(const Broadcaster& broadcaster,
                                    const AuditEntry& audit) override;
    Result<KeyChangeOutcome> delete_broadcaster(BroadcasterId id, bool force, Timestamp now,
                                                const AuditEntry& audit) override;
    Result<KeyChangeOutcome> set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                      Timestamp now,
                                                      const AuditEntry& audit) override;

protected:
    ~MemoryDirectory() = default;  // Owned as a Storage.

private:
    MemoryState& state_;
};

}  // namespace rescuestream::memory
