// What is in the configuration for MediaMTX.
#include <doctest/doctest.h>

#include <fstream>
#include <map>

#include "mediamtx_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using rescuestream::testing::TemporaryDirectory;

namespace {

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
    // A server of this machine has its secret in the data directory that is named.
    cli.environment["RESCUESTREAM_SERVER"] = "http://localhost:8080";
    CHECK(address_in(cli.run({"mediamtx", "config"}).out) == address);
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

TEST_CASE("the address that MediaMTX asks comes from the option or from the server's settings") {
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
    // Where commands reach the server is another thing.
    cli.environment["MEDIA_LISTEN"] = "8082";
    cli.environment["RESCUESTREAM_SERVER"] = "http://localhost:9090";
    const auto beside = cli.run({"mediamtx", "config"});
    CHECK(contains(beside.out, "'http://127.0.0.1:8082/auth'"));
    CHECK(beside.err.empty());
    cli.environment["RESCUESTREAM_SERVER"] = "http://10.1.2.3:8080";
    const auto remote = cli.run({"mediamtx", "config"});
    CHECK(contains(remote.out, "'http://127.0.0.1:8082/auth'"));
    CHECK(contains(remote.err, "give --server-url: http://10.1.2.3:8080 is where commands"));
    const auto given = cli.run({"mediamtx", "config", "--server-url", "https://rescue.example"});
    CHECK_FALSE(contains(given.err, "--server-url"));
    CHECK(contains(given.out, "'https://rescue.example/auth'"));
    CHECK(contains(given.out, "hook ready --server https://rescue.example'"));
    CHECK(cli.run({"mediamtx", "config", "--server-url", "rescue.example"}).code == 2);
    CHECK(cli.run({"mediamtx", "config", "--server-url", "http://u:p@rescue.example"}).code == 2);
}

TEST_CASE("MediaMTX listens on the ports that the settings name for this machine") {
    MediaMtxCli cli;
    cli.environment["MEDIAMTX_API_URL"] = "http://127.0.0.1:19997";
    cli.environment["MEDIAMTX_PUBLIC_URL"] = "http://localhost:18889";
    cli.environment["MEDIAMTX_HLS_URL"] = "http://localhost:18888";
    cli.environment["MEDIAMTX_RTSP_URL"] = "rtsp://localhost:18554";
    cli.environment["MEDIAMTX_RELAY_URL"] = "rtsp://127.0.0.1:18554";
    cli.environment["MEDIAMTX_RTMP_URL"] = "rtmp://[::1]:11935";
    cli.environment["MEDIAMTX_SRT_URL"] = "srt://127.0.0.1:18890";
    const auto printed = cli.run({"mediamtx", "config"});
    REQUIRE(printed.code == 0);
    CHECK(printed.err.empty());
    for (const auto* line :
         {"apiAddress: '127.0.0.1:19997'", "rtspAddress: ':18554'", "rtmpAddress: ':11935'",
          "hlsAddress: ':18888'", "webrtcAddress: ':18889'", "srtAddress: ':18890'"}) {
        CHECK(contains(printed.out, line));
    }
    // An option is what the user wants; the setting that disagrees is named.
    const auto given = cli.run({"mediamtx", "config", "--srt-port", "9000"});
    CHECK(contains(given.out, "srtAddress: ':9000'"));
    CHECK(contains(given.err, "MEDIAMTX_SRT_URL is srt://127.0.0.1:18890"));
    CHECK(lines_of(given.err).size() == 1);
    // The settings are about the default node.
    const auto north = cli.run({"mediamtx", "config", "--node", "north"});
    CHECK(contains(north.out, "srtAddress: ':8890'"));
    CHECK(north.err.empty());
}

TEST_CASE("a setting that names another port of MediaMTX than its new file is told") {
    MediaMtxCli cli;
    const auto told = [&](const std::string& name, const std::string& value) {
        cli.environment[name] = value;
        auto ran = cli.run({"mediamtx", "config"});
        cli.environment.erase(name);
        REQUIRE(ran.code == 0);
        return ran.err;
    };
    CHECK(contains(told("MEDIAMTX_RTSP_URL", "rtsp://media.example:9554"),
                   "warning: MEDIAMTX_RTSP_URL is rtsp://media.example:9554, and MediaMTX listens "
                   "on port 8554: give --rtsp-port 9554, or correct the setting"));
    CHECK(contains(told("MEDIAMTX_API_URL", "http://media.example:19997"), "--api-port 19997"));
    // RTSP follows its own setting, and the relay must, too.
    CHECK(contains(told("MEDIAMTX_RTSP_URL", "rtsp://localhost:9554"),
                   "MEDIAMTX_RELAY_URL is rtsp://127.0.0.1:8554, and MediaMTX listens on port "
                   "9554"));
    CHECK(contains(told("MEDIAMTX_PUBLIC_URL", "http://localhost:18889"),
                   "MEDIAMTX_HLS_URL is http://localhost:18889 (as MEDIAMTX_PUBLIC_URL), and "
                   "MediaMTX listens on port 8888"));
    // A proxy has the port of its scheme.
    CHECK(told("MEDIAMTX_PUBLIC_URL", "https://media.example").empty());
    CHECK(told("MEDIAMTX_PUBLIC_URL", "http://media.example:8889").empty());
    CHECK(told("MEDIAMTX_API_URL", "memory:").empty());
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
