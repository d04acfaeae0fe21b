#pragma once

#include <functional>
#include <memory>

#include "rescuestream/media_server.hpp"
#include "rescuestream/nodes.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// Opens the connection to a registered node; must not connect yet. A node whose opener answers an
/// error is not registered; one that is registered already is shown with that error.
/// kInvalidArgument: its address.
using OpenMediaServer = std::function<Result<std::unique_ptr<MediaServer>>(const Node&)>;

/// `open_media_mtx` with the node's address and credential.
Result<std::unique_ptr<MediaServer>> open_media_mtx_of(const Node& node);

}  // namespace rescuestream
