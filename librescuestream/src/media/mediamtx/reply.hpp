#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/media_server.hpp"

/// From the texts that MediaMTX's control API answers to records. Unknown members are ignored,
/// missing ones have their defaults, `null` means missing; a member of another type makes the reply
/// one that no MediaMTX has sent: kUnavailable.
namespace rescuestream::mediamtx {

/// One page of a list.
template <class T>
struct ListPage {
    std::vector<T> items;
    std::size_t page_count = 0;
    std::size_t item_count = 0;
};

/// An entry of the configuration, with settings that are the client's own business.
struct PathEntry {
    MediaPathEntry entry;
    std::string source_on_demand_start_timeout;  ///< As MediaMTX writes it: "10s", "1h0m7s".
    std::string source_on_demand_close_after;
};

Result<MediaServerInfo> read_info(std::string_view body);
Result<MediaPath> read_path(std::string_view body);
Result<ListPage<MediaPath>> read_path_list(std::string_view body);
Result<ListPage<MediaConnection>> read_connection_list(std::string_view body, ConnectionKind kind);
Result<MediaConnection> read_connection(std::string_view body, ConnectionKind kind);
Result<ListPage<PathEntry>> read_path_entries(std::string_view body);
Result<PathEntry> read_path_entry(std::string_view body);

/// Of a path entry or of `pathDefaults`: what is recorded, and how. Only members whose names say
/// that they are about recording, and whose values are texts or flags, are taken.
Result<MediaRecording> read_recording(std::string_view body);

/// The text of `{"error": "…"}`, with key values masked and without an address that it quotes
/// (which may hold a credential); empty when the body is nothing of the kind.
std::string read_error(std::string_view body);

/// The plain text with which MediaMTX answers 404 for the lists of a protocol that is switched off,
/// and for what a release does not have.
bool is_unknown_route(std::string_view body) noexcept;

}  // namespace rescuestream::mediamtx
