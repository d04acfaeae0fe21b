#pragma once

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/viewers.hpp"

namespace rescuestream {

class Viewers;

/// The methods of StreamOrchestrator about viewers; its header documents them.
///
/// Thread-safety: all methods may be called from any thread.
class ViewerAdmin {
public:
    struct Dependencies : RequestDependencies {
        Viewers& viewers;
    };

    explicit ViewerAdmin(const Dependencies& dependencies) : d_(dependencies) {}

    Result<Page<Viewer>> list_viewers(const ViewerFilter& filter, const PageRequest& page,
                                      const ApiCredential* reader);
    Result<Viewer> find_viewer(const ConnectionId& id, const ApiCredential* reader);
    Result<RemovedViewer> remove_viewer(const ConnectionId& id, const Caller& caller);

private:
    Result<Page<Viewer>> seen_by(const ApiCredential* reader, const ViewerFilter& filter,
                                 const PageRequest& page);

    const Dependencies d_;
};

}  // namespace rescuestream
