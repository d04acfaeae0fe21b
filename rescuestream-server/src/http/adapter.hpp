#pragma once

#include <cstdint>
#include <memory>

#include "application.hpp"
#include "http/connection.hpp"
#include "rescuestream/result.hpp"
#include "settings.hpp"

namespace rescuestream::server {

/// Carries requests from sockets to an Application, with cpp-httplib: the only file that knows it.
///
/// Thread-safety: `stop` from any thread; the others from one. Ownership: both arguments must
/// outlive it.
class HttpServer {
public:
    HttpServer(const Application& application, const Settings& settings,
               ConnectionLimits limits = {});
    ~HttpServer();

    /// Begins to listen; returns the port. kUnavailable: the address is taken or is none of this
    /// machine.
    Result<std::uint16_t> bind();
    /// Answers until `stop`; then requests under way are finished and idle connections closed.
    /// False: it ended by itself, which is a failure.
    bool run();
    /// May be called before `run`: then that returns at once.
    void stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rescuestream::server
