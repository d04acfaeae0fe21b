#pragma once

#include <memory>

#include "carrier/carrier.hpp"
#include "http/connection.hpp"
#include "http/service.hpp"
#include "rescuestream/logger.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

/// Carries by reactors: connections hold no thread. One reactor reads for everybody, another for
/// the address that is the media server's alone (MEDIA_LISTEN). What the media server asks is
/// answered by the reactor itself or, when the storage has to decide, by the orchestrator's
/// threads; every other kind of request has a lane of its own.
///
/// Thread-safety: as Carrier. Ownership: the references must outlive it.
class ReactorCarrier final : public Carrier {
public:
    ReactorCarrier(const Service& service, const Settings& settings, Logger& logger,
                   ConnectionLimits limits = {});
    ~ReactorCarrier() override;

    Result<std::uint16_t> bind() override;
    std::uint16_t media_port() const override;
    bool run() override;
    void stop() override;
    ReactorCounts counts() const override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rescuestream::server
