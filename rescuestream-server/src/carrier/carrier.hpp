#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "http/connection.hpp"
#include "http/reactor.hpp"
#include "http/service.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/result.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

/// Carries requests from sockets to the application and answers back.
///
/// Thread-safety: `stop` and `counts` from any thread; the others from one.
class Carrier {
public:
    virtual ~Carrier() = default;

    /// Begins to listen; returns the port of API_PORT. kUnavailable: an address is taken or is none
    /// of this machine. kInvalidArgument: a setting cannot be used, e.g. the certificate.
    virtual Result<std::uint16_t> bind() = 0;
    /// Returns the port of MEDIA_LISTEN; 0: there is none.
    virtual std::uint16_t media_port() const = 0;
    /// Answers until `stop`; then requests under way are finished and idle connections closed.
    /// Returns false when it ended by itself, which is a failure.
    virtual bool run() = 0;
    /// May be called before `run`: then that returns at once.
    virtual void stop() = 0;
    virtual ReactorCounts counts() const = 0;
};

/// Returns the carrier that HTTP_ENGINE names. `limits` are those of the reactor, as far as no
/// setting says otherwise. Everything given must outlive it.
std::unique_ptr<Carrier> make_carrier(const Service& service, const Settings& settings,
                                      Logger& logger, ConnectionLimits limits = {});

// What both carriers say of an address: its settings by their names, and that it cannot be had.
std::string api_place(const Settings& settings);
std::string media_place(const Settings& settings);
Error cannot_listen(const std::string& place);

}  // namespace rescuestream::server
