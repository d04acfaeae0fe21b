#pragma once

#include <memory>

#include "carrier/carrier.hpp"
#include "http/service.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {

/// A carrier that uses the stock server of cpp-httplib (HTTP_ENGINE=httplib). Each open connection
/// occupies one of 128 threads, and further connections wait until one is free. It is meant for
/// small installations behind a proxy: it does not support TLS, and it limits neither the number of
/// open connections nor their memory. Of a place with several addresses it takes the first one:
/// `localhost` is 127.0.0.1.
///
/// Thread-safety: as Carrier. Ownership: both arguments must outlive it.
class HttplibCarrier final : public Carrier {
public:
    HttplibCarrier(const Service& service, const Settings& settings);
    ~HttplibCarrier() override;

    Result<std::uint16_t> bind() override;
    std::uint16_t media_port() const override;
    std::string api_places() const override;
    std::string media_places() const override;
    bool run() override;
    void stop() override;
    ReactorCounts counts() const override { return {}; }
    /// Returns zeros: nothing is counted.

private:
    struct Endpoint;

    const Service& service_;
    const Settings& settings_;
    std::unique_ptr<Endpoint> everybody_;
    std::unique_ptr<Endpoint> media_;
};

}  // namespace rescuestream::server
