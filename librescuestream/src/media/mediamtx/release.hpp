#pragma once

#include <string_view>

#include "rescuestream/media_server.hpp"

namespace rescuestream::mediamtx {

/// How a MediaMTX spells the routes that v1.21 renamed.
enum class RouteSpelling {
    kJoined,  ///< `/v3/rtmpconns/list`: the only names before v1.21, aliases in v1.21.
    kNested,  ///< `/v3/rtmp/conns/list`: since v1.21.
};

/// One run of a MediaMTX and what its release can do: everything that the client needs to know of
/// the server that it talks to, computed from `/v3/info`. A default-constructed one stands for a
/// server that has not been asked yet.
struct Release {
    MediaServerInfo identity;  ///< Another value than before: it was restarted or replaced.
    /// The spelling that this version is expected to answer.
    RouteSpelling spelling = RouteSpelling::kJoined;
    /// MediaMTX asks about an RTSP publisher with the id under which it lists it: since v1.19.3.
    /// Before, it asks with the id of the connection and lists the id of the session.
    bool rtsp_ids_agree = false;
};

/// A version that cannot be read counts as an old one. Reads "v1.20.1" as well as what own builds
/// call themselves ("1.20.1-6-g3e09466c").
Release release_of(const MediaServerInfo& info);

/// The part of the URL that names the list of `kind`, for example "rtmpconns" or "rtmp/conns".
/// Source: MediaMTX api/openapi.yaml of v1.20 and of v1.21.
std::string_view list_name(ConnectionKind kind, RouteSpelling spelling) noexcept;

/// The part of the URL that names the settings of paths without an entry of their own.
std::string_view path_defaults_name(RouteSpelling spelling) noexcept;

}  // namespace rescuestream::mediamtx
