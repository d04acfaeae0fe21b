#include "settings/rows.hpp"

#include "settings/telemetry_rows.hpp"

namespace rescuestream::settings {
namespace {

constexpr auto kLibrary = &Settings::orchestrator;
constexpr auto kAddresses = &OrchestratorSettings::addresses;

template <class Enumeration>
Word word_for(std::string_view text, Enumeration value) {
    return {text, static_cast<int>(value)};
}

const Words kLegacyPathKeys{word_for("relay", LegacyPathKeys::kRelay),
                            word_for("expose", LegacyPathKeys::kExpose),
                            word_for("deny", LegacyPathKeys::kDeny)};
const Words kPlaybackPolicy{word_for(to_string(PlaybackPolicy::kPublic), PlaybackPolicy::kPublic),
                            word_for(to_string(PlaybackPolicy::kSigned), PlaybackPolicy::kSigned)};
const Words kOnDuplicate{
    word_for(to_string(OnDuplicate::kRejectIfHealthy), OnDuplicate::kRejectIfHealthy),
    word_for(to_string(OnDuplicate::kReject), OnDuplicate::kReject),
    word_for(to_string(OnDuplicate::kTakeover), OnDuplicate::kTakeover)};
const Words kUnknownPublisher{word_for("kick", UnknownPublisher::kKick),
                              word_for("adopt", UnknownPublisher::kAdopt),
                              word_for("ignore", UnknownPublisher::kIgnore)};
const Words kPathMismatch{word_for("refuse", PathMismatch::kRefuse),
                          word_for("adopt", PathMismatch::kAdopt)};
const Words kDatabaseOutage{word_for("deny", DatabaseOutage::kDeny),
                            word_for("grace", DatabaseOutage::kGrace)};
const Words kPooler{word_for("auto", Pooler::kAuto), word_for("yes", Pooler::kYes),
                    word_for("no", Pooler::kNo)};
const Words kLogLevel{
    word_for("trace", LogThreshold::kTrace),     word_for("debug", LogThreshold::kDebug),
    word_for("info", LogThreshold::kInfo),       word_for("warn", LogThreshold::kWarning),
    word_for("warning", LogThreshold::kWarning), word_for("error", LogThreshold::kError),
    word_for("off", LogThreshold::kOff)};
const Words kHttpEngine{word_for("reactor", HttpEngine::kReactor),
                        word_for("httplib", HttpEngine::kHttplib)};
const Words kLogFormat{word_for("text", LogFormat::kText), word_for("json", LogFormat::kJson)};

std::vector<Row> rows_of_the_edge() {
    return {
        {"API_HOST", text<&Settings::api_host>(kListenHost),
         "Address to listen on; localhost keeps it on this machine, * is every IPv4 and IPv6 "
         "address "
         "of it. HOST:PORT is understood here and in API_PORT.",
         kServer | kHealth},
        {"API_PORT", port<&Settings::api_port>(),
         "Port of the HTTP interface; 0 takes any free one.", kServer | kConfig | kHealth},
        {"HTTP_ENGINE", word<&Settings::http_engine>(kHttpEngine),
         "The server that reads HTTP. httplib is the stock server of cpp-httplib, for small "
         "installations behind a proxy: one thread for each connection, no TLS, no limits of "
         "connections."},
        {"MEDIA_LISTEN", place<&Settings::media_listen>(),
         "A second address for MediaMTX alone (/auth, /webhook/*), with a thread of its own. A "
         "PORT without a host listens on this machine only, :PORT at all of its addresses. "
         "API_PORT "
         "serves these routes too.",
         kServer | kConfig, "none"},
        {"TLS_CERTIFICATE", text<&Settings::tls_certificate>(kFile),
         "File with the certificate chain (PEM): API_PORT speaks HTTPS. Read again when it "
         "changes.",
         kServer | kHealth, "none"},
        {"TLS_KEY", text<&Settings::tls_key>(kFile),
         "File with the certificate's private key "
         "(PEM).",
         kServer, "none"},
        {"PUBLIC_URL", text<kLibrary, &OrchestratorSettings::public_url>(kHttpAddress),
         "Address at which people reach this server with a browser: the beginning of the addresses "
         "of guest links.",
         kServer | kDirect, "http(s)://localhost:API_PORT"},
        {"TRUSTED_PROXIES", ranges<&Settings::trusted_proxies>(),
         "Addresses and ranges of proxies whose X-Forwarded-For is believed.", kServer, "none"},
        {"CORS_ORIGINS", texts<&Settings::cors_origins>(kBrowserOrigin),
         "Origins whose pages may call the API from a browser; * is all.", kServer, "none"},
        {"MAX_CONNECTIONS", number<&Settings::max_connections>(16, 1'000'000),
         "Connections that may be open at once. When all are in use, a new one replaces the one "
         "that has been idle, or slow, for the longest time."},
        {"MAX_CONNECTIONS_PER_ADDRESS",
         number<&Settings::max_connections_per_address>(1, 1'000'000),
         "The same for one address (IPv6: for one /64). This machine, and each of "
         "TRUSTED_PROXIES, may have half of MAX_CONNECTIONS when that is more."},
        {"MAX_BUFFER_MIB", number<&Settings::max_buffer_mib>(1, 65'536, "MiB"),
         "Memory for requests that are being received and answers that are being sent. When it is "
         "used up, the largest of them are dropped, the slowest first."},
        {"API_RATE_LIMIT", number<&Settings::api_rate_limit>(0, 1'000'000),
         "Calls of admin-facing routes a second for each credential (twice as many at once); 0 is "
         "any number."},
        {"WRONG_KEYS_PER_MINUTE", number<&Settings::wrong_keys_per_minute>(0, 1'000'000),
         "Different unknown stream keys that publishers of one address (IPv6: one /64) may try; a "
         "repeated key counts once. Beyond that, only keys that were valid from there lately are "
         "accepted. 0 is any number."},
        {"WRONG_SECRETS_PER_MINUTE", number<&Settings::wrong_secrets_per_minute>(0, 1'000'000),
         "The same limit for API_SECRET and signatures, for MEDIA_SECRET, and for the credential "
         "of MediaMTX's own interfaces, each counted separately."},
    };
}

std::vector<Row> rows_of_credentials_and_storage() {
    return {
        {"API_SECRET", secret<&Settings::api_secret>(),
         "Secret of admin-facing routes (X-API-Key, or HMAC signatures). If it is left out, one is "
         "created and kept in DATA_DIR/api-secret.",
         kServer | kCommand, "made on first start"},
        {"SHARED_SECRET", flag<&Settings::shared_secret>(),
         "Whether API_SECRET is accepted as a credential of callers. With off, the server starts "
         "only if there is a valid credential with the scope admin.",
         kServer},
        {"API_KEY_NAMES", texts<&Settings::api_key_names>(kKeyName),
         "Names that may sign with the secret.", kServer, "any"},
        {"MEDIA_SECRET", secret<&Settings::media_secret>(),
         "Secret that media-facing routes (/auth, /webhook/*) require from everybody, as HTTP "
         "Basic "
         "password. The credential of a node, which mediamtx config writes, is good there, too.",
         kServer | kConfig | kHook, "none"},
        {"MEDIA_ALLOW", ranges_or_none<&Settings::media_allow>(),
         "Without MEDIA_SECRET: from these addresses media-facing routes need no credential. From "
         "this machine they never do; from elsewhere they need that of a node."},
        {"DATABASE_URL", address_with_password<&Settings::database_url>(kDatabaseAddress),
         "The database; memory: keeps nothing after the end of the program.", kServer | kDirect,
         "sqlite:DATA_DIR/rescuestream.db"},
        {"DATABASE_CONNECTIONS", number<kLibrary, &OrchestratorSettings::publish_steps>(1, 200),
         "PostgreSQL connections for publish decisions. Each runs one statement at a time, for up "
         "to 64 decisions."},
        {"DATABASE_POOLER", word<&Settings::database_pooler>(kPooler),
         "Whether a connection pooler (PgBouncer) stands before PostgreSQL: behind one, nothing is "
         "used that belongs to a session. auto finds out.",
         kServer | kDirect},
        {"DATABASE_LISTEN_URL",
         address_with_password<&Settings::database_listen_url>(kPostgresAddress),
         "Address of PostgreSQL itself, beside a DATABASE_URL that leads to a pooler: changes by "
         "other servers are notified there. Without it they are found by polling.",
         kServer, "none"},
        {"DATA_DIR", text<&Settings::data_dir>(kDirectory),
         "Directory of the embedded database and of created secrets.", kServer | kCommand,
         "/var/lib/rescuestream for root, else ~/.local/share/rescuestream"},
        {"SERVER_NAME", text<&Settings::server_name>(kName),
         "Name of this server among several on one database; no two may have the same.", kServer,
         "HOST:API_PORT"},
    };
}

std::vector<Row> rows_of_media_servers() {
    return {
        {"MEDIAMTX_API_URL", text<kLibrary, &OrchestratorSettings::api_url>(kMediaServerApi),
         "Control interface of MediaMTX; memory: replaces MediaMTX by a substitute when none is "
         "installed.",
         kServer | kDirect | kConfig},
        {"MEDIAMTX_API_USER", user_name<kLibrary, &OrchestratorSettings::api_user>(),
         "User name for MediaMTX's control interface.", kServer | kDirect, "rescuestream"},
        {"MEDIAMTX_API_PASSWORD", secret<kLibrary, &OrchestratorSettings::api_password>(),
         "Password for MediaMTX's control interface. If it is left out, one is derived from the "
         "secret of the installation, and the server keeps it in DATA_DIR/mediamtx-password for "
         "other programs.",
         kServer | kDirect, "made on first use"},
        {"MEDIAMTX_API_CA", text<kLibrary, &OrchestratorSettings::api_ca_file>(kFile),
         "With a control interface at https://: file with the certificate authorities (PEM) that "
         "its "
         "certificate is checked against, in place of the system's; a self-signed certificate is "
         "its "
         "own. For every node.",
         kServer | kDirect, "the system's authorities"},
        {"MEDIAMTX_PUBLIC_URL", text<kLibrary, kAddresses, &PublicAddresses::webrtc>(kHttpAddress),
         "WebRTC address as viewers reach it.", kServer | kDirect | kConfig},
        {"MEDIAMTX_HLS_URL", text<kLibrary, kAddresses, &PublicAddresses::hls>(kHttpAddress),
         "HLS address as viewers reach it.", kServer | kDirect | kConfig,
         "the WebRTC address with port 8888 in place of 8889"},
        {"MEDIAMTX_RTSP_URL", text<kLibrary, kAddresses, &PublicAddresses::rtsp>(kRtspAddress),
         "RTSP address as encoders and viewers reach it.", kServer | kDirect | kConfig,
         "rtsp://HOST:8554"},
        {"MEDIAMTX_RTMP_URL", text<kLibrary, kAddresses, &PublicAddresses::rtmp>(kRtmpAddress),
         "RTMP address as encoders reach it.", kServer | kDirect | kConfig, "rtmp://HOST:1935"},
        {"MEDIAMTX_SRT_URL", text<kLibrary, kAddresses, &PublicAddresses::srt>(kSrtAddress),
         "SRT address as encoders reach it.", kServer | kDirect | kConfig, "srt://HOST:8890"},
        {"LEGACY_PATH_KEYS",
         word<kLibrary, &OrchestratorSettings::legacy_path_keys>(kLegacyPathKeys),
         "Devices that publish to the key value as the path: relay lists and plays them at the "
         "key's public path, expose shows viewers the key value, deny refuses them.",
         kServer | kDirect | kConfig},
        {"MEDIAMTX_RELAY_URL", text<kLibrary, &OrchestratorSettings::relay_address>(kRtspAddress),
         "With LEGACY_PATH_KEYS=relay: RTSP address at which MediaMTX reaches itself.",
         kServer | kConfig},
    };
}

std::vector<Row> rows_of_publishing() {
    return {
        {"ON_DUPLICATE", word<kLibrary, &OrchestratorSettings::on_duplicate>(kOnDuplicate),
         "A second encoder on one key: reject, takeover, or reject_if_healthy (refused while the "
         "first delivers, unless it is the same device; a key can have its own).",
         kServer | kDirect},
        {"PLAYBACK_POLICY", word<kLibrary, &OrchestratorSettings::playback_policy>(kPlaybackPolicy),
         "Who may watch: public (everybody who knows the address) or signed (only who has a "
         "playback token; a key can have its own).",
         kServer | kDirect | kConfig},
        {"RECONNECT_WINDOW", time<kLibrary, &OrchestratorSettings::reconnect_window>(0, 1'800),
         "Time in which an encoder that dropped gets its stream back (a key can have its own).",
         kServer | kDirect},
        {"AUDIT_RETENTION",
         time<kLibrary, &OrchestratorSettings::audit_retention>(0, 3'650 * 86'400),
         "How long audit entries are kept, such as 400d; 0 keeps them for ever. The servers of a "
         "database need the same value.",
         kServer | kDirect},
        {"NODE_LOST_AFTER", time<kLibrary, &OrchestratorSettings::node_lost_after>(5, 86'400),
         "Time without an answer of MediaMTX after which its streams end as node_lost.",
         kServer | kDirect},
        {"STALE_AFTER", time<kLibrary, &OrchestratorSettings::stale_after>(1, 60),
         "Time without a byte after which an encoder counts as gone, and another may replace it (a "
         "key can have its own).",
         kServer | kDirect},
        {"UNKNOWN_PUBLISHER",
         word<kLibrary, &OrchestratorSettings::unknown_publisher>(kUnknownPublisher),
         "A publisher on the media server that RescueStream did not accept: kick removes it; adopt "
         "gives it the key of its path if that is free, else removes it; ignore leaves it. If this "
         "is set, it applies from the first poll on; if it is left out, such publishers are only "
         "listed until MediaMTX has been seen to ask.",
         kServer | kDirect, "kick, once MediaMTX has been seen to ask"},
        {"PATH_MISMATCH", word<kLibrary, &OrchestratorSettings::path_mismatch>(kPathMismatch),
         "A publisher with a valid key at a path that is not the key's own: refuse; or adopt, "
         "which "
         "makes a free path the key's own playback path if nobody uses the key. For a migration "
         "from "
         "the Go service, which ignores the path."},
        {"HELPER_PATHS", texts<kLibrary, &OrchestratorSettings::helper_paths>(kPathPattern),
         "Paths to which programs that MediaMTX starts itself (runOnInit, runOnDemand, runOnReady) "
         "may "
         "publish from its own machine, with the credential that `mediamtx config` prints. * "
         "stands "
         "for any characters of a segment, ** for any segments. No stream key can be created for "
         "such "
         "a path; one that exists already has precedence.",
         kServer | kDirect | kConfig, "none"},
        {"IGNORE_PATHS", texts<kLibrary, &OrchestratorSettings::ignore_paths>(kPathPattern),
         "Paths that are not RescueStream's: publishers there that it did not accept stay, and "
         "nothing is listed. New publishers are refused as everywhere. Patterns as above.",
         kServer | kDirect | kConfig, "none"},
        {"DATABASE_OUTAGE", word<kLibrary, &OrchestratorSettings::database_outage>(kDatabaseOutage),
         "Publishers while the database cannot be reached: deny refuses them; grace accepts those "
         "whose key was known to be valid, and claims it when the database answers again."},
        {"DATABASE_GRACE", time<kLibrary, &OrchestratorSettings::outage_grace>(1, 86'400),
         "With DATABASE_OUTAGE=grace: time after the last answer of the database for which that "
         "answer is relied on."},
    };
}

std::vector<Row> rows_of_operation() {
    return {
        {"LOG_LEVEL", word<&Settings::log_level>(kLogLevel),
         "The least serious lines that are logged."},
        {"LOG_FORMAT", word<&Settings::log_format>(kLogFormat), "Form of the log.", kServer,
         "text on a terminal or with LOCAL, else json"},
        {"LOCAL", flag<&Settings::local>(), "A developer's machine: logs are text."},
        {"METRICS_ENABLED", flag<&Settings::metrics_enabled>(),
         "Serve Prometheus metrics at http://METRICS_HOST:METRICS_PORT/metrics."},
        {"METRICS_HOST", text<&Settings::metrics_host>(kListenHost),
         "Address at which the metrics are served, to everybody who reaches it; * is every address "
         "of this machine."},
        {"METRICS_PORT", port<&Settings::metrics_port>(),
         "Port of the metrics; 0 takes any free one."},
        {"METRICS_PER_STREAM", flag<&Settings::metrics_per_stream>(),
         "Add the figures of each stream to the metrics, by its path: state, bitrate, viewers. At "
         "most 1,000 streams."},
    };
}

std::vector<Row> rows_of_the_command_line() {
    return {
        {"RESCUESTREAM_SERVER", text<&Settings::server_url>(kServerOrigin),
         "For rescuestream-cli alone: the server through which it works, instead of on the "
         "database.",
         kCommand | kHook | kConfig | kHealth, "none"},
    };
}

}  // namespace

std::string Row::shown(const Settings& settings) const {
    std::string text = member.show(member.limits, settings);
    if (text.empty() && !default_words.empty()) return "(" + std::string(default_words) + ")";
    return text;
}

std::string Row::default_text() const {
    if (!default_words.empty()) return std::string(default_words);
    return member.show(member.limits, Settings());
}

std::string Row::flag() const {
    if (is_secret()) return {};
    std::string flag = "--" + lower(std::string(name));
    for (char& c : flag) {
        if (c == '_') c = '-';
    }
    return flag;
}

std::string Row::file_name() const {
    return member.may_be_in_file ? std::string(name) + "_FILE" : std::string();
}

std::string Row::example() const {
    const bool has_list = member.limits.words != nullptr;
    if (is_secret() || has_list) return {};
    const TextRule* const rule = member.limits.rule;
    if (rule != nullptr && !rule->example.empty()) return std::string(rule->example);
    if (!member.limits.example.empty()) return std::string(member.limits.example);
    return member.show(member.limits, Settings());
}

const std::vector<Row>& rows() {
    static const std::vector<Row> all = [] {
        std::vector<Row> joined;
        for (const auto& part : {rows_of_the_edge(), rows_of_credentials_and_storage(),
                                 rows_of_media_servers(), rows_of_publishing(), rows_of_operation(),
                                 rows_of_telemetry(), rows_of_the_command_line()}) {
            joined.insert(joined.end(), part.begin(), part.end());
        }
        return joined;
    }();
    return all;
}

}  // namespace rescuestream::settings
