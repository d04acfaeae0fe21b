#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "rescuestream/media_server.hpp"
#include "support/media_mtx_stub.hpp"

/// The texts that a MediaMTX answers. Source: its api/openapi.yaml, and for the old names what
/// v1.15.6 was seen to answer.
namespace rescuestream::testing::mtx_json {

std::string info(const MediaServerInfo& info);
std::string path(const MediaPath& path, MtxVocabulary vocabulary);
std::string connection(const MediaConnection& connection, MtxVocabulary vocabulary);
/// The entry of the list of RTSP connections for an RTSP session.
std::string rtsp_client(const MediaConnection& session);
std::string path_config(const std::string& name, const MediaPathConfig& config);
std::string path_settings(const MediaPathSettings& settings);
std::string configuration(const MediaConfiguration& configuration);
/// Page `page` (from 0) of a list whose items are given as JSON.
std::string list(const std::vector<std::string>& items, std::size_t items_per_page,
                 std::size_t page);
std::string ok();
std::string error(const std::string& text);

}  // namespace rescuestream::testing::mtx_json
