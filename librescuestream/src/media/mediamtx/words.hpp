#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rescuestream/media_server.hpp"

/// MediaMTX's words for what feeds and reads a path. No other part of the library knows them.
/// Source: MediaMTX, `defs.APIPathSource` and `defs.APIPathReader`.
namespace rescuestream::mediamtx {

/// "rtmpConn" and its like as the kind of connection that it is. Empty for a source that is no
/// connection of a publisher ("rtspSource", "redirect", …).
std::optional<ConnectionKind> connection_kind_of(std::string_view type) noexcept;

/// The reverse of `connection_kind_of`.
std::string_view word_of(ConnectionKind kind) noexcept;

/// The protocol of a source or a reader, for example of "hlsMuxer" (the readers of HLS before
/// v1.18.0). kUnknown for a word that is not known.
Protocol protocol_of(std::string_view type) noexcept;

/// The type of a source that MediaMTX pulls over RTSP, as a relay does.
inline constexpr std::string_view kPulledOverRtsp = "rtspSource";

/// "idle", "publish" and "read".
ConnectionState connection_state_of(std::string_view word) noexcept;

/// What people call the protocol of a source: "RTMPS" for "rtmpsConn", "WebRTC" for
/// "webRTCSession". A word that is not known is returned in capital letters.
std::string display_name(std::string_view type);

}  // namespace rescuestream::mediamtx
