#include "config.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "secret_rules.hpp"
#include "support/temporary_directory.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::TemporaryDirectory;

using Variables = std::map<std::string, std::string, std::less<>>;

Result<CommandLine> read(std::vector<std::string> arguments, const Variables& variables = {}) {
    arguments.insert(arguments.begin(), "rescuestream-server");
    std::vector<const char*> argv;
    for (const auto& argument : arguments) argv.push_back(argument.c_str());
    return read_command_line(
        static_cast<int>(argv.size()), argv.data(), [&](std::string_view name) {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
        });
}

std::string write_file(const TemporaryDirectory& directory, const std::string& text) {
    const std::string path = directory.path() / "settings.toml";
    std::ofstream(path) << text;
    return path;
}

std::vector<std::string> wrong(const Result<CommandLine>& result) {
    REQUIRE_FALSE(result.has_value());
    std::vector<std::string> names;
    for (const auto& field : result.error().fields) names.push_back(field.pointer);
    return names;
}

TEST_CASE("without any setting the defaults are the Go service's") {
    const auto line = read({});
    REQUIRE(line.has_value());
    CHECK(line->settings.api_port == 8080);
    CHECK(line->settings.metrics_host == "127.0.0.1");
    CHECK(line->settings.metrics_port == 8081);
    CHECK(line->settings.metrics_enabled);
    CHECK(line->settings.mediamtx_api_url == "http://localhost:9997");
    CHECK(line->settings.addresses.webrtc == "http://localhost:8889");
    CHECK(line->settings.addresses.hls == "http://localhost:8888");
    CHECK(line->settings.on_duplicate == OnDuplicate::kRejectIfHealthy);
    CHECK(line->settings.reconnect_window == std::chrono::seconds(60));
    CHECK(line->settings.stale_after == std::chrono::seconds(5));
    CHECK_FALSE(line->settings.unknown_publisher);  // kick, once MediaMTX asks
    CHECK(line->settings.legacy_path_keys == LegacyPathKeys::kRelay);
    CHECK_FALSE(line->settings.tracing_enabled);
}

TEST_CASE("a flag wins over the environment, that over the file, that over the default") {
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

TEST_CASE("addresses that cannot be meant are refused") {
    for (const auto& [name, value] : Variables{{"MEDIA_LISTEN", "unix:"},
                                               {"MEDIA_LISTEN ", "x"},
                                               {"TRUSTED_PROXIES", "10.0.0.1/8"},
                                               {"CORS_ORIGINS", "app.example.org"}}) {
        CAPTURE(name);
        const std::string setting = name.substr(0, name.find(' '));
        const auto line = read({}, {{setting, value}});
        REQUIRE_FALSE(line.has_value());
        CHECK(line.error().fields.at(0).pointer == setting);
    }
    CHECK(read({}, {{"MEDIA_LISTEN", "8090"}})->settings.media_listen.text() == "127.0.0.1:8090");
    CHECK(read({}, {{"MEDIA_LISTEN", "unix:/run/m"}})->settings.media_listen.text() ==
          "unix:/run/m");
}

TEST_CASE("what is no host is refused in every setting that names one") {
    for (const std::string host : {"\"><script>", "[zzz]", "a%00b", "127.1", "-x", "[::1", "a b"}) {
        CAPTURE(host);
        for (const auto& [name, value] : Variables{{"API_HOST", host},
                                                   {"MEDIA_LISTEN", host + ":8090"},
                                                   {"CORS_ORIGINS", "https://" + host},
                                                   {"MEDIAMTX_API_URL", "http://" + host + ":9997"},
                                                   {"MEDIAMTX_PUBLIC_URL", "http://" + host},
                                                   {"MEDIAMTX_HLS_URL", "https://" + host + ":1"},
                                                   {"MEDIAMTX_RTSP_URL", "rtsp://" + host},
                                                   {"MEDIAMTX_RTMP_URL", "rtmp://" + host},
                                                   {"MEDIAMTX_SRT_URL", "srt://" + host + ":1"},
                                                   {"MEDIAMTX_RELAY_URL", "rtsp://" + host}}) {
            CAPTURE(name);
            CHECK(wrong(read({}, {{name, value}})) == std::vector<std::string>{name});
        }
    }
    for (const std::string host : {"my_container", "10.0.0.2", "[2001:db8::7]", "v.example.org"}) {
        CAPTURE(host);
        CHECK(read({}, {{"MEDIAMTX_API_URL", "http://" + host + ":9997"},
                        {"MEDIAMTX_PUBLIC_URL", "https://" + host + "/video"},
                        {"MEDIAMTX_SRT_URL", "srt://" + host + ":8890"},
                        {"MEDIA_LISTEN", host + ":8090"},
                        {"CORS_ORIGINS", "https://" + host + ":8443,*"}}));
    }
    CHECK(read({}, {{"API_HOST", "fe80::1%eth0"}}));
}

TEST_CASE("a certificate without its key is half a setting") {
    for (const char* name : {"TLS_CERTIFICATE", "TLS_KEY"}) {
        const auto line = read({}, {{name, "/x.pem"}});
        REQUIRE_FALSE(line.has_value());
        REQUIRE(line.error().fields.size() == 1);
        CHECK(line.error().fields.at(0).pointer != name);
        CHECK(line.error().fields.at(0).pointer.starts_with("TLS_"));
    }
}

TEST_CASE("every setting can be given in each of the three ways, secrets in two") {
    const TemporaryDirectory directory;
    const std::map<std::string_view, std::string> good{
        {"API_HOST", "127.0.0.1"},
        {"API_PORT", "1"},
        {"MEDIA_LISTEN", "[::1]:8090"},
        {"TLS_CERTIFICATE", "/c.pem"},
        {"TLS_KEY", "/k.pem"},
        {"TRUSTED_PROXIES", "10.0.0.0/8, ::1"},
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
        {"DATA_DIR", "/tmp/x"},
        {"SERVER_NAME", "north"},
        {"MEDIAMTX_API_URL", "http://10.0.0.9:9997"},
        {"MEDIAMTX_API_USER", "u"},
        {"MEDIAMTX_API_PASSWORD", "password"},
        {"MEDIAMTX_PUBLIC_URL", "https://v.example.org:8889"},
        {"MEDIAMTX_HLS_URL", "https://h.example.org"},
        {"MEDIAMTX_RTSP_URL", "rtsps://r.example.org"},
        {"MEDIAMTX_RTMP_URL", "rtmp://r.example.org"},
        {"MEDIAMTX_SRT_URL", "srt://s.example.org:1"},
        {"LEGACY_PATH_KEYS", "deny"},
        {"MEDIAMTX_RELAY_URL", "rtsp://127.0.0.1:1"},
        {"ON_DUPLICATE", "takeover"},
        {"RECONNECT_WINDOW", "0"},
        {"NODE_LOST_AFTER", "3600"},
        {"STALE_AFTER", "60"},
        {"UNKNOWN_PUBLISHER", "adopt"},
        {"DATABASE_OUTAGE", "grace"},
        {"DATABASE_GRACE", "60"},
        {"LOG_LEVEL", "error"},
        {"LOG_FORMAT", "text"},
        {"LOCAL", "true"},
        {"METRICS_ENABLED", "false"},
        {"METRICS_HOST", "::1"},
        {"METRICS_PORT", "0"},
        {"TRACING_ENABLED", "true"},
        {"TRACING_SAMPLERATE", "0.5"},
        {"TRACING_SERVICE", "x"},
        {"TRACING_VERSION", "1"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"}};
    for (const auto& row : setting_rows()) {
        CAPTURE(row.name);
        REQUIRE(good.count(row.name) == 1);
        const std::string& value = good.at(row.name);
        // These two go together.
        Variables companion;
        if (row.name == "TLS_CERTIFICATE") companion["TLS_KEY"] = "/k.pem";
        if (row.name == "TLS_KEY") companion["TLS_CERTIFICATE"] = "/c.pem";
        Variables variables = companion;
        variables[std::string(row.name)] = value;
        const auto by_variable = read({}, variables);
        REQUIRE(by_variable.has_value());
        const std::string shown = shown_value(row, by_variable->settings);
        const std::string file =
            write_file(directory, std::string(row.name) + " = \"" + value + "\"\n");
        const auto by_file = read({"--config", file}, companion);
        REQUIRE(by_file.has_value());
        CHECK(shown_value(row, by_file->settings) == shown);
        const auto by_flag = read({flag_of(row), value}, companion);
        REQUIRE(by_flag.has_value());
        CHECK(by_flag->exit_code.has_value() == row.is_secret);
        if (!row.is_secret) CHECK(shown_value(row, by_flag->settings) == shown);
    }
}

TEST_CASE("all wrong settings are named at once") {
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
                                                              {"LOG_FORMAT", "xml"},
                                                              {"TRACING_SAMPLERATE", "2"},
                                                              {"API_SECRET", "a\nb"},
                                                              {"API_KEY_NAMES", " , "}}));
    CHECK(names == std::vector<std::string>{
                       "API_PORT", "API_SECRET", "API_KEY_NAMES", "DATABASE_URL",
                       "DATABASE_CONNECTIONS", "MEDIAMTX_API_URL", "MEDIAMTX_PUBLIC_URL",
                       "ON_DUPLICATE", "RECONNECT_WINDOW", "NODE_LOST_AFTER", "STALE_AFTER",
                       "UNKNOWN_PUBLISHER", "LOG_LEVEL", "LOG_FORMAT", "METRICS_ENABLED",
                       "METRICS_PORT", "TRACING_SAMPLERATE"});
}

TEST_CASE("a word that is not one of a setting's words is refused with all of them") {
    const auto line = read({"--unknown-publisher", "Kicks", "--log-level", "loud"});
    CHECK(wrong(line) == std::vector<std::string>{"UNKNOWN_PUBLISHER", "LOG_LEVEL"});
    CHECK(line.error().fields[0].detail.find("must be kick, adopt or ignore") != std::string::npos);
    CHECK(line.error().fields[1].detail.find("trace, debug, info, warn, error or off") !=
          std::string::npos);
    const auto alias = read({"--log-level", "warning"});
    REQUIRE(alias.has_value());
    CHECK(alias->settings.log_level == LogThreshold::kWarning);
}

TEST_CASE("a mode that does not exist is refused with those that do") {
    const auto line = read({"--legacy-path-keys", "hide"});
    CHECK(wrong(line) == std::vector<std::string>{"LEGACY_PATH_KEYS"});
    CHECK(line.error().fields[0].detail.find("relay, expose or deny") != std::string::npos);
}

TEST_CASE("an empty variable is one that is not set") {
    const auto line = read({}, {{"API_PORT", ""}, {"DATABASE_URL", ""}});
    REQUIRE(line.has_value());
    CHECK(line->settings.api_port == 8080);
}

TEST_CASE("public addresses follow the WebRTC address, unless they are set") {
    const auto line = read({}, {{"MEDIAMTX_PUBLIC_URL", "https://video.example.org:8889/"},
                                {"MEDIAMTX_RTMP_URL", "rtmp://in.example.org"}});
    REQUIRE(line.has_value());
    CHECK(line->settings.addresses.webrtc == "https://video.example.org:8889");
    CHECK(line->settings.addresses.hls == "https://video.example.org:8888");
    CHECK(line->settings.addresses.rtsp == "rtsp://video.example.org:8554");
    CHECK(line->settings.addresses.srt == "srt://video.example.org:8890");
    CHECK(line->settings.addresses.rtmp == "rtmp://in.example.org");
}

TEST_CASE("a file that cannot be read, is malformed or holds strangers is refused") {
    const TemporaryDirectory directory;
    CHECK(wrong(read({"--config", directory.path() / "none"})) ==
          std::vector<std::string>{"CONFIG_FILE"});
    CHECK(wrong(read({"--config", write_file(directory, "API_PROT = 1\n")})) ==
          std::vector<std::string>{"API_PROT"});
    CHECK(wrong(read({"--config", write_file(directory, "[api]\nport = 1\n")})).size() == 1);
}

TEST_CASE("a value of the file is read whole: signs of comments, escapes and quotes in it too") {
    const TemporaryDirectory directory;
    const auto line =
        read({"--config", write_file(directory,
                                     "DATA_DIR = \"/srv/a#b \\u00e9\\t\\\"c\" # a comment\n"
                                     "API_KEY_NAMES = ['one', \"two\"]\n")});
    REQUIRE(line.has_value());
    CHECK(line->settings.data_dir == "/srv/a#b \xC3\xA9\t\"c");
    CHECK(line->settings.api_key_names == std::vector<std::string>{"one", "two"});
}

TEST_CASE("a malformed file is refused with line and column") {
    const TemporaryDirectory directory;
    for (const char* text :
         {"API_PORT = 1\nLOG_LEVEL = info\n", "API_PORT = 1\nDATA_DIR = \"x\" junk\n",
          "API_PORT = 1\nAPI_PORT = 2\n", "API_PORT = 1\nDATA_DIR = \"x\n"}) {
        CAPTURE(text);
        const auto result = read({"--config", write_file(directory, text)});
        REQUIRE(wrong(result) == std::vector<std::string>{"CONFIG_FILE"});
        CHECK(result.error().message.find("line 2, column") != std::string::npos);
    }
}

TEST_CASE("a key of the file is refused by name when it is given twice in two spellings") {
    const TemporaryDirectory directory;
    CHECK(wrong(read({"--config", write_file(directory, "api-port = 1\nAPI_PORT = 2\n")})).size() ==
          1);
}

TEST_CASE("a value of the file that cannot be a setting is refused by the name of its key") {
    const TemporaryDirectory directory;
    CHECK(wrong(read({"--config", write_file(directory, "API_PORT = 2026-01-01\n")})) ==
          std::vector<std::string>{"API_PORT"});
    CHECK(wrong(read({"--config", write_file(directory, "API_KEY_NAMES = [['a']]\n")})) ==
          std::vector<std::string>{"API_KEY_NAMES"});
}

TEST_CASE("an INI file is read line by line") {
    const TemporaryDirectory directory;
    const std::string path = directory.path() / "settings.ini";
    std::ofstream(path) << "# a comment\n; another\n\nLOG_LEVEL = warn\nDATA_DIR=\"/srv/a#b\"\n";
    const auto line = read({"--config", path});
    REQUIRE(line.has_value());
    CHECK(line->settings.data_dir == "/srv/a#b");
    CHECK(line->settings.log_level == LogThreshold::kWarning);
    for (const char* text : {"LOG_LEVEL\n", "= warn\n", "LOG_LEVEL = warn\nLOG_LEVEL = info\n"}) {
        CAPTURE(text);
        std::ofstream(path) << text;
        CHECK(wrong(read({"--config", path})) == std::vector<std::string>{"CONFIG_FILE"});
    }
}

TEST_CASE("a secret may stand in a file of its own, as containers mount it") {
    const TemporaryDirectory directory;
    const std::string secret = directory.file("secret");
    std::ofstream(secret) << "a secret with blanks \n";
    const auto line = read({}, {{"API_SECRET_FILE", secret}});
    REQUIRE(line.has_value());
    CHECK(line->settings.api_secret.equals("a secret with blanks "));
    const auto by_file =
        read({"--config", write_file(directory, "API_SECRET_FILE = '" + secret + "'\n")});
    REQUIRE(by_file.has_value());
    CHECK(by_file->settings.api_secret.equals("a secret with blanks "));
    // The environment wins over the file, whichever way either gives it.
    const auto both =
        read({"--config", write_file(directory, "API_SECRET = 'of the settings file'\n")},
             {{"API_SECRET_FILE", secret}});
    REQUIRE(both.has_value());
    CHECK(both->settings.api_secret.equals("a secret with blanks "));
}

TEST_CASE("a secret file that cannot be used is refused by the setting that names it") {
    const TemporaryDirectory directory;
    const std::vector<std::string> expected{"API_SECRET_FILE"};
    CHECK(wrong(read({}, {{"API_SECRET_FILE", directory.file("none")}})) == expected);
    CHECK(wrong(read({}, {{"API_SECRET_FILE", directory.path()}})) == expected);
    std::ofstream(directory.file("empty")) << "\n";
    CHECK(wrong(read({}, {{"API_SECRET_FILE", directory.file("empty")}})) == expected);
    std::ofstream(directory.file("large")) << std::string(100'000, 'x');
    CHECK(wrong(read({}, {{"API_SECRET_FILE", directory.file("large")}})) == expected);
    CHECK(wrong(read({}, {{"API_SECRET_FILE", directory.file("large")},
                          {"API_SECRET", "a secret of my own"}})) == expected);
    // What is no secret has no such file.
    CHECK(wrong(read({"--config", write_file(directory, "LOG_LEVEL_FILE = 'x'\n")})) ==
          std::vector<std::string>{"LOG_LEVEL_FILE"});
}

TEST_CASE("words are understood in any case and with blanks around them") {
    const auto line = read({}, {{"LOG_LEVEL", " WARNING "},
                                {"ON_DUPLICATE", "Takeover"},
                                {"LEGACY_PATH_KEYS", "DENY\r"},
                                {"API_PORT", " 3000"}});
    REQUIRE(line.has_value());
    CHECK(line->settings.log_level == LogThreshold::kWarning);
    CHECK(line->settings.on_duplicate == OnDuplicate::kTakeover);
    CHECK(line->settings.legacy_path_keys == LegacyPathKeys::kDeny);
    CHECK(line->settings.api_port == 3000);
}

TEST_CASE("lengths of time take units, and are refused beyond their range") {
    const auto window = [](const char* text) {
        const auto line = read({}, {{"RECONNECT_WINDOW", text}});
        return line ? std::optional(line->settings.reconnect_window) : std::nullopt;
    };
    CHECK(window("90") == std::chrono::seconds(90));
    CHECK(window("90s") == std::chrono::seconds(90));
    CHECK(window("15M") == std::chrono::seconds(900));
    CHECK(window("0") == std::chrono::seconds(0));
    for (const char* text :
         {"31m", "1h", "-1", "1.5m", "m", "5 m", "5min", "99999999999999999999s", "2147483647d"}) {
        CAPTURE(text);
        CHECK_FALSE(window(text).has_value());
    }
}

TEST_CASE("the variable that Kubernetes makes of a service is explained") {
    const auto result = read({}, {{"API_PORT", "tcp://10.0.0.1:8080"}});
    REQUIRE_FALSE(result.has_value());
    REQUIRE(result.error().fields.size() == 1);
    CHECK(result.error().fields[0].detail.find("enableServiceLinks") != std::string::npos);
}

TEST_CASE("help and version are printed, an unknown flag is a usage error") {
    const auto help = read({"--help"});
    REQUIRE(help.has_value());
    CHECK(help->exit_code == 0);
    for (const auto& row : setting_rows()) {
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
    for (const auto& row : setting_rows()) all += shown_value(row, line->settings) + "\n";
    CHECK(all.find("hidden") == std::string::npos);
    CHECK(all.find("postgresql://***@db/x?***") != std::string::npos);
}

TEST_CASE("a secret that can be guessed is refused, with a way to make a good one") {
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
            const auto warnings = warnings_about_secrets(line->settings);
            REQUIRE(warnings.size() == 1);
            CHECK(warnings.front().starts_with(name));
            CHECK(warnings.front().find(good) == std::string::npos);
        }
        const auto line = read({}, {{name, "1234567890123456"}});
        REQUIRE(line.has_value());
        CHECK(warnings_about_secrets(line->settings).empty());
    }
}

TEST_CASE("a name that only the server's own entries have is no name to sign with") {
    for (const char* names : {"rescuestream", "ops, Media-Server", "api-secret"}) {
        CAPTURE(names);
        CHECK(wrong(read({"--api-key-names", names})) == std::vector<std::string>{"API_KEY_NAMES"});
    }
}

TEST_CASE("a blank secret in a file is no secret that was left out") {
    const TemporaryDirectory directory;
    const std::string file = write_file(directory, "API_SECRET = \"\"\n");
    CHECK(wrong(read({"--config", file})) == std::vector<std::string>{"API_SECRET"});
}

TEST_CASE("the documentation page holds the table of settings") {
    std::ifstream file(std::string(SERVER_DOCS) + "/configuration.md");
    std::stringstream page;
    page << file.rdbuf();
    REQUIRE_FALSE(page.str().empty());
    CHECK(page.str().find(settings_as_markdown()) != std::string::npos);
}

TEST_CASE("a secret that is left out is made once, for its owner alone") {
    const TemporaryDirectory directory;
    Settings first;
    first.data_dir = directory.path() / "new";
    const auto note = complete(first);
    REQUIRE(note.has_value());
    const std::string file = first.data_dir + "/api-secret";
    CHECK(note->find(file) != std::string::npos);
    CHECK(note->find(first.api_secret.reveal()) == std::string::npos);
    CHECK(first.api_secret.reveal().size() == 43);
    CHECK(first.database_url == "sqlite:" + first.data_dir + "/rescuestream.db");
    struct stat status {};
    REQUIRE(stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    REQUIRE(stat(first.data_dir.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);

    Settings again;
    again.data_dir = first.data_dir;
    REQUIRE(complete(again).has_value());
    CHECK(again.api_secret.reveal() == first.api_secret.reveal());

    Settings given;
    given.data_dir = directory.path() / "unused";
    given.api_secret = Secret("mine");
    given.database_url = "memory:";
    REQUIRE(complete(given).has_value());
    CHECK_FALSE(std::filesystem::exists(given.data_dir));
}

TEST_CASE(
    "the credential of MediaMTX's control interface is made once, where the command line finds "
    "it") {
    const TemporaryDirectory directory;
    Settings first;
    first.data_dir = directory.path();
    REQUIRE(complete(first).has_value());
    const std::string file = first.data_dir + "/mediamtx-api-secret";
    struct stat status {};
    REQUIRE(stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(first.mediamtx_api_user == "rescuestream");
    CHECK(first.mediamtx_api_password.reveal().size() == 43);
    CHECK(first.mediamtx_api_password.reveal() != first.api_secret.reveal());
    CHECK(first.warnings.empty());

    Settings again;
    again.data_dir = first.data_dir;
    REQUIRE(complete(again).has_value());
    CHECK(again.mediamtx_api_password.reveal() == first.mediamtx_api_password.reveal());

    Settings set;
    set.data_dir = first.data_dir;
    set.mediamtx_api_user = "me";
    set.mediamtx_api_password = Secret("mine");
    REQUIRE(complete(set).has_value());
    CHECK(set.mediamtx_api_user == "me");
    CHECK(set.mediamtx_api_password.reveal() == "mine");

    std::filesystem::permissions(file, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    Settings open;
    open.data_dir = first.data_dir;
    const auto refused = complete(open);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message.find(file) != std::string::npos);
}

TEST_CASE(
    "servers that were given one API secret have one credential, with or without a data "
    "directory") {
    const TemporaryDirectory directory;
    Settings here;
    here.data_dir = directory.path();
    here.api_secret = Secret("given to both of them");
    REQUIRE(complete(here).has_value());
    Settings there;
    there.data_dir = directory.path() / "none";
    there.api_secret = here.api_secret;
    there.database_url = "memory:";
    REQUIRE(complete(there).has_value());
    CHECK_FALSE(std::filesystem::exists(there.data_dir));
    CHECK(there.mediamtx_api_password.reveal() == here.mediamtx_api_password.reveal());
    CHECK(there.control_secret.reveal() == here.control_secret.reveal());
    CHECK(there.warnings.empty());
}

TEST_CASE("an API secret that everybody can read is warned of") {
    const TemporaryDirectory directory;
    Settings settings;
    settings.data_dir = directory.path();
    const std::string file = settings.data_dir + "/api-secret";
    std::ofstream(file) << "a secret of long ago\n";
    std::filesystem::permissions(file, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    REQUIRE(complete(settings).has_value());
    CHECK(settings.api_secret.reveal() == "a secret of long ago");
    REQUIRE(settings.warnings.size() == 1);
    CHECK(settings.warnings.front().find(file) != std::string::npos);
}

TEST_CASE("a data directory that cannot be used is an error that names it") {
    Settings settings;
    settings.data_dir = "/dev/null/x";
    const auto note = complete(settings);
    REQUIRE_FALSE(note.has_value());
    CHECK(note.error().message.find("/dev/null/x") != std::string::npos);
    const TemporaryDirectory directory;
    settings.data_dir = directory.path();
    for (const char* content : {"\n", "short\n"}) {
        std::ofstream(directory.path() / "api-secret") << content;
        const auto bad = complete(settings);
        REQUIRE_FALSE(bad.has_value());
        CHECK(bad.error().message.find(directory.path() / "api-secret") != std::string::npos);
    }
}

}  // namespace
}  // namespace rescuestream::server::testing
