#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "config_case.hpp"
#include "settings/description.hpp"
#include "settings/rows.hpp"
#include "settings/secret_rules.hpp"
#include "support/temporary_directory.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::TemporaryDirectory;

TEST_CASE("without any setting the defaults are the Go service's") {
    const auto line = read({});
    REQUIRE(line.has_value());
    CHECK(line->settings.api_port == 8080);
    CHECK(line->settings.api_host == "*");
    CHECK(line->settings.metrics_host == "localhost");
    CHECK(line->settings.metrics_port == 8081);
    CHECK(line->settings.metrics_enabled);
    CHECK(line->settings.orchestrator.api_url == "http://localhost:9997");
    CHECK(line->settings.orchestrator.addresses.webrtc == "http://localhost:8889");
    CHECK(line->settings.orchestrator.addresses.hls == "http://localhost:8888");
    CHECK(line->settings.orchestrator.on_duplicate == OnDuplicate::kRejectIfHealthy);
    CHECK(line->settings.orchestrator.reconnect_window == std::chrono::seconds(60));
    CHECK(line->settings.orchestrator.stale_after == std::chrono::seconds(5));
    CHECK_FALSE(line->settings.orchestrator.unknown_publisher);  // kick, once MediaMTX asks
    CHECK(line->settings.orchestrator.legacy_path_keys == LegacyPathKeys::kRelay);
    CHECK_FALSE(line->settings.telemetry.tracing_enabled);
}

TEST_CASE("a flag overrides the environment, that the file, and that the default") {
    const TemporaryDirectory directory;
    const std::string file = write_file(directory,
                                        "API_PORT = 1001\nAPI_HOST = \"10.0.0.1\"\n"
                                        "metrics-port = 1002\nLOG_LEVEL = \"debug\"\n");
    const Variables environment{{"API_PORT", "2001"}, {"API_HOST", "10.0.0.2"}};
    const auto line = read({"--config", file, "--api-port", "3001"}, environment);
    REQUIRE(line.has_value());
    CHECK(line->config_file == file);
    CHECK(line->settings.api_port == 3001);
    CHECK(line->settings.api_host == "10.0.0.2");
    CHECK(line->settings.metrics_port == 1002);
    CHECK(line->settings.log_level == LogThreshold::kDebug);
    CHECK(line->settings.data_dir.empty());
    const auto by_variable = read({}, {{"CONFIG_FILE", file}});
    REQUIRE(by_variable.has_value());
    CHECK(by_variable->settings.api_port == 1001);
}

TEST_CASE("two settings with the same port are refused") {
    CHECK(wrong(read({}, {{"METRICS_PORT", "8080"}})) == std::vector<std::string>{"METRICS_PORT"});
    CHECK(wrong(read({}, {{"MEDIA_LISTEN", "8080"}})) == std::vector<std::string>{"MEDIA_LISTEN"});
    CHECK(wrong(read({}, {{"MEDIA_LISTEN", "8081"}})) == std::vector<std::string>{"METRICS_PORT"});
    CHECK(read({}, {{"METRICS_PORT", "8080"}, {"METRICS_ENABLED", "false"}}));
    CHECK(read({}, {{"METRICS_PORT", "8080"}, {"API_HOST", "10.0.0.1"}}));
}

TEST_CASE("a certificate without its key is refused") {
    for (const char* name : {"TLS_CERTIFICATE", "TLS_KEY"}) {
        const auto line = read({}, {{name, "/x.pem"}});
        REQUIRE_FALSE(line.has_value());
        REQUIRE(line.error().fields.size() == 1);
        CHECK(line.error().fields.at(0).pointer != name);
        CHECK(line.error().fields.at(0).pointer.starts_with("TLS_"));
    }
}

TEST_CASE("the stock server of cpp-httplib and a certificate exclude each other") {
    const auto line = read(
        {}, {{"HTTP_ENGINE", "httplib"}, {"TLS_CERTIFICATE", "/c.pem"}, {"TLS_KEY", "/k.pem"}});
    REQUIRE_FALSE(line.has_value());
    REQUIRE(line.error().fields.size() == 1);
    CHECK(line.error().fields.at(0).pointer == "HTTP_ENGINE");
    CHECK(line.error().fields.at(0).detail.find("TLS_CERTIFICATE") != std::string::npos);
}

TEST_CASE("every setting can be given in each of the three ways, secrets in two") {
    const TemporaryDirectory directory;
    const std::map<std::string_view, std::string> good{
        {"API_HOST", "127.0.0.1"},
        {"API_PORT", "1"},
        {"HTTP_ENGINE", "httplib"},
        {"MEDIA_LISTEN", "[::1]:8090"},
        {"TLS_CERTIFICATE", "/c.pem"},
        {"TLS_KEY", "/k.pem"},
        {"TRUSTED_PROXIES", "10.0.0.0/8, ::1"},
        {"MEDIA_ALLOW", "none"},
        {"CORS_ORIGINS", "https://a.example.org"},
        {"MAX_CONNECTIONS", "100"},
        {"MAX_CONNECTIONS_PER_ADDRESS", "10"},
        {"MAX_BUFFER_MIB", "7"},
        {"API_RATE_LIMIT", "0"},
        {"WRONG_KEYS_PER_MINUTE", "5"},
        {"WRONG_SECRETS_PER_MINUTE", "7"},
        {"API_SECRET", "12345678"},
        {"API_KEY_NAMES", "a, b"},
        {"MEDIA_SECRET", "media secret"},
        {"DATABASE_URL", "memory:"},
        {"DATABASE_CONNECTIONS", "3"},
        {"DATABASE_POOLER", "yes"},
        {"DATABASE_LISTEN_URL", "postgresql://db/x"},
        {"DATA_DIR", "/tmp/x"},
        {"SERVER_NAME", "north"},
        {"MEDIAMTX_API_URL", "http://10.0.0.9:9997"},
        {"MEDIAMTX_API_USER", "u"},
        {"MEDIAMTX_API_PASSWORD", "password"},
        {"MEDIAMTX_API_CA", "/ca.pem"},
        {"PUBLIC_URL", "https://watch.example.org"},
        {"MEDIAMTX_PUBLIC_URL", "https://v.example.org:8889"},
        {"MEDIAMTX_HLS_URL", "https://h.example.org"},
        {"MEDIAMTX_RTSP_URL", "rtsps://r.example.org"},
        {"MEDIAMTX_RTMP_URL", "rtmp://r.example.org"},
        {"MEDIAMTX_SRT_URL", "srt://s.example.org:1"},
        {"LEGACY_PATH_KEYS", "deny"},
        {"MEDIAMTX_RELAY_URL", "rtsp://127.0.0.1:1"},
        {"ON_DUPLICATE", "takeover"},
        {"SHARED_SECRET", "off"},
        {"PLAYBACK_POLICY", "signed"},
        {"RECONNECT_WINDOW", "0"},
        {"AUDIT_RETENTION", "86400"},
        {"NODE_LOST_AFTER", "3600"},
        {"STALE_AFTER", "60"},
        {"UNKNOWN_PUBLISHER", "adopt"},
        {"PATH_MISMATCH", "adopt"},
        {"HELPER_PATHS", "cam/**, copy/*"},
        {"IGNORE_PATHS", "other/*"},
        {"DATABASE_OUTAGE", "grace"},
        {"DATABASE_GRACE", "60"},
        {"LOG_LEVEL", "error"},
        {"LOG_FORMAT", "text"},
        {"LOCAL", "true"},
        {"METRICS_ENABLED", "false"},
        {"METRICS_HOST", "::1"},
        {"METRICS_PORT", "0"},
        {"METRICS_PER_STREAM", "true"},
        {"TRACING_ENABLED", "true"},
        {"TRACING_SAMPLERATE", "0.5"},
        {"TRACING_SERVICE", "x"},
        {"TRACING_VERSION", "1"},
        {"OTEL_SDK_DISABLED", "true"},
        {"OTEL_SERVICE_NAME", "y"},
        {"OTEL_RESOURCE_ATTRIBUTES", "team=a%20b"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"},
        {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector/v1/traces"},
        {"OTEL_EXPORTER_OTLP_HEADERS", "x-key=secret"},
        {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"},
        {"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"},
        {"OTEL_EXPORTER_OTLP_TIMEOUT", "2000"},
        {"OTEL_TRACES_SAMPLER", "always_on"},
        {"OTEL_TRACES_SAMPLER_ARG", "0.5"},
        {"OTEL_BSP_SCHEDULE_DELAY", "100"},
        {"OTEL_BSP_EXPORT_TIMEOUT", "1000"},
        {"OTEL_BSP_MAX_QUEUE_SIZE", "4096"},
        {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "100"},
        {"OTEL_METRICS_EXPORTER", "otlp"},
        {"OTEL_METRIC_EXPORT_INTERVAL", "1000"},
        {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "https://collector/v1/metrics"}};
    for (const auto& row : settings::rows()) {
        if ((row.used_for & settings::kServer) == 0) continue;
        CAPTURE(row.name);
        REQUIRE(good.count(row.name) == 1);
        const std::string& value = good.at(row.name);
        // These two settings need each other.
        Variables companion;
        if (row.name == "TLS_CERTIFICATE") companion["TLS_KEY"] = "/k.pem";
        if (row.name == "TLS_KEY") companion["TLS_CERTIFICATE"] = "/c.pem";
        Variables variables = companion;
        variables[std::string(row.name)] = value;
        const auto by_variable = read({}, variables);
        REQUIRE(by_variable.has_value());
        const std::string shown = row.shown(by_variable->settings);
        const std::string file =
            write_file(directory, std::string(row.name) + " = \"" + value + "\"\n");
        const auto by_file = read({"--config", file}, companion);
        REQUIRE(by_file.has_value());
        CHECK(row.shown(by_file->settings) == shown);
        if (row.is_secret()) {
            std::string flag = "--" + settings::lower(std::string(row.name));
            std::replace(flag.begin(), flag.end(), '_', '-');
            CHECK(row.flag().empty());
            CHECK(read({flag, value}, companion)->exit_code == 2);
            continue;
        }
        const auto by_flag = read({row.flag(), value}, companion);
        REQUIRE(by_flag.has_value());
        CHECK_FALSE(by_flag->exit_code);
        CHECK(row.shown(by_flag->settings) == shown);
    }
}

TEST_CASE("all wrong settings are reported together") {
    const auto names = wrong(
        read({"--api-port", "70000", "--log-level", "loud"}, {{"MEDIAMTX_API_URL", "ftp://x"},
                                                              {"MEDIAMTX_PUBLIC_URL", "nowhere"},
                                                              {"DATABASE_URL", "mysql://x"},
                                                              {"DATABASE_CONNECTIONS", "0"},
                                                              {"METRICS_ENABLED", "perhaps"},
                                                              {"METRICS_PORT", "-1"},
                                                              {"ON_DUPLICATE", "fight"},
                                                              {"RECONNECT_WINDOW", "1801"},
                                                              {"NODE_LOST_AFTER", "4"},
                                                              {"STALE_AFTER", "0"},
                                                              {"UNKNOWN_PUBLISHER", "shoot"},
                                                              {"PATH_MISMATCH", "take"},
                                                              {"HELPER_PATHS", "cam/*, ~^cam"},
                                                              {"IGNORE_PATHS", "**"},
                                                              {"LOG_FORMAT", "xml"},
                                                              {"TRACING_SAMPLERATE", "2"},
                                                              {"API_SECRET", "a\nb"},
                                                              {"API_KEY_NAMES", " , "}}));
    CHECK(names == std::vector<std::string>{"API_PORT",
                                            "API_SECRET",
                                            "API_KEY_NAMES",
                                            "DATABASE_URL",
                                            "DATABASE_CONNECTIONS",
                                            "MEDIAMTX_API_URL",
                                            "MEDIAMTX_PUBLIC_URL",
                                            "ON_DUPLICATE",
                                            "RECONNECT_WINDOW",
                                            "NODE_LOST_AFTER",
                                            "STALE_AFTER",
                                            "UNKNOWN_PUBLISHER",
                                            "PATH_MISMATCH",
                                            "HELPER_PATHS",
                                            "IGNORE_PATHS",
                                            "LOG_LEVEL",
                                            "LOG_FORMAT",
                                            "METRICS_ENABLED",
                                            "METRICS_PORT",
                                            "TRACING_SAMPLERATE"});
}

TEST_CASE("an unknown value of a setting is refused with a list of the known ones") {
    const auto line = read({"--unknown-publisher", "Kicks", "--log-level", "loud"});
    CHECK(wrong(line) == std::vector<std::string>{"UNKNOWN_PUBLISHER", "LOG_LEVEL"});
    CHECK(line.error().fields[0].detail.find("must be kick, adopt or ignore") != std::string::npos);
    CHECK(line.error().fields[1].detail.find("trace, debug, info, warn, error or off") !=
          std::string::npos);
    const auto alias = read({"--log-level", "warning"});
    REQUIRE(alias.has_value());
    CHECK(alias->settings.log_level == LogThreshold::kWarning);
}

TEST_CASE("an unknown mode is refused with a list of the known modes") {
    const auto line = read({"--legacy-path-keys", "hide"});
    CHECK(wrong(line) == std::vector<std::string>{"LEGACY_PATH_KEYS"});
    CHECK(line.error().fields[0].detail.find("relay, expose or deny") != std::string::npos);
}

TEST_CASE("an empty environment variable counts as not set") {
    const auto line = read({}, {{"API_PORT", ""}, {"DATABASE_URL", ""}});
    REQUIRE(line.has_value());
    CHECK(line->settings.api_port == 8080);
}

TEST_CASE("public addresses are derived from the WebRTC address unless they are set") {
    const auto line = read({}, {{"MEDIAMTX_PUBLIC_URL", "https://video.example.org:8889/"},
                                {"MEDIAMTX_RTMP_URL", "rtmp://in.example.org"}});
    REQUIRE(line.has_value());
    CHECK(line->settings.orchestrator.addresses.webrtc == "https://video.example.org:8889");
    CHECK(line->settings.orchestrator.addresses.hls == "https://video.example.org:8888");
    CHECK(line->settings.orchestrator.addresses.rtsp == "rtsp://video.example.org:8554");
    CHECK(line->settings.orchestrator.addresses.srt == "srt://video.example.org:8890");
    CHECK(line->settings.orchestrator.addresses.rtmp == "rtmp://in.example.org");
}

TEST_CASE("values are accepted in any letter case and with blanks around them") {
    const auto line = read({}, {{"LOG_LEVEL", " WARNING "},
                                {"ON_DUPLICATE", "Takeover"},
                                {"LEGACY_PATH_KEYS", "DENY\r"},
                                {"API_PORT", " 3000"}});
    REQUIRE(line.has_value());
    CHECK(line->settings.log_level == LogThreshold::kWarning);
    CHECK(line->settings.orchestrator.on_duplicate == OnDuplicate::kTakeover);
    CHECK(line->settings.orchestrator.legacy_path_keys == LegacyPathKeys::kDeny);
    CHECK(line->settings.api_port == 3000);
}

TEST_CASE("durations accept units, and are refused beyond their range") {
    const auto window = [](const char* text) {
        const auto line = read({}, {{"RECONNECT_WINDOW", text}});
        return line ? std::optional(line->settings.orchestrator.reconnect_window) : std::nullopt;
    };
    CHECK(window("90") == std::chrono::seconds(90));
    CHECK(window("90s") == std::chrono::seconds(90));
    CHECK(window("15M") == std::chrono::seconds(900));
    CHECK(window("0") == std::chrono::seconds(0));
    for (const char* text :
         {"31m", "1h", "-1", "1.5m", "m", "5 x", "99999999999999999999s", "2147483647d"}) {
        CAPTURE(text);
        CHECK_FALSE(window(text).has_value());
    }
}

TEST_CASE("a variable that Kubernetes sets for a service is refused with an explanation") {
    const auto result = read({}, {{"API_PORT", "tcp://10.0.0.1:8080"}});
    REQUIRE_FALSE(result.has_value());
    REQUIRE(result.error().fields.size() == 1);
    CHECK(result.error().fields[0].detail.find("enableServiceLinks") != std::string::npos);
}

TEST_CASE("help and version are printed, an unknown flag is a usage error") {
    const auto help = read({"--help"});
    REQUIRE(help.has_value());
    CHECK(help->exit_code == 0);
    for (const auto& row : settings::rows()) {
        if ((row.used_for & settings::kServer) == 0) continue;
        CAPTURE(row.name);
        CHECK(help->output.find(row.name) != std::string::npos);
    }
    CHECK(read({"--version"})->output.find("rescuestream-server") != std::string::npos);
    CHECK(read({"--colour"})->exit_code == 2);
    CHECK(read({"--api-secret", "x"})->exit_code == 2);
}

TEST_CASE("secrets are never shown") {
    const auto line = read({}, {{"API_SECRET", "hidden-1"},
                                {"MEDIA_SECRET", "hidden-2"},
                                {"MEDIAMTX_API_PASSWORD", "hidden-3"},
                                {"DATABASE_URL", "postgresql://u:hidden4@db/x?password=hidden5"}});
    REQUIRE(line.has_value());
    std::string all;
    for (const auto& row : settings::rows()) all += row.shown(line->settings) + "\n";
    CHECK(all.find("hidden") == std::string::npos);
    CHECK(all.find("postgresql://***@db/x?***") != std::string::npos);
}

TEST_CASE("a secret that can be guessed is refused, with a command that makes a good one") {
    for (const char* name : {"API_SECRET", "MEDIA_SECRET", "MEDIAMTX_API_PASSWORD"}) {
        CAPTURE(name);
        for (const char* bad :
             {"s", "1234567", "        ", " \t", "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"}) {
            CAPTURE(bad);
            const auto line = read({}, {{name, bad}});
            REQUIRE(wrong(line) == std::vector<std::string>{name});
            const std::string& detail = line.error().fields.front().detail;
            CHECK(detail.find(std::string(name) + "=$(openssl rand -base64 32)") !=
                  std::string::npos);
            CHECK(detail.find(">> FILE") != std::string::npos);
        }
        for (const char* good :
             {"12345678", "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"}) {
            const auto line = read({}, {{name, good}});
            REQUIRE(line.has_value());
            const auto warnings = settings::warnings_about_secrets(line->settings);
            REQUIRE(warnings.size() == 1);
            CHECK(warnings.front().starts_with(name));
            CHECK(warnings.front().find(good) == std::string::npos);
        }
        const auto line = read({}, {{name, "1234567890123456"}});
        REQUIRE(line.has_value());
        CHECK(settings::warnings_about_secrets(line->settings).empty());
    }
}

TEST_CASE("a warning says who may call media-facing routes without a credential") {
    const auto warns = [](const Variables& given) {
        const auto config = read({}, given);
        REQUIRE(config);
        return settings::warning_about_media_callers(config->settings).has_value();
    };
    CHECK(warns({}));
    CHECK(warns({{"API_HOST", "127.0.0.1"}, {"MEDIA_LISTEN", "10.0.0.1:8082"}}));
    CHECK(warns({{"MEDIA_ALLOW", "192.0.2.7"}}));
    CHECK_FALSE(warns({{"MEDIA_ALLOW", "none"}}));
    CHECK_FALSE(warns({{"MEDIA_SECRET", "a secret of the media servers"}}));
    CHECK_FALSE(warns({{"API_HOST", "127.0.0.1"}}));
    CHECK_FALSE(warns({{"API_HOST", "::1"}, {"MEDIA_LISTEN", "unix:/run/media"}}));
}

TEST_CASE("settings that are allowed but unwise give a warning with their name") {
    const auto everybody = read({}, {{"TRUSTED_PROXIES", "10.0.0.0/8, 0.0.0.0/0"}});
    REQUIRE(everybody.has_value());
    REQUIRE(everybody->settings.warnings.size() == 1);
    CHECK(everybody->settings.warnings.front().starts_with("TRUSTED_PROXIES contains 0.0.0.0/0"));
    const auto blank = read({}, {{"API_SECRET", "a secret with a blank "}});
    REQUIRE(blank.has_value());
    const auto warnings = settings::warnings_about_secrets(blank->settings);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().find("X-API-Key") != std::string::npos);
}

TEST_CASE(
    "a name that is reserved for the server's own entries is refused as a name to sign with") {
    for (const char* names : {"rescuestream", "ops, Media-Server", "api-secret"}) {
        CAPTURE(names);
        CHECK(wrong(read({"--api-key-names", names})) == std::vector<std::string>{"API_KEY_NAMES"});
    }
}

TEST_CASE("each setting takes its own default, and its default is documented once") {
    const Settings defaults;
    for (const auto& row : settings::rows()) {
        CAPTURE(row.name);
        CHECK_FALSE(row.help.empty());
        CHECK_FALSE(row.member.expected(row.member.limits).empty());
        CHECK_FALSE(row.default_text().empty());
        if (!row.default_words.empty()) continue;
        Settings read;
        CHECK_FALSE(row.member.read(row.member.limits, row.name, row.default_text(), read));
        CHECK(row.shown(read) == row.shown(defaults));
    }
}

TEST_CASE("a blank secret in a file does not count as left out") {
    const TemporaryDirectory directory;
    const std::string file = write_file(directory, "API_SECRET = \"\"\n");
    CHECK(wrong(read({"--config", file})) == std::vector<std::string>{"API_SECRET"});
}

TEST_CASE("the documentation page has the table of settings") {
    std::ifstream file(std::string(SERVER_DOCS) + "/configuration.md");
    std::stringstream page;
    page << file.rdbuf();
    REQUIRE_FALSE(page.str().empty());
    CHECK(page.str().find(settings::settings_as_markdown()) != std::string::npos);
}

}  // namespace
}  // namespace rescuestream::server::testing
