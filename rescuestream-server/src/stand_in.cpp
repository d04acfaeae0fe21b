#include "stand_in.hpp"

namespace rescuestream::server {
namespace {

constexpr std::uint64_t kBytesBetweenPolls = 250'000;  // 2 Mbit/s when polled once a second

ConnectionKind kind_of(Protocol protocol) noexcept {
    switch (protocol) {
        case Protocol::kRtsp:
            return ConnectionKind::kRtsp;
        case Protocol::kSrt:
            return ConnectionKind::kSrt;
        case Protocol::kWebRtc:
            return ConnectionKind::kWebRtc;
        default:
            return ConnectionKind::kRtmp;
    }
}

}  // namespace

void StandIn::accepted(const PublishRequest& request) {
    if (!request.connection) return;
    const Encoder encoder{kind_of(request.protocol), *request.connection};
    connect(encoder.kind, encoder.id, request.remote_address);
    const std::lock_guard lock(mutex_);
    accepted_[request.path] = encoder;
}

void StandIn::ready(const SourceReport& report) {
    const std::lock_guard lock(mutex_);
    const auto found = accepted_.find(report.path);
    if (found == accepted_.end()) return;  // no encoder was admitted there
    const auto& [kind, id] = found->second;
    if (!report.source_id || *report.source_id == id) publish(kind, id, report.path);
}

void StandIn::not_ready(const SourceReport& report) {
    const auto path = find_path(report.path);
    if (!path || !path->source) return;
    if (!report.source_id || *report.source_id == path->source->id) disconnect(path->source->id);
}

Result<std::vector<MediaPath>> StandIn::list_paths() {
    const auto paths = FakeMediaServer::list_paths();
    if (!paths) return paths;
    for (const auto& path : *paths) {
        if (path.ready) receive_bytes(path.name, kBytesBetweenPolls);
    }
    return FakeMediaServer::list_paths();
}

}  // namespace rescuestream::server
