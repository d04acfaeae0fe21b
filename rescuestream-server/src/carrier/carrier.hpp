#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/connection.hpp"
#include "http/reactor.hpp"
#include "http/service.hpp"
#include "metrics/edge_figures.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/result.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

/// Carries requests from sockets to the application, and responses back.
///
/// Thread-safety: `stop`, `counts` and `figures` may be called from any thread, the other methods
/// from one.
class Carrier {
public:
    virtual ~Carrier() = default;

    /// Begins to listen and returns the port of API_PORT. kUnavailable: an address is in use or
    /// does not belong to this machine. kInvalidArgument: a setting cannot be used, for example the
    /// certificate.
    virtual Result<std::uint16_t> bind() = 0;
    /// Returns the port of MEDIA_LISTEN, or 0 when there is none.
    virtual std::uint16_t media_port() const = 0;
    /// Returns where it listens for everybody and, if MEDIA_LISTEN is set, for the media server;
    /// see places_of.
    virtual std::string api_places() const = 0;
    virtual std::string media_places() const = 0;
    /// Serves until `stop` is called; then it finishes the requests in progress and closes idle
    /// connections. Returns false when it ended by itself, which is a failure.
    virtual bool run() = 0;
    /// May be called before `run`, which then returns at once.
    virtual void stop() = 0;
    /// Returns the counts of all listeners together.
    virtual ReactorCounts counts() const = 0;
    /// Returns counts for the metrics. Empty: the carrier has none.
    virtual EdgeFigures figures() const { return {}; }
};

/// Returns the carrier that HTTP_ENGINE names. `limits` are those of the reactor where no setting
/// overrides them. The arguments must outlive it.
std::unique_ptr<Carrier> make_carrier(const Service& service, const Settings& settings,
                                      Logger& logger, ConnectionLimits limits = {});

// What both carriers share: they open the sockets of an address. The error names its settings.
Result<std::vector<int>> listen_for_api(const Settings& settings);
Result<std::vector<int>> listen_for_media(const Settings& settings);
/// Returns the error for the place of the settings `names`; `reason` is that of listen_on.
Error cannot_listen(const std::string& names, const Error& reason);

}  // namespace rescuestream::server
