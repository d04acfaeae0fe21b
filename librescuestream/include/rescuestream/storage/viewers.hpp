#pragma once

#include <cstdint>
#include <vector>

#include "rescuestream/audit_draft.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/viewers.hpp"

namespace rescuestream {

/// The part of a Storage that keeps the sessions of viewers.
///
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety).
class ViewerStorage {
public:
    /// Adds viewers; one whose id is stored already stays as it is. Deletes old ones.
    virtual Result<void> add_viewers(const std::vector<Viewer>& viewers,
                                     const ViewerRetention& retention) = 0;
    /// Notes that viewers have ended, unless that is stored already. Unknown ids are ignored.
    virtual Result<void> end_viewers(const std::vector<ConnectionId>& ids, Timestamp until) = 0;
    /// Notes that a viewer shall be removed, and returns it. Idempotent. kNotFound: no such viewer.
    virtual Result<Viewer> remove_viewer(const ConnectionId& id, Timestamp now,
                                         const AuditDraft& audit) = 0;
    /// Newest first by (since, id). Ids are UUIDs, as MediaMTX makes them; of others, some may be
    /// missing on the pages after the first.
    virtual Result<Page<Viewer>> list_viewers(const ViewerFilter& filter,
                                              const PageRequest& page) = 0;
    /// Returns the viewers that were added or changed since `version`, which is
    /// ViewerChanges::version of an earlier call, or -1 for all present ones. One may be returned
    /// more than once.
    virtual Result<ViewerChanges> viewers_after(std::int64_t version) = 0;

protected:
    ~ViewerStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
