#pragma once

#include <string>

#include "http_client.hpp"
#include "rescuestream/result.hpp"
#include "settings/settings.hpp"

namespace rescuestream::cli {

/// Where a server with these settings is reached, and how.
struct ServerPlace {
    std::string origin;
    HttpClientOptions options;
};

/// Returns the server that RESCUESTREAM_SERVER names, else the one that listens on this machine
/// with API_HOST and API_PORT; then its certificate is not checked, because it is for the name that
/// others use. kInvalidArgument: API_PORT=0 does not say where it listens.
Result<ServerPlace> server_place(const Settings& settings);

}  // namespace rescuestream::cli
