#pragma once

#include <memory>

#include "carrier/carrier.hpp"
#include "http/service.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

/// Carries by the stock server of cpp-httplib (HTTP_ENGINE=httplib): each open connection holds one
/// of 128 threads, and others wait until one is free. It is for small installations behind a proxy;
/// it speaks no TLS, and nothing bounds how many connections are open or what they hold.
///
/// Thread-safety: as Carrier. Ownership: both arguments must outlive it.
class HttplibCarrier final : public Carrier {
public:
    HttplibCarrier(const Service& service, const Settings& settings);
    ~HttplibCarrier() override;

    Result<std::uint16_t> bind() override;
    std::uint16_t media_port() const override;
    bool run() override;
    void stop() override;
    /// Nothing is counted.
    ReactorCounts counts() const override { return {}; }

private:
    struct Door;

    const Service& service_;
    const Settings& settings_;
    std::unique_ptr<Door> everybody_;
    std::unique_ptr<Door> media_;
};

}  // namespace rescuestream::server
