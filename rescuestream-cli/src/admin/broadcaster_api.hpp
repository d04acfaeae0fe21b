#pragma once

#include "rescuestream/broadcasters.hpp"
#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// The operations on broadcasters; see AdminApi.
class BroadcasterApi {
public:
    virtual ~BroadcasterApi() = default;

    virtual Result<Broadcaster> create_broadcaster(const NewBroadcaster& input) = 0;
    virtual Result<Broadcaster> find_broadcaster(BroadcasterId id) = 0;
    virtual Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) = 0;
    virtual Result<Broadcaster> update_broadcaster(BroadcasterId id,
                                                   const BroadcasterPatch& patch) = 0;
    virtual Result<CutoffReport> delete_broadcaster(BroadcasterId id, bool force) = 0;
    virtual Result<ChangedBroadcaster> disable_broadcaster(BroadcasterId id) = 0;
    virtual Result<ChangedBroadcaster> enable_broadcaster(BroadcasterId id) = 0;
};

}  // namespace rescuestream::cli
