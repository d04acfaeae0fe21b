#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "rescuestream/media_server.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

struct ViewerKick {
    ConnectionKind kind = ConnectionKind::kWebRtc;
    ConnectionId id;                           ///< As the media server lists it.
    std::optional<Result<void>> outcome = {};  ///< Empty: not tried.
};

/// MediaMTX carries out the kicks of a protocol one after another, so more would only wait there.
constexpr std::size_t kKicksAtOnce = 4;

/// Kicks viewers, beginning with the first, up to kKicksAtOnce at a time, and sets the outcomes.
/// When the media server does not answer a kick, no further one begins: each would wait for its
/// deadline.
void kick_viewers(MediaServer& media_server, std::vector<ViewerKick>& kicks);

}  // namespace rescuestream
