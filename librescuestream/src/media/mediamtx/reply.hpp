#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/media_server.hpp"

/// Converts responses of MediaMTX's control API to records. Unknown members are ignored, missing
/// ones have their defaults, and `null` means missing. kUnavailable: a member has another type, so
/// the response is not one of MediaMTX.
namespace rescuestream::mediamtx {

/// One page of a list.
template <class T>
struct ListPage {
    std::vector<T> items;
    std::size_t page_count = 0;
    std::size_t item_count = 0;
};

/// A path entry of the configuration, with settings that only the client uses.
struct PathEntry {
    MediaPathEntry entry;
    std::string source_on_demand_start_timeout;  ///< In MediaMTX's format: "10s", "1h0m7s".
    std::string source_on_demand_close_after;
};

Result<MediaServerInfo> read_info(std::string_view body);
Result<MediaPath> read_path(std::string_view body);
Result<ListPage<MediaPath>> read_path_list(std::string_view body);
Result<ListPage<MediaConnection>> read_connection_list(std::string_view body, ConnectionKind kind);
Result<MediaConnection> read_connection(std::string_view body, ConnectionKind kind);
Result<ListPage<MediaRtspClient>> read_rtsp_clients(std::string_view body);
Result<ListPage<PathEntry>> read_path_entries(std::string_view body);
Result<PathEntry> read_path_entry(std::string_view body);

/// Reads the recording settings of a path entry or of `pathDefaults`: only members with a name for
/// recording and a text or boolean value.
Result<MediaRecording> read_recording(std::string_view body);

/// Returns the text of `{"error": "…"}`, with key values masked and without addresses (which may
/// contain a credential). Empty: the body has another form.
std::string read_error(std::string_view body);

/// True for the plain text with which MediaMTX answers 404 for lists of a protocol that is switched
/// off and for routes that a release does not have.
bool is_unknown_route(std::string_view body) noexcept;

}  // namespace rescuestream::mediamtx
