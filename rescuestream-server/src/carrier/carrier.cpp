#include "carrier/carrier.hpp"

#include "carrier/httplib_carrier.hpp"
#include "carrier/reactor_carrier.hpp"

namespace rescuestream::server {

std::unique_ptr<Carrier> make_carrier(const Service& service, const Settings& settings,
                                      Logger& logger, ConnectionLimits limits) {
    switch (settings.http_engine) {
        case HttpEngine::kReactor:
            break;
        case HttpEngine::kHttplib:
            return std::make_unique<HttplibCarrier>(service, settings);
    }
    return std::make_unique<ReactorCarrier>(service, settings, logger, limits);
}

std::string api_place(const Settings& settings) {
    return "API_HOST " + settings.api_host + " with API_PORT " + std::to_string(settings.api_port);
}

std::string media_place(const Settings& settings) {
    return "MEDIA_LISTEN " + settings.media_listen.text();
}

Error cannot_listen(const std::string& place) {
    return {ErrorCode::kUnavailable,
            place +
                " cannot be listened on: another program uses it, or the address is not this "
                "machine's.",
            {},
            {}};
}

}  // namespace rescuestream::server
