#include "config.hpp"
#include "network_settings.hpp"
#include "orchestrator/audit.hpp"
#include "secret_rules.hpp"
#include "setting_readers.hpp"
#include "setting_words.hpp"
#include "support/url.hpp"

namespace rescuestream::server {
namespace {

using readers::Problem;
using std::string;

string show_bool(bool value) {
    return value ? "true" : "false";
}

Problem read_database_url(const string& text, Settings& s) {
    for (const char* scheme : {"memory:", "sqlite:", "postgresql://", "postgres://"}) {
        if (!text.starts_with(scheme)) continue;
        s.database_url = text;
        return std::nullopt;
    }
    return "must begin with postgresql://, sqlite: or memory:";
}

Problem read_mediamtx_api_url(const string& text, Settings& s) {
    const auto url = parse_origin(text);
    if (text != "memory:" && !url) return string(kOriginRule);
    s.mediamtx_api_url = text == "memory:" ? text : url->origin();
    return std::nullopt;
}

Problem read_sample_rate(const string& text, Settings&) {
    double rate = 0;
    const char* end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, rate);
    if (error != std::errc{} || parsed != end || !(rate >= 0 && rate <= 1)) {
        return "must be a number from 0 to 1";
    }
    return std::nullopt;
}

Problem accept_any(const string&, Settings&) {
    return std::nullopt;
}
string show_nothing(const Settings&) {
    return {};
}

Problem read_secret(std::string_view name, const string& text, Secret& out) {
    auto problem = check_secret(name, text);
    if (!problem) out = Secret(text);
    return problem;
}

Problem read_api_key_names(const string& text, Settings& s) {
    if (auto problem = readers::name_list(text, s.api_key_names)) return problem;
    for (const auto& name : s.api_key_names) {
        if (!is_reserved_actor(name)) continue;
        return "must not have \"" + name + "\": the server's own entries in the record do";
    }
    return std::nullopt;
}

std::vector<SettingRow> make_rows() {
    return {
        {"API_SECRET", "made on first start",
         "Secret of admin-facing routes (X-API-Key, or HMAC signatures), at least 8 characters. "
         "Left "
         "out: one is made and kept in DATA_DIR/api-secret.",
         true,
         [](const string& t, Settings& s) { return read_secret("API_SECRET", t, s.api_secret); },
         show_nothing},
        {"API_KEY_NAMES", "any", "Names that may sign with the secret, separated by commas.", false,
         read_api_key_names,
         [](const Settings& s) {
             string names;
             for (const auto& name : s.api_key_names) names += (names.empty() ? "" : ",") + name;
             return names.empty() ? string("any") : names;
         }},
        {"MEDIA_SECRET", "none",
         "Secret that media-facing routes (/auth, /webhook/*) ask for, as HTTP Basic password.",
         true,
         [](const string& t, Settings& s) {
             return read_secret("MEDIA_SECRET", t, s.media_secret);
         },
         show_nothing},
        {"DATABASE_URL", "sqlite:DATA_DIR/rescuestream.db",
         "postgresql://user:password@host/database, sqlite:PATH, or memory: (nothing is kept).",
         true, read_database_url, show_nothing},
        {"DATABASE_CONNECTIONS", "8",
         "PostgreSQL connections for publish decisions: statements at once, each for up to 64 of "
         "them.",
         false,
         [](const string& t, Settings& s) {
             return readers::number<std::size_t>(t, 1, 200, s.database_connections);
         },
         [](const Settings& s) { return std::to_string(s.database_connections); }},
        {"DATA_DIR", "/var/lib/rescuestream for root, else ~/.local/share/rescuestream",
         "Directory of the embedded database and of the made secrets.", false,
         [](const string& t, Settings& s) { return readers::not_empty(t, s.data_dir); },
         [](const Settings& s) { return s.data_dir; }},
        {"SERVER_NAME", "HOST:API_PORT",
         "Name of this server among several on one database; no two may have the same.", false,
         [](const string& t, Settings& s) { return readers::not_empty(t, s.server_name); },
         [](const Settings& s) { return s.server_name; }},
        {"MEDIAMTX_API_URL", "http://localhost:9997",
         "Control interface of MediaMTX; memory: stands in for one when none is installed.", false,
         read_mediamtx_api_url, [](const Settings& s) { return s.mediamtx_api_url; }},
        {"MEDIAMTX_API_USER", "rescuestream", "User name for MediaMTX's control interface.", false,
         [](const string& t, Settings& s) { return readers::not_empty(t, s.mediamtx_api_user); },
         [](const Settings& s) { return s.mediamtx_api_user; }},
        {"MEDIAMTX_API_PASSWORD", "made on first use",
         "Password for MediaMTX's control interface. Left out: one is made and kept in "
         "DATA_DIR/mediamtx-api-secret, where the command line finds it.",
         true,
         [](const string& t, Settings& s) {
             return read_secret("MEDIAMTX_API_PASSWORD", t, s.mediamtx_api_password);
         },
         show_nothing},
        {"MEDIAMTX_PUBLIC_URL", "http://localhost:8889", "WebRTC address as viewers reach it.",
         false,
         [](const string& t, Settings& s) {
             return readers::public_url(t, "http", s.addresses.webrtc);
         },
         [](const Settings& s) { return s.addresses.webrtc; }},
        {"MEDIAMTX_HLS_URL", "the WebRTC address with port 8888 in place of 8889",
         "HLS address as viewers reach it.", false,
         [](const string& t, Settings& s) {
             return readers::public_url(t, "http", s.addresses.hls);
         },
         [](const Settings& s) { return s.addresses.hls; }},
        {"MEDIAMTX_RTSP_URL", "rtsp://HOST:8554", "RTSP address as encoders and viewers reach it.",
         false,
         [](const string& t, Settings& s) {
             return readers::public_url(t, "rtsp", s.addresses.rtsp);
         },
         [](const Settings& s) { return s.addresses.rtsp; }},
        {"MEDIAMTX_RTMP_URL", "rtmp://HOST:1935", "RTMP address as encoders reach it.", false,
         [](const string& t, Settings& s) {
             return readers::public_url(t, "rtmp", s.addresses.rtmp);
         },
         [](const Settings& s) { return s.addresses.rtmp; }},
        {"MEDIAMTX_SRT_URL", "srt://HOST:8890", "SRT address as encoders reach it.", false,
         [](const string& t, Settings& s) {
             return readers::public_url(t, "srt", s.addresses.srt);
         },
         [](const Settings& s) { return s.addresses.srt; }},
        {"LEGACY_PATH_KEYS", "relay",
         "Devices that publish to the key value as the path: relay lists and plays them at the "
         "key's public path, expose shows viewers the key value, deny refuses them.",
         false, words::read_legacy_path_keys, words::show_legacy_path_keys},
        {"MEDIAMTX_RELAY_URL", "rtsp://127.0.0.1:8554",
         "With LEGACY_PATH_KEYS=relay: RTSP address at which MediaMTX reaches itself.", false,
         [](const string& t, Settings& s) {
             return readers::public_url(t, "rtsp", s.relay_address);
         },
         [](const Settings& s) { return s.relay_address; }},
        {"ON_DUPLICATE", "reject_if_healthy",
         "A second encoder on one key: reject, takeover, or reject_if_healthy (refused while the "
         "first delivers, unless it is the same device; a key can have its own).",
         false, words::read_on_duplicate, words::show_on_duplicate},
        {"RECONNECT_WINDOW", "60",
         "Seconds, 0 to 1800, in which an encoder that dropped gets its stream back (a key can "
         "have its own).",
         false,
         [](const string& t, Settings& s) {
             return readers::seconds(t, 0, 1'800, s.reconnect_window);
         },
         [](const Settings& s) { return std::to_string(s.reconnect_window.count()); }},
        {"NODE_LOST_AFTER", "60",
         "Seconds, 5 to 86400, without an answer of MediaMTX after which its streams end as "
         "node_lost.",
         false,
         [](const string& t, Settings& s) {
             return readers::seconds(t, 5, 86'400, s.node_lost_after);
         },
         [](const Settings& s) { return std::to_string(s.node_lost_after.count()); }},
        {"STALE_AFTER", "5",
         "Seconds, 1 to 60, without a byte after which an encoder counts as gone, and gives way to "
         "another (a key can have its own).",
         false,
         [](const string& t, Settings& s) { return readers::seconds(t, 1, 60, s.stale_after); },
         [](const Settings& s) { return std::to_string(s.stale_after.count()); }},
        {"UNKNOWN_PUBLISHER", "kick, once MediaMTX has been seen to ask",
         "A publisher on the media server that was not let in here: kick removes it; adopt gives "
         "it the key of its path if that is free, else removes it; ignore lets it be. Given, it "
         "holds from the first look on; left out, such publishers are only listed until MediaMTX "
         "has been seen to ask.",
         false, words::read_unknown_publisher, words::show_unknown_publisher},
        {"DATABASE_OUTAGE", "deny",
         "Publishers while the database is out of reach: deny refuses them; grace lets in whose "
         "key was known to be good, and settles it when the database is back.",
         false, words::read_database_outage, words::show_database_outage},
        {"DATABASE_GRACE", "600",
         "With DATABASE_OUTAGE=grace: seconds, 1 to 86400, after the database was last heard of in "
         "which what it said counts.",
         false,
         [](const string& t, Settings& s) {
             return readers::seconds(t, 1, 86'400, s.outage_grace);
         },
         [](const Settings& s) { return std::to_string(s.outage_grace.count()); }},
        {"LOG_LEVEL", "info", "trace, debug, info, warn, error or off.", false,
         words::read_log_level, words::show_log_level},
        {"LOG_FORMAT", "text on a terminal or with LOCAL, else json", "text or json.", false,
         words::read_log_format, words::show_log_format},
        {"LOCAL", "false", "A developer's machine: logs are text.", false,
         [](const string& t, Settings& s) { return readers::boolean(t, s.local); },
         [](const Settings& s) { return show_bool(s.local); }},
        {"METRICS_ENABLED", "true",
         "Serve Prometheus metrics at http://METRICS_HOST:METRICS_PORT/metrics.", false,
         [](const string& t, Settings& s) { return readers::boolean(t, s.metrics_enabled); },
         [](const Settings& s) { return show_bool(s.metrics_enabled); }},
        {"METRICS_HOST", "127.0.0.1",
         "Address at which the metrics are served, to everybody who reaches it; 0.0.0.0 is every "
         "address of this machine.",
         false, [](const string& t, Settings& s) { return readers::not_empty(t, s.metrics_host); },
         [](const Settings& s) { return s.metrics_host; }},
        {"METRICS_PORT", "8081", "Port of the metrics; 0 takes any free one.", false,
         [](const string& t, Settings& s) { return readers::port(t, s.metrics_port); },
         [](const Settings& s) { return std::to_string(s.metrics_port); }},
        {"TRACING_ENABLED", "false", "Accepted; tracing is not built in yet.", false,
         [](const string& t, Settings& s) { return readers::boolean(t, s.tracing_enabled); },
         [](const Settings& s) { return show_bool(s.tracing_enabled); }},
        {"TRACING_SAMPLERATE", "0.01", "Accepted; 0 to 1.", false, read_sample_rate, show_nothing},
        {"TRACING_SERVICE", "rescuestream", "Accepted.", false, accept_any, show_nothing},
        {"TRACING_VERSION", "none", "Accepted.", false, accept_any, show_nothing},
        {"OTEL_EXPORTER_OTLP_ENDPOINT", "none", "Accepted.", false, accept_any, show_nothing},
    };
}

}  // namespace

const std::vector<SettingRow>& setting_rows() {
    static const std::vector<SettingRow> rows = [] {
        std::vector<SettingRow> all = network_setting_rows();
        for (const auto& row : make_rows()) all.push_back(row);
        return all;
    }();
    return rows;
}

}  // namespace rescuestream::server
