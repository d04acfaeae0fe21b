#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/addresses.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/settings.hpp"
#include "support/address_range.hpp"

namespace rescuestream::server {

enum class LogFormat { kText, kJson };
enum class LogThreshold { kTrace, kDebug, kInfo, kWarning, kError, kOff };

/// Where to listen: an address and a port, or `unix:PATH`.
struct ListenPlace {
    std::string host;  ///< Empty: nowhere.
    std::uint16_t port = 0;

    std::string text() const {
        return host.starts_with("unix:") ? host : host + ":" + std::to_string(port);
    }
};

/// Everything that can be set. config.cpp holds the table that fills it.
struct Settings {
    std::string api_host = "0.0.0.0";
    std::uint16_t api_port = 8080;  ///< 0: any free port (tests).
    ListenPlace media_listen;
    std::string tls_certificate;  ///< Path; empty: plain HTTP.
    std::string tls_key;
    std::vector<AddressRange> trusted_proxies;
    std::vector<std::string> cors_origins;
    std::size_t max_connections = 8'192;
    std::size_t max_connections_per_address = 1'024;
    std::size_t max_buffer_mib = 64;
    std::uint64_t api_rate_limit = 200;           ///< Calls a second for each credential; 0: any.
    std::uint64_t wrong_keys_per_minute = 60;     ///< Of one address; 0: any number.
    std::uint64_t wrong_secrets_per_minute = 20;  ///< The same.
    std::string server_name;                      ///< Empty: host name and port.
    Secret api_secret;                            ///< Never empty once the settings are complete.
    std::vector<std::string> api_key_names;       ///< Empty: any name goes with the secret.
    Secret media_secret;  ///< Empty: media-facing routes ask for no credential.

    std::string database_url;  ///< `memory:`, `sqlite:PATH`, `postgresql://…`; holds a password.
    std::size_t database_connections = 8;
    std::string data_dir;

    std::string mediamtx_api_url = "http://localhost:9997";  ///< Or `memory:`: a stand-in.
    std::string mediamtx_api_user;
    Secret mediamtx_api_password;
    Secret control_secret;  ///< See OrchestratorSettings; not empty once the settings are complete.
    PublicAddresses addresses;

    LegacyPathKeys legacy_path_keys = LegacyPathKeys::kRelay;
    std::string relay_address = "rtsp://127.0.0.1:8554";
    OnDuplicate on_duplicate = OnDuplicate::kRejectIfHealthy;
    std::chrono::seconds reconnect_window{60};
    std::chrono::seconds node_lost_after{60};
    std::chrono::seconds stale_after{5};
    std::optional<UnknownPublisher> unknown_publisher;  // empty: kick, once MediaMTX asks
    DatabaseOutage database_outage = DatabaseOutage::kDeny;
    std::chrono::seconds outage_grace{600};

    LogThreshold log_level = LogThreshold::kInfo;
    LogFormat log_format = LogFormat::kText;
    bool local = false;

    bool metrics_enabled = true;
    std::string metrics_host = "127.0.0.1";
    std::uint16_t metrics_port = 8081;  ///< 0: any free port.
    bool tracing_enabled = false;

    /// Sentences that the start-up log warns with.
    std::vector<std::string> warnings;
};

}  // namespace rescuestream::server
