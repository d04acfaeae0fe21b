#include "server_place.hpp"

#include <fmt/format.h>

#include <string_view>

#include "invalid.hpp"

namespace rescuestream::cli {

Result<ServerPlace> server_place(const Settings& settings) {
    ServerPlace place;
    place.origin = settings.server_url;
    if (!place.origin.empty()) return place;
    if (settings.api_port == 0) {
        return invalid("API_PORT=0 takes any free port: name the server with --server.");
    }
    std::string host = settings.api_host;
    for (const std::string_view any : {"*", "0.0.0.0", "::", "localhost"}) {
        if (host == any) host = "127.0.0.1";
    }
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    const bool has_tls = !settings.tls_certificate.empty();
    place.options.check_certificate = false;
    place.origin = fmt::format("{}://{}:{}", has_tls ? "https" : "http", host, settings.api_port);
    return place;
}

}  // namespace rescuestream::cli
