#include "rescuestream/media_server.hpp"

namespace rescuestream {

Protocol protocol_of(ConnectionKind kind) noexcept {
    switch (kind) {
        case ConnectionKind::kRtmp:
        case ConnectionKind::kRtmps:
            return Protocol::kRtmp;
        case ConnectionKind::kRtsp:
        case ConnectionKind::kRtsps:
            return Protocol::kRtsp;
        case ConnectionKind::kSrt:
            return Protocol::kSrt;
        case ConnectionKind::kWebRtc:
            return Protocol::kWebRtc;
    }
    return Protocol::kUnknown;
}

Protocol protocol_of(const MediaSource& source) noexcept {
    return source.kind ? protocol_of(*source.kind) : Protocol::kUnknown;
}

Result<std::vector<MediaRtspClient>> MediaServer::list_rtsp_clients(ConnectionKind kind) {
    const auto sessions = list_connections(kind);
    if (!sessions) return sessions.error();
    std::vector<MediaRtspClient> clients;
    clients.reserve(sessions->size());
    for (const auto& session : *sessions) {
        clients.push_back({session.auth_id.empty() ? session.id : session.auth_id, session.id});
    }
    return clients;
}

}  // namespace rescuestream
