#pragma once

#include "admin/broadcaster_api.hpp"
#include "admin/http_caller.hpp"

namespace rescuestream::cli {

/// Carries out the operations on broadcasters by a server's HTTP API.
class HttpBroadcasters : public virtual BroadcasterApi {
public:
    explicit HttpBroadcasters(HttpCaller& caller) : caller_(caller) {}

    Result<Broadcaster> create_broadcaster(const NewBroadcaster& input) override;
    Result<Broadcaster> find_broadcaster(BroadcasterId id) override;
    Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) override;
    Result<Broadcaster> update_broadcaster(BroadcasterId id,
                                           const BroadcasterPatch& patch) override;
    Result<CutoffReport> delete_broadcaster(BroadcasterId id, bool force) override;
    Result<ChangedBroadcaster> disable_broadcaster(BroadcasterId id) override;
    Result<ChangedBroadcaster> enable_broadcaster(BroadcasterId id) override;

protected:
    ~HttpBroadcasters() = default;  // Owned as an AdminApi.

private:
    HttpCaller& caller_;
};

}  // namespace rescuestream::cli
