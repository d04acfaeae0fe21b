#pragma once

#include <cstdint>
#include <memory>

#include "application.hpp"
#include "http/connection.hpp"
#include "http/reactor.hpp"
#include "rescuestream/result.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

/// Carries requests from sockets to an Application: connections are read by a reactor, one for
/// everybody and one for the address that is the media server's alone (MEDIA_LISTEN). What the
/// media server asks is answered by the reactor itself or, when the storage has to decide, by the
/// orchestrator's threads; every other kind of request has a lane of its own.
///
/// Thread-safety: `stop` and `counts` from any thread; the others from one. Ownership: both
/// arguments must outlive it.
class HttpServer {
public:
    HttpServer(const Application& application, const Settings& settings,
               ConnectionLimits limits = {});
    ~HttpServer();

    /// Begins to listen; returns the port of API_PORT. kUnavailable: an address is taken or is none
    /// of this machine. kInvalidArgument: the certificate cannot be used.
    Result<std::uint16_t> bind();
    /// The port of MEDIA_LISTEN; 0: there is none.
    std::uint16_t media_port() const;
    /// Answers until `stop`; then requests under way are finished and idle connections closed.
    /// False: it ended by itself, which is a failure.
    bool run();
    /// May be called before `run`: then that returns at once.
    void stop();
    ReactorCounts counts() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rescuestream::server
