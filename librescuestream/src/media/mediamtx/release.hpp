#pragma once

#include <string_view>

#include "rescuestream/media_server.hpp"

namespace rescuestream::mediamtx {

/// The two spellings of the routes that MediaMTX v1.21 renamed.
enum class RouteSpelling {
    kJoined,  ///< `/v3/rtmpconns/list`: the only names before v1.21, aliases in v1.21.
    kNested,  ///< `/v3/rtmp/conns/list`: since v1.21.
};

/// One run of a MediaMTX and the features of its release, computed from `/v3/info`. A
/// default-constructed object stands for a server that has not been queried yet.
struct Release {
    MediaServerInfo identity;  ///< It changes when the server is restarted or replaced.
    /// The spelling that this version should support.
    RouteSpelling spelling = RouteSpelling::kJoined;
    /// Since v1.19.3 the auth request of an RTSP publisher contains the same id as the list.
    /// Before, the request contains the id of the connection, and the list that of the session.
    bool rtsp_ids_agree = false;
};

/// Returns the release of a version. One that cannot be read counts as old. Reads "v1.20.1" and
/// also the versions of development builds ("1.20.1-6-g3e09466c").
Release release_of(const MediaServerInfo& info);

/// Returns the part of the URL for the list of `kind`, for example "rtmpconns" or "rtmp/conns".
/// Source: MediaMTX api/openapi.yaml of v1.20 and of v1.21.
std::string_view list_name(ConnectionKind kind, RouteSpelling spelling) noexcept;

/// Returns the part of the URL for the settings of paths without an entry of their own.
std::string_view path_defaults_name(RouteSpelling spelling) noexcept;

}  // namespace rescuestream::mediamtx
