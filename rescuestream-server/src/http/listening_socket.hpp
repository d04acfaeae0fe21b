#pragma once

#include <cstdint>
#include <string>

namespace rescuestream::server {

/// Opens a socket that listens on an address or host name and a port (0: any free one), or on
/// `unix:PATH`, where a file that nobody listens on any more is replaced. The socket does not
/// block, and is closed in programs that this one starts. A port that another program listens on
/// is never shared with it. Returns -1 when it cannot listen there. The caller closes it.
int listen_on(const std::string& host, int port);

/// Returns the port of a socket that listens; 0 for one without a port.
std::uint16_t port_of(int socket);

}  // namespace rescuestream::server
