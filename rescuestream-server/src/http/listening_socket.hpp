#pragma once

#include <cstdint>
#include <string>

namespace rescuestream::server {

/// Opens a socket that listens on an address or host name and a port (0: any free one), or on
/// `unix:PATH`. An existing socket file on which nobody listens is replaced. The socket is
/// non-blocking and is closed in child processes. A port on which another program listens is never
/// shared with it. Returns -1 when it cannot listen there. The caller closes the socket.
int listen_on(const std::string& host, int port);

/// Returns the port of a listening socket, or 0 for a socket without a port.
std::uint16_t port_of(int socket);

}  // namespace rescuestream::server
