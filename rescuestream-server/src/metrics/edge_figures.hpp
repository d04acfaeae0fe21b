#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "rescuestream/time.hpp"

namespace rescuestream::server {

/// What a carrier of HTTP counts. The names are constants.
struct EdgeFigures {
    struct Listener {
        std::string_view name;  ///< "api" or "media".
        std::size_t connections = 0;
        std::uint64_t evicted = 0;  ///< Connections closed to make room for others.
        std::uint64_t refused = 0;  ///< Connections refused because of the limits on their number.
    };
    struct Lane {
        std::string_view name;  ///< "hooks", "admin", "probes", "handshakes".
        std::size_t waiting = 0;
        std::uint64_t shed = 0;  ///< Requests refused because too many waited, or for too long.
    };

    std::vector<Listener> listeners;
    std::vector<Lane> lanes;
    std::size_t buffer_bytes = 0;  ///< Memory of requests and responses in transfer.
    std::optional<Timestamp> certificate_expires_at;
};

}  // namespace rescuestream::server
