#pragma once

#include <cstdint>
#include <string>

namespace rescuestream::server {

/// A socket that listens on an address and port (0: any free one), or on `unix:PATH`; -1 when it
/// cannot. The caller's own.
int listen_on(const std::string& host, int port);

/// Of a socket that listens; 0 for one without a port.
std::uint16_t port_of(int socket);

}  // namespace rescuestream::server
