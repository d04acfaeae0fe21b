#pragma once

#include <sys/socket.h>

#include <string>

namespace rescuestream::server {

/// Returns the IP of a peer from accept(2). An IPv4 client of an IPv6 socket has its IPv4 address.
/// Returns "" for a peer on a Unix socket.
std::string address_of(const sockaddr_storage& peer);

/// Returns whether the address is that of a program on this machine: a proxy, or the media server.
bool is_this_machine(const std::string& address);

}  // namespace rescuestream::server
