#pragma once

#include <httplib.h>

#include <string>

#include "http/message.hpp"

namespace rescuestream::server {

/// What the HTTP library does here: it makes the listening socket, and writes answers.
///
/// Thread-safety: `write` from any thread; the others from one.
class Carrier final : private httplib::Server {
public:
    Carrier();

    /// A socket that listens on an address and port (0: any free one), or on `unix:PATH`; -1 when
    /// it cannot. The caller's own.
    int listen(const std::string& host, int port);

    /// The bytes of an answer. `for_head`: without its body, which its length still tells of.
    std::string write(HttpResponse response, bool for_head, bool closes);
};

/// Of a socket that listens; 0 for one without a port.
std::uint16_t port_of(int socket);

}  // namespace rescuestream::server
