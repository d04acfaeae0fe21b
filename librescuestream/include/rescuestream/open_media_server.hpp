#pragma once

#include <functional>
#include <memory>
#include <string>

#include "rescuestream/media_server.hpp"
#include "rescuestream/nodes.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// Creates the client of a registered node; must not connect yet. If it returns an error, a new
/// node is not registered, and a node that is registered already is shown with that error.
/// kInvalidArgument: the node's address is not valid.
using OpenMediaServer = std::function<Result<std::unique_ptr<MediaServer>>(const Node&)>;

/// `open_media_mtx` with the node's address and credential.
Result<std::unique_ptr<MediaServer>> open_media_mtx_of(const Node& node);

/// Returns a function that does the same with MediaMtxOptions::ca_file.
OpenMediaServer open_media_mtx_with(std::string ca_file);

}  // namespace rescuestream
