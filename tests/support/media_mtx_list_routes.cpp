#include "support/media_mtx_list_routes.hpp"

#include <map>

namespace rescuestream::testing {
namespace {

// Routes by name, as MediaMTX's api/openapi.yaml of v1.20 and of v1.21 lists them.
using Lists = std::map<std::string, ConnectionKind>;

const Lists& joined_lists() {
    static const Lists all{
        {"rtmpconns", ConnectionKind::kRtmp},    {"rtmpsconns", ConnectionKind::kRtmps},
        {"rtspsessions", ConnectionKind::kRtsp}, {"rtspssessions", ConnectionKind::kRtsps},
        {"srtconns", ConnectionKind::kSrt},      {"webrtcsessions", ConnectionKind::kWebRtc},
    };
    return all;
}

const Lists& nested_lists() {
    static const Lists all{
        {"rtmp/conns", ConnectionKind::kRtmp},    {"rtmps/conns", ConnectionKind::kRtmps},
        {"rtsp/sessions", ConnectionKind::kRtsp}, {"rtsps/sessions", ConnectionKind::kRtsps},
        {"srt/conns", ConnectionKind::kSrt},      {"webrtc/sessions", ConnectionKind::kWebRtc},
    };
    return all;
}

std::optional<MtxListRoute> find_in(const Lists& lists, const std::string& path) {
    for (const auto& [name, kind] : lists) {
        const std::string prefix = "/v3/" + name + "/";
        if (path.starts_with(prefix)) return MtxListRoute{kind, path.substr(prefix.size())};
    }
    return std::nullopt;
}

}  // namespace

std::optional<ConnectionKind> find_rtsp_clients_route(const std::string& path,
                                                      MtxRouteNames names) {
    const auto is = [&](const char* joined, const char* nested) {
        return (names != MtxRouteNames::kNested && path == joined) ||
               (names != MtxRouteNames::kJoined && path == nested);
    };
    if (is("/v3/rtspconns/list", "/v3/rtsp/conns/list")) return ConnectionKind::kRtsp;
    if (is("/v3/rtspsconns/list", "/v3/rtsps/conns/list")) return ConnectionKind::kRtsps;
    return std::nullopt;
}

std::optional<MtxListRoute> find_list_route(const std::string& path, MtxRouteNames names) {
    std::optional<MtxListRoute> route;
    if (names != MtxRouteNames::kNested) route = find_in(joined_lists(), path);
    if (!route && names != MtxRouteNames::kJoined) route = find_in(nested_lists(), path);
    return route;
}

}  // namespace rescuestream::testing
