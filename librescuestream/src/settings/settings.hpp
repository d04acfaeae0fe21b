#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/address_range.hpp"
#include "rescuestream/pooler.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/settings.hpp"
#include "settings/telemetry.hpp"
#include "support/private_networks.hpp"

namespace rescuestream {

/// The implementation of HTTP; see rescuestream-server/docs/configuration.md.
enum class HttpEngine {
    kReactor,
    kHttplib,  ///< The stock server of cpp-httplib: one thread for each connection.
};
enum class LogFormat { kText, kJson };
enum class LogThreshold { kTrace, kDebug, kInfo, kWarning, kError, kOff };

/// An address and a port to listen on, or `unix:PATH`.
struct ListenPlace {
    std::string host;  ///< Empty: does not listen.
    std::uint16_t port = 0;

    std::string text() const {
        if (host.starts_with("unix:")) return host;
        const bool is_v6 = host.find(':') != std::string::npos;
        return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
    }
};

/// The library's own defaults, and the address at which the programs expect MediaMTX.
inline OrchestratorSettings default_orchestrator_settings() {
    OrchestratorSettings settings;
    settings.api_url = "http://localhost:9997";
    return settings;
}

/// All that can be set for rescuestream-server and rescuestream-cli. The initial values are the
/// defaults; rows.cpp holds the table that names, explains, reads and shows each member.
struct Settings {
    std::string api_host = "*";     ///< Every IPv4 and IPv6 address.
    std::uint16_t api_port = 8080;  ///< 0: any free port (tests).
    HttpEngine http_engine = HttpEngine::kReactor;
    ListenPlace media_listen;
    std::string tls_certificate;  ///< Path; empty: plain HTTP.
    std::string tls_key;
    std::vector<AddressRange> trusted_proxies;
    std::vector<std::string> cors_origins;
    std::size_t max_connections = 8'192;
    std::size_t max_connections_per_address = 1'024;
    std::size_t max_buffer_mib = 64;
    std::uint64_t api_rate_limit = 200;  ///< Calls per second for each credential; 0: no limit.
    std::uint64_t wrong_keys_per_minute = 60;     ///< For one address; 0: no limit.
    std::uint64_t wrong_secrets_per_minute = 20;  ///< For one address; 0: no limit.

    Secret api_secret;  ///< Not empty once the server has completed them.
    /// False: API_SECRET is refused as a credential. The server then starts only if somebody else
    /// may administer it.
    bool shared_secret = true;
    std::vector<std::string> api_key_names;  ///< Empty: any name goes with the secret.
    Secret media_secret;                     ///< Opens media-facing routes, beside those of nodes.
    /// From here, and from this machine, media-facing routes need no credential if `media_secret`
    /// is empty.
    std::vector<AddressRange> media_allow = private_networks();

    std::string database_url;  ///< `memory:`, `sqlite:PATH`, `postgresql://…`; holds a password.
    Pooler database_pooler = Pooler::kAuto;
    std::string database_listen_url;  ///< Empty: the same as `database_url`.
    std::string data_dir;
    std::string server_name;  ///< Empty: host name and port.

    /// Passed to the library unchanged; `api_url` may be `memory:`, a substitute for MediaMTX.
    OrchestratorSettings orchestrator = default_orchestrator_settings();

    LogThreshold log_level = LogThreshold::kInfo;
    std::optional<LogFormat> log_format;  ///< Empty: text for a person, JSON for a program.
    bool local = false;

    bool metrics_enabled = true;
    std::string metrics_host = "localhost";
    std::uint16_t metrics_port = 8081;  ///< 0: any free port.
    bool metrics_per_stream = false;
    TelemetrySettings telemetry;

    std::string server_url;  ///< Only for the command line. Empty: it works on the database.

    /// Sentences about settings that are permitted but not recommended.
    std::vector<std::string> warnings;
};

}  // namespace rescuestream
