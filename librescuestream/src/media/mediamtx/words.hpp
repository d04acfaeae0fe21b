#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rescuestream/media_server.hpp"

/// MediaMTX's terms for sources and readers of a path. Only this part of the library uses them.
/// Source: MediaMTX, `defs.APIPathSource` and `defs.APIPathReader`.
namespace rescuestream::mediamtx {

/// Returns the kind of connection of a term such as "rtmpConn". Empty: the source is not a
/// connection of a publisher ("rtspSource", "redirect", …).
std::optional<ConnectionKind> connection_kind_of(std::string_view type) noexcept;

/// The reverse of `connection_kind_of`.
std::string_view word_of(ConnectionKind kind) noexcept;

/// Returns the protocol of a source or a reader, for example of "hlsMuxer" (the readers of HLS
/// before v1.18.0). kUnknown: the term is not known.
Protocol protocol_of(std::string_view type) noexcept;

/// True for the type of a source that MediaMTX pulls over RTSP, as a relay does.
inline constexpr std::string_view kPulledOverRtsp = "rtspSource";

/// "idle", "publish" and "read".
ConnectionState connection_state_of(std::string_view word) noexcept;

/// Returns the usual name of the protocol of a source: "RTMPS" for "rtmpsConn", "WebRTC" for
/// "webRTCSession". A term that is not known is returned in capital letters.
std::string display_name(std::string_view type);

}  // namespace rescuestream::mediamtx
