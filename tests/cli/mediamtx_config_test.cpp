#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "mediamtx/config.hpp"
#include "support/temporary_directory.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using rescuestream::testing::TemporaryDirectory;

namespace {

// Uses an empty data directory, as on a machine on which nothing was run before.
class MediaMtxCli : public TestCli {
public:
    MediaMtxCli() { environment["DATA_DIR"] = data_.file("data"); }
    std::string control_secret_file() const {
        return environment.at("DATA_DIR") + "/mediamtx-api-secret";
    }

private:
    TemporaryDirectory data_;
};

std::filesystem::perms mode_of(const std::string& path) {
    return std::filesystem::status(path).permissions();
}

constexpr auto kOwnerAlone =
    std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;

// Returns the lines without comments.
std::string settings_of(const std::string& yaml) {
    std::string out;
    for (const auto& line : lines_of(yaml)) {
        const auto start = line.find_first_not_of(' ');
        if (start == std::string::npos || line[start] == '#') continue;
        out += line + "\n";
    }
    return out;
}

}  // namespace

TEST_CASE("the configuration tells the address of helpers, which is the node's own") {
    MediaMtxCli cli;
    const auto without = cli.run({"mediamtx", "config"});
    CHECK(without.out.find("helper") == std::string::npos);
    cli.environment["HELPER_PATHS"] = "cam/**, copy/*";
    const auto address_in = [](const std::string& yaml) {
        const auto begin = yaml.find("rtsp://helper:");
        REQUIRE(begin != std::string::npos);
        return yaml.substr(begin, yaml.find('\n', begin) - begin);
    };
    const auto printed = cli.run({"mediamtx", "config"});
    REQUIRE(printed.code == 0);
    CHECK(printed.err.find("contains a secret") != std::string::npos);
    CHECK(printed.out.find("HELPER_PATHS (cam/**, copy/*)") != std::string::npos);
    const std::string address = address_in(printed.out);
    CHECK(address.size() ==
          std::string("rtsp://helper:@127.0.0.1:$RTSP_PORT/$MTX_PATH").size() + 43);
    CHECK(settings_of(printed.out) == settings_of(without.out));
    // The same each time, and another one for another node.
    CHECK(address_in(cli.run({"mediamtx", "config"}).out) == address);
    CHECK(address_in(cli.run({"mediamtx", "config", "--node", "north"}).out) != address);
    // A server elsewhere has the secret, and this machine does not.
    cli.environment["RESCUESTREAM_SERVER"] = "http://192.0.2.7:8080";
    const auto remote = cli.run({"mediamtx", "config"});
    CHECK(remote.out.find("rtsp://helper:") == std::string::npos);
    CHECK(remote.out.find("on the server's machine") != std::string::npos);
}

TEST_CASE("the configuration uses the server of this installation and runs this program") {
    MediaMtxCli cli;
    const auto printed = cli.run({"mediamtx", "config"});
    REQUIRE(printed.code == 0);
    CHECK(printed.err.empty());
    CHECK(settings_of(printed.out) ==
          R"(logLevel: error
readTimeout: 10s
authMethod: http
authHTTPAddress: 'http://127.0.0.1:8080/auth'
authHTTPExclude: []
api: yes
apiAddress: '127.0.0.1:9997'
apiAllowOrigins: []
metrics: no
metricsAllowOrigins: []
pprof: no
pprofAllowOrigins: []
playback: no
playbackAllowOrigins: []
rtsp: yes
rtspAddress: ':8554'
rtspTransports: [udp, tcp]
rtpAddress: ':8000'
rtcpAddress: ':8001'
rtspAuthMethods: [basic]
rtmp: yes
rtmpAddress: ':1935'
hls: yes
hlsAddress: ':8888'
webrtc: yes
webrtcAddress: ':8889'
webrtcLocalUDPAddress: ':8189'
webrtcAdditionalHosts: []
srt: yes
srtAddress: ':8890'
pathDefaults:
  overridePublisher: yes
  runOnReady: '/usr/bin/rescuestream-cli hook ready --server http://127.0.0.1:8080'
  runOnNotReady: '/usr/bin/rescuestream-cli hook not-ready --server http://127.0.0.1:8080'
  record: no
  recordDeleteAfter: 0s
paths:
  all_others: {}
)");
    CHECK_FALSE(cli.opened);
}

TEST_CASE("the server's address comes from the option, the session or the environment") {
    MediaMtxCli cli;
    cli.environment["API_PORT"] = "9090";
    CHECK(contains(cli.run({"mediamtx", "config"}).out, "'http://127.0.0.1:9090/auth'"));
    for (const auto& [place, origin] :
         std::map<std::string, std::string>{{"8082", "http://127.0.0.1:8082"},
                                            {"127.0.0.2:8082", "http://127.0.0.2:8082"},
                                            {"[::1]:8082", "http://[::1]:8082"},
                                            {"0.0.0.0:8082", "http://127.0.0.1:8082"},
                                            {"unix:/run/x", "http://127.0.0.1:9090"}}) {
        cli.environment["MEDIA_LISTEN"] = place;
        INFO(place);
        CHECK(contains(cli.run({"mediamtx", "config"}).out, "'" + origin + "/auth'"));
    }
    cli.environment["RESCUESTREAM_SERVER"] = "http://10.1.2.3:8080";
    CHECK(contains(cli.run({"mediamtx", "config"}).out, "'http://10.1.2.3:8080/auth'"));
    const auto given = cli.run({"mediamtx", "config", "--server-url", "https://rescue.example"});
    CHECK(contains(given.out, "'https://rescue.example/auth'"));
    CHECK(contains(given.out, "hook ready --server https://rescue.example'"));
    CHECK(cli.run({"mediamtx", "config", "--server-url", "rescue.example"}).code == 2);
    CHECK(cli.run({"mediamtx", "config", "--server-url", "http://u:p@rescue.example"}).code == 2);
}

TEST_CASE("the media secret is in the auth address, and hooks read it from a file") {
    const TemporaryDirectory directory;
    const std::string secret = directory.file("secret");
    std::ofstream(secret) << "a/b c@d%\n";
    MediaMtxCli cli;
    const auto printed = cli.run({"mediamtx", "config", "--media-secret-file", secret});
    REQUIRE(printed.code == 0);
    CHECK(contains(printed.out,
                   "authHTTPAddress: 'http://mediamtx:a%2Fb%20c%40d%25@127.0.0.1:8080/auth'"));
    CHECK(contains(printed.out, "hook ready --server http://127.0.0.1:8080 --media-secret-file " +
                                    secret + "'"));
    CHECK(contains(printed.err, "--output"));

    cli.environment["MEDIA_SECRET"] = "another secret";
    const auto from_environment = cli.run({"mediamtx", "config"});
    CHECK(contains(from_environment.out, "'http://mediamtx:another%20secret@127.0.0.1:8080/auth'"));
    CHECK(contains(from_environment.out, "RESCUESTREAM_MEDIA_SECRET"));
    CHECK_FALSE(contains(from_environment.out, "--media-secret-file /"));
    CHECK(cli.run({"mediamtx", "config", "--media-secret-file", "/nonexistent/x"}).code == 2);
}

TEST_CASE(
    "MediaMTX's file follows the settings file of the server, in every spelling of its values") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("settings.toml");
    std::ofstream(file) << "MEDIA_LISTEN = '[::]:8090'\nMEDIA_SECRET = 'a media secret'\n"
                           "LEGACY_PATH_KEYS = 'Deny'\nMEDIAMTX_PUBLIC_URL = 'https://v.example'\n";
    MediaMtxCli cli;
    const auto printed = cli.run({"mediamtx", "config", "--config", file});
    REQUIRE(printed.code == 0);
    CHECK(contains(printed.out, "'http://mediamtx:a%20media%20secret@127.0.0.1:8090/auth'"));
    CHECK(contains(printed.out, "logLevel: info"));
    CHECK(contains(printed.out, "v.example"));
    std::ofstream(file) << "API_PORT = 'tcp://10.0.0.1:8080'\n";
    const auto refused = cli.run({"mediamtx", "config", "--config", file});
    CHECK(refused.code == 2);
    CHECK(contains(refused.err, "enableServiceLinks"));
    CHECK(cli.run({"node", "list", "--config", file}).code == 0);
}

TEST_CASE("a file is readable only by its owner, and is rewritten only when it changes") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("mediamtx.yml");
    MediaMtxCli cli;
    const auto written = cli.run({"mediamtx", "config", "-o", file});
    CHECK(written.code == 0);
    CHECK(written.out.empty());
    CHECK(file_text(file) == cli.run({"mediamtx", "config"}).out);
    CHECK(mode_of(file) == kOwnerAlone);

    const auto time = std::filesystem::last_write_time(file) - std::chrono::hours(1);
    std::filesystem::last_write_time(file, time);
    CHECK(cli.run({"mediamtx", "config", "-o", file}).code == 0);
    CHECK(std::filesystem::last_write_time(file) == time);
    CHECK(cli.run({"mediamtx", "config", "-o", file, "--rtmp-port", "1936"}).code == 0);
    CHECK(contains(file_text(file), "rtmpAddress: ':1936'"));
}

TEST_CASE("a file that the command did not write is replaced only with --force") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("mediamtx.yml");
    std::ofstream(file) << "paths:\n";
    MediaMtxCli cli;
    CHECK(cli.run({"mediamtx", "config", "-o", file}).code == 4);
    CHECK(file_text(file) == "paths:\n");
    CHECK(cli.run({"mediamtx", "config", "-o", file, "--force"}).code == 0);
    CHECK(contains(file_text(file), "authMethod: http"));
    CHECK(file_text(file + ".bak") == "paths:\n");
    CHECK(cli.run({"mediamtx", "config", "-o", "/nonexistent/mediamtx.yml"}).code == 2);
}

TEST_CASE("a file that was edited is replaced only with --force, and every one of them is kept") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("mediamtx.yml");
    MediaMtxCli cli;
    REQUIRE(cli.run({"mediamtx", "config", "-o", file}).code == 0);
    const std::string edited = file_text(file) + "# mine\n";
    std::ofstream(file) << edited;
    const auto refused = cli.run({"mediamtx", "config", "-o", file, "--rtmp-port", "1936"});
    CHECK(refused.code == 4);
    CHECK(contains(refused.err, "was edited"));
    CHECK(contains(refused.err, "--force"));
    CHECK(file_text(file) == edited);
    for (const char* copy : {".bak", ".bak.2"}) {
        std::ofstream(file) << edited;
        const auto forced = cli.run({"mediamtx", "config", "-o", file, "--force"});
        CHECK(forced.code == 0);
        CHECK(contains(forced.err, file + copy));
        CHECK(file_text(file + copy) == edited);
    }
    // Unedited, it follows the settings without a question.
    CHECK(cli.run({"mediamtx", "config", "-o", file, "--rtmp-port", "1936"}).code == 0);
    CHECK_FALSE(std::filesystem::exists(file + ".bak.3"));
}

TEST_CASE("the file uses the names of settings of the given release") {
    MediaMtxCli cli;
    const auto newest =
        cli.run({"mediamtx", "config", "--mediamtx-version", "v1.20.1-6-g3e09466c"});
    CHECK(contains(newest.out, "\nmoq: no\n"));
    CHECK(contains(newest.out, "\n  runOnAvailable: '"));
    CHECK(contains(newest.out, "\n  runOnUnavailable: '"));
    CHECK_FALSE(contains(newest.out, "runOnReady"));
    const auto between = cli.run({"mediamtx", "config", "--mediamtx-version", "1.19.0"});
    CHECK(contains(between.out, "\nmoq: no\n"));
    CHECK(contains(between.out, "\n  runOnReady: '"));
    const auto old = cli.run({"mediamtx", "config", "--mediamtx-version", "v1.18.0"});
    CHECK_FALSE(contains(old.out, "\nmoq:"));
    CHECK(contains(old.out, "\n  runOnNotReady: '"));
    for (const char* wrong : {"latest", "1.2", "v1.2.x", "1.2.3.4", "-1.2.3"}) {
        INFO(wrong);
        const auto ran =
            cli.run({"mediamtx", "config", std::string("--mediamtx-version=") + wrong});
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, "--mediamtx-version"));
    }
}

TEST_CASE("control ports listen at a numeric address, and MediaMTX asks about them everywhere") {
    MediaMtxCli cli;
    const auto open = cli.run({"mediamtx", "config", "--api-bind", "0.0.0.0"});
    CHECK(contains(open.out, "apiAddress: '0.0.0.0:9997'"));
    CHECK(contains(open.out, "\nauthHTTPExclude: []\n"));
    CHECK_FALSE(contains(open.out, "it listens on this machine only"));
    const auto v6 = cli.run({"mediamtx", "config", "--api-bind", "::1"});
    CHECK(contains(v6.out, "apiAddress: '[::1]:9997'"));
    CHECK(contains(v6.out, "\nauthHTTPExclude: []\n"));
    CHECK(contains(v6.out, "it listens on this machine only"));
    CHECK(contains(cli.run({"mediamtx", "config", "--api-bind", "localhost"}).out,
                   "apiAddress: '127.0.0.1:9997'"));
    for (const char* name : {"127.evil.com", "127.0.0.1.evil.com", "media1", "127.1", ""}) {
        INFO(name);
        const auto ran = cli.run({"mediamtx", "config", std::string("--api-bind=") + name});
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, "--api-bind"));
    }
    CHECK(cli.run({"mediamtx", "config", "--bind", "1.2.3.4'"}).code == 2);
}

TEST_CASE(
    "the first configuration creates the credential of the control interface as a private file") {
    MediaMtxCli cli;
    const auto printed = cli.run({"mediamtx", "config"});
    REQUIRE(printed.code == 0);
    const std::string file = cli.control_secret_file();
    const std::string secret = file_text(file);
    CHECK(secret.size() == 44);
    CHECK(mode_of(file) == kOwnerAlone);
    CHECK(mode_of(cli.environment["DATA_DIR"]) == std::filesystem::perms::owner_all);
    // MediaMTX asks the server, and does not need it.
    CHECK_FALSE(contains(printed.out, secret.substr(0, 43)));
    REQUIRE(cli.run({"mediamtx", "config", "--node", "north"}).code == 0);
    CHECK(file_text(file) == secret);
}

TEST_CASE("a command without a server sends MediaMTX the credential from the data directory") {
    MediaMtxCli cli;
    REQUIRE(cli.run({"node", "list"}).code == 0);
    CHECK(cli.opened->direct->settings.api_user.empty());
    REQUIRE(cli.run({"mediamtx", "config"}).code == 0);
    REQUIRE(cli.run({"node", "list"}).code == 0);
    const auto& direct = *cli.opened->direct;
    CHECK(direct.settings.api_user == "rescuestream");
    CHECK(direct.settings.api_password.reveal() + "\n" == file_text(cli.control_secret_file()));
    CHECK(direct.settings.control_secret.reveal() == direct.settings.api_password.reveal());

    cli.environment["MEDIAMTX_API_USER"] = "me";
    cli.environment["MEDIAMTX_API_PASSWORD"] = "a password";
    REQUIRE(cli.run({"node", "list"}).code == 0);
    CHECK(cli.opened->direct->settings.api_user == "me");
    CHECK(cli.opened->direct->settings.api_password.reveal() == "a password");
}

TEST_CASE("machines with the same API secret derive the same credential") {
    MediaMtxCli here;
    MediaMtxCli there;
    REQUIRE(here.run({"mediamtx", "config"}).code == 0);
    here.environment["API_SECRET"] = "the same everywhere";
    there.environment["API_SECRET"] = "the same everywhere";
    REQUIRE(here.run({"mediamtx", "config"}).code == 0);
    REQUIRE(there.run({"mediamtx", "config"}).code == 0);
    CHECK(file_text(here.control_secret_file()) == file_text(there.control_secret_file()));
    CHECK_FALSE(contains(file_text(here.control_secret_file()), "the same everywhere"));

    MediaMtxCli by_file;
    const TemporaryDirectory directory;
    std::ofstream(directory.file("api")) << "the same everywhere\n";
    by_file.environment["API_SECRET_FILE"] = directory.file("api");
    REQUIRE(by_file.run({"mediamtx", "config"}).code == 0);
    CHECK(file_text(by_file.control_secret_file()) == file_text(here.control_secret_file()));
}

TEST_CASE("a credential that every user of the machine can read is not used") {
    MediaMtxCli cli;
    REQUIRE(cli.run({"mediamtx", "config"}).code == 0);
    const std::string file = cli.control_secret_file();
    std::filesystem::permissions(file, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    for (const auto& command : {std::vector<std::string>{"mediamtx", "config"}, {"node", "list"}}) {
        const auto ran = cli.run(command);
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, file));
    }
}

TEST_CASE("no credential is created when one is set or a server is given") {
    MediaMtxCli cli;
    cli.environment["MEDIAMTX_API_PASSWORD"] = "a password";
    REQUIRE(cli.run({"mediamtx", "config"}).code == 0);
    cli.environment.erase("MEDIAMTX_API_PASSWORD");
    REQUIRE(cli.run({"--server", "http://10.1.2.3:8080", "mediamtx", "config"}).code == 0);
    CHECK_FALSE(std::filesystem::exists(cli.environment["DATA_DIR"]));
}

TEST_CASE("recording, playback and metrics are off unless they are requested") {
    MediaMtxCli cli;
    const auto on = cli.run({"mediamtx", "config", "--record", "/srv/rec/", "--playback",
                             "--playback-port", "1234", "--metrics"});
    CHECK(contains(on.out, "\npaths:\n"));
    CHECK(contains(on.out, "\n  '~^(.+/)?sk_[0-9A-Za-z_-]{43}$':\n    record: no\n"));
    CHECK(contains(on.out, "\n  record: yes\n  recordPath: '/srv/rec/%path/%Y-%m-%d_%H-%M-%S-%f'"));
    CHECK(contains(on.out, "playbackAddress: '127.0.0.1:1234'"));
    CHECK(contains(on.out, "metricsAddress: '127.0.0.1:9998'"));
}

TEST_CASE("two listeners with one port, and values that are no port, are refused") {
    MediaMtxCli cli;
    const auto same = cli.run({"mediamtx", "config", "--rtmp-port", "8554"});
    CHECK(same.code == 2);
    CHECK(contains(same.err, "--rtsp-port and --rtmp-port cannot both be 8554"));
    CHECK(cli.run({"mediamtx", "config", "--srt-port", "8001"}).code == 2);
    CHECK(cli.run({"mediamtx", "config", "--rtp-port", "8003"}).code == 2);
    // TCP and UDP may use the same port.
    CHECK(cli.run({"mediamtx", "config", "--webrtc-udp-port", "8889"}).code == 0);
    for (const char* wrong : {"0", "65536", "-1", "http"}) {
        INFO(wrong);
        CHECK(cli.run({"mediamtx", "config", std::string("--rtsp-port=") + wrong}).code == 2);
    }
}

TEST_CASE("hooks run the given program by its absolute path, and can be left out") {
    MediaMtxCli cli;
    CHECK_FALSE(contains(cli.run({"mediamtx", "config", "--no-hooks"}).out, "runOnReady:"));
    const auto spaced = cli.run({"mediamtx", "config", "--hook-program", "/opt/my tools/cli"});
    CHECK(contains(spaced.out, "runOnReady: '\"/opt/my tools/cli\" hook ready --server"));
    CHECK(cli.run({"mediamtx", "config", "--hook-program", "cli"}).code == 2);
    for (const char* wrong : {"/opt/$HOME/cli", "/opt/it's/cli", "/opt/\"x\"/cli"}) {
        INFO(wrong);
        CHECK(cli.run({"mediamtx", "config", "--hook-program", wrong}).code == 2);
    }
}

TEST_CASE("WebRTC gets the host name by which viewers reach this machine") {
    MediaMtxCli cli;
    cli.environment["MEDIAMTX_PUBLIC_URL"] = "https://cam.example.org:8889";
    CHECK(contains(cli.run({"mediamtx", "config"}).out,
                   "webrtcAdditionalHosts: ['cam.example.org']"));
    CHECK(contains(cli.run({"mediamtx", "config", "--public-host", "192.0.2.1", "--public-host",
                            "cam.example.net"})
                       .out,
                   "webrtcAdditionalHosts: ['192.0.2.1', 'cam.example.net']"));
    cli.environment["MEDIAMTX_PUBLIC_URL"] = "http://127.example.org:8889";
    CHECK(contains(cli.run({"mediamtx", "config"}).out,
                   "webrtcAdditionalHosts: ['127.example.org']"));
    cli.environment["MEDIAMTX_PUBLIC_URL"] = "http://127.0.0.1:8889";
    CHECK(contains(cli.run({"mediamtx", "config"}).out, "webrtcAdditionalHosts: []"));
}

TEST_CASE("MediaMTX's log level hides paths while paths may be keys") {
    MediaMtxCli cli;
    cli.environment["LEGACY_PATH_KEYS"] = "deny";
    CHECK(contains(cli.run({"mediamtx", "config"}).out, "\nlogLevel: info\n"));
    cli.environment["LEGACY_PATH_KEYS"] = "expose";
    CHECK(contains(cli.run({"mediamtx", "config"}).out, "\nlogLevel: error\n"));
    CHECK(contains(cli.run({"mediamtx", "config", "--log-level", "debug"}).out,
                   "\nlogLevel: debug\n"));
}

TEST_CASE("the file of a MediaMTX on another machine contains the credential of its node") {
    MediaMtxCli cli;
    const auto config = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"mediamtx", "config"};
        words.insert(words.end(), more.begin(), more.end());
        return cli.run(words);
    };
    const auto secret_in = [](const std::string& yaml) {
        const auto begin = yaml.find("http://mediamtx:rsm_");
        REQUIRE(begin != std::string::npos);
        const auto start = begin + std::string("http://mediamtx:").size();
        return yaml.substr(start, yaml.find('@', start) - start);
    };
    const auto remote = config({"--server-url", "http://192.0.2.5:8080", "--node", "north"});
    REQUIRE(remote.code == 0);
    CHECK(contains(remote.out, "@192.0.2.5:8080/auth/north'\n"));
    CHECK(contains(remote.err, "It contains a secret"));
    const std::string north = secret_in(remote.out);
    CHECK(north.starts_with("rsm_north."));
    CHECK(north.size() == std::string("rsm_north.").size() + 43);
    CHECK(config({"--server-url", "http://192.0.2.5:8080", "--node", "north"}).out == remote.out);
    CHECK(secret_in(config({"--server-url", "http://192.0.2.5:8080"}).out)
              .starts_with("rsm_default."));

    // On the server's machine none is needed, and MEDIA_SECRET replaces it.
    for (const char* here : {"http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8"}) {
        CHECK_FALSE(contains(config({"--server-url", here}).out, "rsm_"));
    }
    cli.environment["MEDIA_SECRET"] = "a secret of all";
    CHECK_FALSE(contains(config({"--server-url", "http://192.0.2.5:8080"}).out, "rsm_"));
}

TEST_CASE("hooks read the credential of the node from a file that is made for them") {
    MediaMtxCli cli;
    const TemporaryDirectory directory;
    const std::string file = directory.file("credential");
    const auto run = [&](const char* node) {
        return cli.run({"mediamtx", "config", "--server-url", "http://192.0.2.5:8080", "--node",
                        node, "--media-secret-file", file});
    };
    const auto content = [&] {
        std::ifstream in(file);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const auto made = run("north");
    REQUIRE(made.code == 0);
    CHECK(mode_of(file) == kOwnerAlone);
    CHECK(content().starts_with("rsm_north."));
    CHECK(contains(made.out, "--media-secret-file " + file));
    CHECK(contains(made.out, content().substr(0, content().find('\n')) + "@192.0.2.5:8080"));
    // The credential of before is replaced, a secret of somebody else is not.
    REQUIRE(run("south").code == 0);
    CHECK(content().starts_with("rsm_south."));
    std::ofstream(file) << "a secret of my own\n";
    REQUIRE(run("south").code == 0);
    CHECK(content() == "a secret of my own\n");
}

TEST_CASE("a check makes no file") {
    MediaMtxCli cli;
    const TemporaryDirectory directory;
    const std::string yaml = directory.file("mediamtx.yml");
    std::ofstream(yaml) << "paths:\n  all_others:\n";
    cli.run({"mediamtx", "check", yaml, "--server-url", "http://192.0.2.5:8080"});
    CHECK_FALSE(std::filesystem::exists(cli.environment.at("DATA_DIR")));
    const auto checked =
        cli.run({"mediamtx", "check", yaml, "--server-url", "http://192.0.2.5:8080",
                 "--media-secret-file", directory.file("none")});
    CHECK(checked.code == 2);
    CHECK_FALSE(std::filesystem::exists(directory.file("none")));
}
