#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rescuestream/result.hpp"

namespace rescuestream::server {

/// Opens the sockets that listen at a place on a port (0: any free one, the same for all of them).
/// A place is
/// - `*`: every IPv4 and IPv6 address of this machine; only IPv4 if it has no IPv6,
/// - `localhost`: 127.0.0.1 and ::1, as far as this machine has them,
/// - an address, or a host name with one or more addresses of this machine,
/// - `unix:PATH`. An existing socket file on which nobody listens is replaced.
///
/// The IPv4 address comes first. The sockets are non-blocking and are closed in child processes. A
/// port on which another program listens is never shared with it. kUnavailable: it cannot listen at
/// one of the addresses; the message is the reason, without a full stop. The caller closes the
/// sockets.
Result<std::vector<int>> listen_on(const std::string& host, int port);

/// Returns the port of a listening socket, or 0 for a socket without a port.
std::uint16_t port_of(int socket);

/// Returns where the sockets listen, for people: "[::]:8080 (IPv4 and IPv6)",
/// "127.0.0.1:8081, [::1]:8081", "unix:/run/media.sock".
std::string places_of(const std::vector<int>& sockets);

}  // namespace rescuestream::server
