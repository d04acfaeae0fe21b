#pragma once

#include "rescuestream/storage/viewers.hpp"
#include "storage/sql/access.hpp"

namespace rescuestream::sql {

/// Keeps the sessions of viewers.
class SqlViewers : public virtual ViewerStorage, private Access {
public:
    explicit SqlViewers(Database& database) : Access(database) {}

    Result<void> add_viewers(const std::vector<Viewer>& viewers,
                             const ViewerRetention& retention) override;
    Result<void> end_viewers(const std::vector<ConnectionId>& ids, Timestamp until) override;
    Result<Viewer> remove_viewer(const ConnectionId& id, Timestamp now,
                                 const AuditDraft& audit) override;
    Result<Page<Viewer>> list_viewers(const ViewerFilter& filter, const PageRequest& page) override;
    Result<ViewerChanges> viewers_after(std::int64_t version) override;

protected:
    ~SqlViewers() = default;  // Owned as a Storage.
};

}  // namespace rescuestream::sql
