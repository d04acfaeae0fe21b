#pragma once

#include "rescuestream/storage/viewers.hpp"
#include "storage/memory/state.hpp"

namespace rescuestream::memory {

/// Keeps the sessions of viewers.
class MemoryViewers : public virtual ViewerStorage {
public:
    explicit MemoryViewers(MemoryState& state) : state_(state) {}

    Result<void> add_viewers(const std::vector<Viewer>& viewers,
                             const ViewerRetention& retention) override;
    Result<void> end_viewers(const std::vector<ConnectionId>& ids, Timestamp until) override;
    Result<Viewer> remove_viewer(const ConnectionId& id, Timestamp now,
                                 const AuditDraft& audit) override;
    Result<Page<Viewer>> list_viewers(const ViewerFilter& filter, const PageRequest& page) override;
    Result<ViewerChanges> viewers_after(std::int64_t version) override;

protected:
    ~MemoryViewers() = default;  // Owned as a Storage.

private:
    MemoryState& state_;
};

}  // namespace rescuestream::memory
