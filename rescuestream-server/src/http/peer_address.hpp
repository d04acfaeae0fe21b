#pragma once

#include <sys/socket.h>

#include <string>

namespace rescuestream::server {

/// The IP of a peer as accept(2) tells it; a v4 client of a v6 socket has its v4 address. "" for
/// one on a Unix socket.
std::string address_of(const sockaddr_storage& peer);

/// Of a program on this machine: a proxy, or the media server.
bool is_this_machine(const std::string& address);

}  // namespace rescuestream::server
