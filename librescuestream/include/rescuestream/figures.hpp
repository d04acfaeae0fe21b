#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/records.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The last measurement of a stream that has not ended.
struct StreamFigures {
    Timestamp measured_at{};
    std::uint64_t inbound_bytes = 0;  ///< Total of all its connections.
    std::uint64_t bitrate = 0;        ///< Bits per second, averaged over about 10 s.
    std::uint64_t peak_bitrate = 0;
    std::vector<std::string> tracks;               ///< As MediaMTX names them: "H264", "Opus", ….
    std::map<std::string, std::uint32_t> readers;  ///< Viewers by protocol: "hls", "webrtc", ….
    std::uint32_t peak_readers = 0;
    std::string remote_address;  ///< The publisher's IP address without a port; empty: unknown.
    Protocol protocol = Protocol::kUnknown;
    std::optional<std::uint64_t>
        frames_in_error;  ///< Empty: this release of MediaMTX does not count them.
};

}  // namespace rescuestream
