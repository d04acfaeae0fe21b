#include "rescuestream/media_server.hpp"

namespace rescuestream {

std::optional<ConnectionKind> connection_kind_of(std::string_view source_type) noexcept {
    if (source_type == "rtmpConn") return ConnectionKind::kRtmp;
    if (source_type == "rtmpsConn") return ConnectionKind::kRtmps;
    if (source_type == "rtspSession") return ConnectionKind::kRtsp;
    if (source_type == "rtspsSession") return ConnectionKind::kRtsps;
    if (source_type == "srtConn") return ConnectionKind::kSrt;
    if (source_type == "webRTCSession") return ConnectionKind::kWebRtc;
    return std::nullopt;
}

}  // namespace rescuestream
