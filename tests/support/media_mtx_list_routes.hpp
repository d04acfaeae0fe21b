#pragma once

#include <optional>
#include <string>

#include "rescuestream/media_server.hpp"
#include "support/media_mtx_stub.hpp"

namespace rescuestream::testing {

/// A route of a connection list: "/v3/rtmpconns/kick/ID" is {kRtmp, "kick/ID"}.
struct MtxListRoute {
    ConnectionKind kind = ConnectionKind::kRtmp;
    std::string action;
};

/// Empty when no list has that name.
std::optional<MtxListRoute> find_list_route(const std::string& path, MtxRouteNames names);

/// The same for the lists of RTSP connections, which are only read.
std::optional<ConnectionKind> find_rtsp_clients_route(const std::string& path, MtxRouteNames names);

}  // namespace rescuestream::testing
