#pragma once

#include <memory>

#include "carrier/carrier.hpp"
#include "http/connection.hpp"
#include "http/service.hpp"
#include "rescuestream/logger.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

/// A carrier that uses reactors: connections occupy no threads. One reactor serves API_PORT,
/// another the media server's own listener (MEDIA_LISTEN). The media server's requests are answered
/// by the reactor itself or, when they need storage, by the orchestrator's threads; every other
/// kind of request has its own lane.
///
/// Thread-safety: as Carrier. Ownership: the references must outlive it.
class ReactorCarrier final : public Carrier {
public:
    ReactorCarrier(const Service& service, const Settings& settings, Logger& logger,
                   ConnectionLimits limits = {});
    ~ReactorCarrier() override;

    Result<std::uint16_t> bind() override;
    std::uint16_t media_port() const override;
    std::string api_places() const override;
    std::string media_places() const override;
    bool run() override;
    void stop() override;
    ReactorCounts counts() const override;
    EdgeFigures figures() const override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rescuestream::server
