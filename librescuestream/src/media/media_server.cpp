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

}  // namespace rescuestream
