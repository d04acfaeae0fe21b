#pragma once

#include <cstddef>

namespace rescuestream::server {

/// Returns how many connections the listener on API_PORT may have, given how many descriptors the
/// program may open (RLIMIT_NOFILE of setrlimit(2)). The other descriptors are reserved for
/// storage, the media servers and the log, and a quarter of them for the media server's own
/// listener, if there is one.
std::size_t connections_of_api(bool has_media_listener);
/// Returns the same for the media server's own listener.
std::size_t connections_of_media_listener();

}  // namespace rescuestream::server
