#include "carrier/carrier.hpp"

#include "carrier/httplib_carrier.hpp"
#include "carrier/reactor_carrier.hpp"
#include "http/listening_socket.hpp"

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

Result<std::vector<int>> listen_for_api(const Settings& settings) {
    auto sockets = listen_on(settings.api_host, settings.api_port);
    if (sockets) return sockets;
    return cannot_listen(
        "API_HOST " + settings.api_host + " with API_PORT " + std::to_string(settings.api_port),
        sockets.error());
}

Result<std::vector<int>> listen_for_media(const Settings& settings) {
    const ListenPlace& place = settings.media_listen;
    auto sockets = listen_on(place.host, place.port);
    if (sockets) return sockets;
    return cannot_listen("MEDIA_LISTEN " + place.text(), sockets.error());
}

Error cannot_listen(const std::string& names, const Error& reason) {
    return {
        ErrorCode::kUnavailable, names + " cannot be listened on: " + reason.message + ".", {}, {}};
}

}  // namespace rescuestream::server
