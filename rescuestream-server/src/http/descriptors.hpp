#pragma once

#include <cstddef>

namespace rescuestream::server {

/// How many connections API_PORT may have by the descriptors that the program may open
/// (RLIMIT_NOFILE of setrlimit(2)). The rest is kept for the storage, the media servers and the
/// log, and a quarter of it for the media server's own door, when there is one.
std::size_t connections_of_api(bool has_door);
/// The same for that door.
std::size_t connections_of_door();

}  // namespace rescuestream::server
