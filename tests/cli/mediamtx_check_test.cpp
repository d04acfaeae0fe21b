// What `mediamtx check` says about a file of an owner.
#include <doctest/doctest.h>

#include "mediamtx/local_publisher.hpp"
#include "mediamtx/owner_file.hpp"
#include "moving_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

TEST_CASE("a check tells what happens with each user") {
    MovingCli cli;
    const auto checked = cli.check(owner_file("users.yml"));
    CHECK(checked.code == 1);
    const auto& out = checked.out;
    CHECK(contains(out, ":10: warning: user drone1: This password is not asked for any more"));
    CHECK(contains(out, "--path live/drone1) and give it to the encoder as its password"));
    CHECK(contains(out, ":16: warning: user drone2: "));
    CHECK(contains(line_with(out, "--path live/drone2"), "--allowed-address ADDRESS"));
    CHECK(contains(out,
                   ":22: warning: user any: Passwords and addresses of viewers are not "
                   "checked any more"));
    CHECK(contains(out, ":24: note: user any: A program that uses api needs the credential"));
    CHECK(contains(out, "MediaMTX keeps asking SRT encoders for the passphrase"));
    // No secret of the file is shown.
    CHECK_FALSE(contains(out, "first-secret"));
    CHECK_FALSE(contains(out, "ten-or-more"));
}

TEST_CASE("a file in which nobody is named lets everybody publish, which a check tells") {
    MovingCli cli;
    const auto checked = cli.check("paths:\n  all_others:\n");
    CHECK(contains(checked.out, "warning: authInternalUsers: Everybody may publish now"));
}

TEST_CASE("a check reads the variables of MediaMTX, which go before the file") {
    MovingCli cli;
    const std::string text = "apiAddress: :9997\nauthMethod: http\n";
    CHECK(contains(cli.check(text).out, ":1: warning: apiAddress: It should listen"));
    cli.environment["MTX_APIADDRESS"] = "127.0.0.1:9997";
    cli.environment["MTX_AUTHMETHOD"] = "internal";
    cli.environment["MTX_API"] = "yes";
    cli.environment["MTX_RTSPAUTHMETHODS"] = "basic,digest";
    cli.environment["MTX_PATHDEFAULTS_OVERRIDEPUBLISHER"] = "no";
    const auto checked = cli.check(text);
    CHECK_FALSE(contains(checked.out, "It should listen"));
    CHECK_FALSE(contains(checked.out, "error: api:"));
    const auto method = line_with(checked.out, "error: authMethod");
    CHECK(contains(method, ":2: error: "));
    CHECK(contains(method, "MTX_AUTHMETHOD sets it, and goes before the file."));
    CHECK_FALSE(contains(method, "[merge]"));
    CHECK(contains(checked.out, "error: rtspAuthMethods: It must be [basic]"));
    CHECK(contains(checked.out, "MTX_PATHDEFAULTS_OVERRIDEPUBLISHER sets it"));
    CHECK(contains(checked.out, "note: MTX_API: This variable was taken into account"));
    // A merge changes the file, and tells what would undo that.
    const auto merged = cli.merge(text);
    CHECK(contains(merged.out, "authMethod: http"));
    CHECK(contains(merged.err, "MTX_AUTHMETHOD sets it"));
    CHECK_FALSE(contains(merged.err, "MTX_APIADDRESS"));
}

TEST_CASE("a check names the variables of MediaMTX that set what is not in the file") {
    MovingCli cli;
    const std::string text = "paths:\n  cam1:\n";
    const auto errors_before = cli.check(text).out;
    CHECK_FALSE(contains(errors_before, ": MTX_"));
    cli.environment["MTX_PATHS_CAM1_SOURCE"] = "rtsp://admin:hidden@192.0.2.7/1";
    cli.environment["MTX_PATHS_CAM2_OVERRIDEPUBLISHER"] = "no";
    cli.environment["MTX_PATHS_ALL_OTHERS_RECORD"] = "yes";
    cli.environment["MTX_AUTHHTTPEXCLUDE_0_ACTION"] = "publish";
    cli.environment["MTX_HLSSEGMENTCOUNT"] = "5";
    cli.environment["MTX_SOURCE_TYPE"] = "rtmpConn";  // of a hook
    cli.environment["RTSP_OVERRIDE"] = "no";          // no setting
    const auto checked = cli.check(text);
    CHECK(checked.code == 1);
    const auto& out = checked.out;
    CHECK(contains(out, "warning: MTX_PATHS_CAM1_SOURCE: It changes the entry of the path cam1"));
    CHECK(contains(out, "error: MTX_PATHS_CAM2_OVERRIDEPUBLISHER: "));
    CHECK(contains(line_with(out, "error: MTX_PATHS_ALL_OTHERS_RECORD"), "the path all"));
    CHECK(contains(line_with(out, "error: MTX_AUTHHTTPEXCLUDE_0_ACTION"), "not asked"));
    CHECK(contains(out, "note: MTX_HLSSEGMENTCOUNT: "));
    CHECK_FALSE(contains(out, "MTX_SOURCE_TYPE"));
    CHECK_FALSE(contains(out, "RTSP_OVERRIDE"));
    CHECK_FALSE(contains(out, "hidden"));
    const auto merged = cli.merge(text);
    CHECK(contains(merged.err, "MTX_PATHS_CAM1_SOURCE"));
    CHECK_FALSE(contains(merged.err, "MTX_HLSSEGMENTCOUNT"));
}

TEST_CASE(
    "a misspelt variable of MediaMTX, which it ignores in silence, is told with the right one") {
    MovingCli cli;
    for (const auto& [wrong, right] : {std::pair{"MTX_RTSPADRESS", "MTX_RTSPADDRESS"},
                                       {"MTX_RTSP_ADDRESS", "MTX_RTSPADDRESS"},
                                       {"MTX_rtmp", "MTX_RTMP"},
                                       {"MTX_WEBRTCADITIONALHOST", "MTX_WEBRTCADDITIONALHOSTS"},
                                       {"MTX_PATHDEFAULTS_RECROD", "MTX_PATHDEFAULTS_RECORD"},
                                       {"MTX_PATHS_X_SORCE", "MTX_PATHS_X_SOURCE"},
                                       {"MTX_PATHS_cam_SOURCE", "MTX_PATHS_CAM_SOURCE"}}) {
        CAPTURE(wrong);
        cli.environment[wrong] = "1";
        const auto line = line_with(cli.check("api: yes\n").out, std::string(wrong) + ": ");
        CHECK(contains(line, "warning: "));
        CHECK(contains(line, "MediaMTX ignores"));
        CHECK(contains(line, std::string("Is ") + right + " meant?"));
        cli.environment.erase(wrong);
    }
    cli.environment["MTX_COFFEE"] = "1";
    CHECK(contains(line_with(cli.check("api: yes\n").out, "MTX_COFFEE"), "Correct or unset it."));
    // What a release reads is not called ignored.
    cli.environment = {
        {"DATA_DIR", cli.environment["DATA_DIR"]}, {"MTX_AUTHINTERNALUSERS_0_USER", "x"},
        {"MTX_WEBRTCICESERVERS2_0_URL", "x"},      {"MTX_MOQHTTP3ADDRESS", ":1"},
        {"MTX_PATHS_CAM_RPICAMERAWIDTH", "1"},     {"MTX_CONN_TYPE", "x"}};
    CHECK_FALSE(contains(cli.check("api: yes\n").out, "ignores"));
}

TEST_CASE("the older prefix of MediaMTX's variables counts, and the newer one goes before it") {
    MovingCli cli;
    cli.environment["RTSP_AUTHMETHOD"] = "internal";
    const std::string text = "authMethod: http\n";
    CHECK(contains(cli.check(text).out, "RTSP_AUTHMETHOD sets it"));
    cli.environment["MTX_AUTHMETHOD"] = "jwt";
    const auto both = cli.check(text).out;
    CHECK(contains(both, "MTX_AUTHMETHOD sets it"));
    CHECK_FALSE(contains(both, "RTSP_AUTHMETHOD"));
}

TEST_CASE("a new configuration is printed with the variables that would undo a part of it") {
    MovingCli cli;
    CHECK_FALSE(contains(cli.run({"mediamtx", "config"}).err, ": MTX_"));
    cli.environment["MTX_AUTHMETHOD"] = "internal";
    cli.environment["MTX_PATHS_CAM1_RECORD"] = "yes";
    const auto ran = cli.run({"mediamtx", "config"});
    CHECK(ran.code == 0);
    CHECK(contains(ran.err, "error: authMethod"));
    CHECK(contains(ran.err, "MTX_AUTHMETHOD sets it"));
    CHECK(contains(ran.err, "MTX_PATHS_CAM1_RECORD"));
}

TEST_CASE("a control interface at another loopback address is told with the server's setting") {
    MovingCli cli;
    const std::string text = "api: yes\napiAddress: '[::1]:9997'\n";
    CHECK(
        contains(cli.check(text).out,
                 ":2: warning: apiAddress: Tell the server: MEDIAMTX_API_URL=http://[::1]:9997."));
    cli.environment["MEDIAMTX_API_URL"] = "http://[::1]:9997";
    CHECK_FALSE(contains(cli.check(text).out, "Tell the server: MEDIAMTX_API_URL"));
    CHECK_FALSE(contains(cli.check("apiAddress: 127.0.0.1:9997\n").out,
                         "Tell the server: MEDIAMTX_API_URL"));
}

TEST_CASE("no sentence of a check is too long to be read") {
    MovingCli cli;
    for (const char* name : {"users.yml", "cameras.yml", "helpers.yml"}) {
        const auto out = cli.check(owner_file(name)).out;
        for (const auto& line : lines_of(out)) {
            // A sentence ends with a full stop that is not part of an address or a name.
            std::size_t begin = 0;
            while (begin < line.size()) {
                const auto end = std::min(line.find(". ", begin), line.size());
                CAPTURE(line);
                CHECK(end - begin < 260);
                begin = end + 2;
            }
        }
    }
}

TEST_CASE("a check tells what happens with cameras that MediaMTX pulls") {
    MovingCli cli;
    const auto checked = cli.check(owner_file("cameras.yml"));
    const auto& out = checked.out;
    CHECK(contains(out,
                   ":7: note: paths.pier: MediaMTX keeps getting this stream by itself. "
                   "Everybody may watch it."));
    CHECK(contains(out,
                   ":10: note: paths.gate: MediaMTX keeps getting this stream by itself when "
                   "somebody watches."));
    CHECK(contains(out, "paths.old-gate: Viewers keep being redirected."));
    CHECK(contains(out, "playback: Recordings can be watched by everybody who may watch"));
    CHECK(contains(out, "error: paths.all_others: "));
    CHECK_FALSE(contains(out, "camera-secret"));
}

TEST_CASE("a program that publishes to its own MediaMTX is told that it needs a key") {
    MovingCli cli;
    const auto checked = cli.check(owner_file("helpers.yml"));
    const auto& out = checked.out;
    CHECK(contains(line_with(out, "paths.webcam.runOnInit"),
                   ":6: warning: paths.webcam.runOnInit: This program publishes to MediaMTX "
                   "without a key, so it will be refused."));
    CHECK(contains(line_with(out, "paths.pattern.runOnDemand"), "--path pattern"));
    CHECK(contains(line_with(out, "paths.studio.runOnDemand"), "If it publishes to this MediaMTX"));
    CHECK(contains(line_with(out, "paths.~^in/(.+)$.runOnReady"), "will be refused"));
    CHECK(contains(line_with(out, "paths.all_others.runOnReady"),
                   "note: paths.all_others.runOnReady: Your program keeps running"));
}

TEST_CASE("a program that already publishes with a credential is not warned about") {
    MovingCli cli;
    const auto checked = cli.check(
        "paths:\n"
        "  gate:\n"
        "    runOnDemand: ffmpeg -i a.mp4 -f rtsp rtsp://helper:x@127.0.0.1:$RTSP_PORT/gate\n"
        "  door:\n"
        "    runOnInit: ffmpeg -i a.mp4 -f rtsp rtsp://p:sk_x@127.0.0.1:$RTSP_PORT/door\n");
    CHECK(contains(line_with(checked.out, "paths.gate.runOnDemand"), ":3: note: "));
    CHECK(contains(line_with(checked.out, "paths.gate.runOnDemand"), "HELPER_PATHS"));
    CHECK(contains(line_with(checked.out, "paths.door.runOnInit"), "with a stream key"));
}

TEST_CASE("a command publishes locally when an address of this machine is not its input") {
    CHECK(publishes_locally("ffmpeg -i /dev/video0 -f rtsp rtsp://localhost:8554/cam"));
    CHECK(publishes_locally("ffmpeg -i rtsp://192.0.2.1/a -f flv rtmp://u:p@127.0.0.1/live/b"));
    CHECK(publishes_locally("sh -c 'ffmpeg -i a.mp4 -f rtsp rtsp://[::1]:$RTSP_PORT/$MTX_PATH'"));
    CHECK(
        publishes_locally("gst-launch-1.0 videotestsrc ! rtspclientsink "
                          "location=rtsp://127.0.0.1:8554/x"));
    CHECK(publishes_locally("ffmpeg -i a.ts -f mpegts srt://localhost:8890?streamid=publish:x"));
    CHECK_FALSE(publishes_locally("ffmpeg -i rtsp://localhost:8554/cam -f flv rtmp://192.0.2.1/a"));
    CHECK_FALSE(publishes_locally("gst-launch-1.0 rtspsrc location=rtsp://127.0.0.1:8554/x"));
    CHECK_FALSE(publishes_locally("ffmpeg -i 'srt://localhost:8890?streamid=read:x' out.mp4"));
    CHECK_FALSE(publishes_locally("/usr/local/bin/start-camera"));
    CHECK_FALSE(publishes_locally("curl -sf http://127.0.0.1:3000/notify"));
    CHECK(publishes_locally("gst-launch-1.0 x ! whipclientsink http://127.0.0.1:8889/cam/whip"));
    CHECK_FALSE(publishes_locally("curl -d '{\"path\":\"x\"}' http://192.0.2.1/hook"));
    CHECK_FALSE(publishes_locally(""));
}

TEST_CASE("an installation with tokens is told that they are not read any more") {
    MovingCli cli;
    const auto checked = cli.check(owner_file("tokens.yml"));
    CHECK(contains(checked.out, ":1: warning: authMethod: Tokens (JWT) are not read any more."));
    CHECK(contains(checked.out, "warning: metrics: Prometheus needs the credential"));
    CHECK(contains(line_with(checked.out, "(?P<car>"), "It applies to keys whose path matches"));
    CHECK(contains(line_with(checked.out, "warning: paths: "), "sk_…"));
}

TEST_CASE("other ports and encryption are told as the settings that the server needs") {
    MovingCli cli;
    const auto& out = cli.check(owner_file("encrypted.yml")).out;
    CHECK(contains(out, "MEDIAMTX_API_URL=http://127.0.0.1:19997."));
    CHECK(contains(out,
                   "MEDIAMTX_RTSP_URL=rtsp://HOST:18554, and for devices that can only send a "
                   "path MEDIAMTX_RELAY_URL=rtsp://127.0.0.1:18554."));
    CHECK(contains(out, "MEDIAMTX_RTMP_URL=rtmp://HOST:11935."));
    CHECK(contains(out, "MEDIAMTX_PUBLIC_URL=http://HOST:18889."));
    CHECK(contains(out, "MEDIAMTX_HLS_URL=http://HOST:18888."));
    const auto& strict = cli.check(
                                "rtspEncryption: strict\nrtmpEncryption: optional\n"
                                "hlsEncryption: yes\napiEncryption: yes\n")
                             .out;
    CHECK(contains(strict, "MEDIAMTX_RTSP_URL=rtsps://HOST:8322"));
    CHECK(contains(strict, "MEDIAMTX_HLS_URL=https://HOST:8888."));
    CHECK(contains(strict, "MEDIAMTX_API_URL=https://127.0.0.1:9997."));
    CHECK_FALSE(contains(strict, "MEDIAMTX_RTMP_URL"));
}

TEST_CASE("what is set already is not told again") {
    MovingCli cli;
    const std::string file =
        "apiAddress: 127.0.0.1:19997\n"
        "rtmpAddress: :11935\n"
        "paths:\n"
        "  cam/gate:\n"
        "    runOnDemand: ffmpeg -i a.mp4 -f rtsp rtsp://127.0.0.1:$RTSP_PORT/cam/gate\n";
    auto out = cli.check(file).out;
    CHECK(contains(out, "MEDIAMTX_API_URL=http://127.0.0.1:19997"));
    CHECK(contains(out, "MEDIAMTX_RTMP_URL=rtmp://HOST:11935"));
    CHECK(contains(out, "Name its path in HELPER_PATHS"));
    cli.environment["MEDIAMTX_API_URL"] = "http://localhost:19997";
    cli.environment["MEDIAMTX_RTMP_URL"] = "rtmp://media.example:11935";
    cli.environment["HELPER_PATHS"] = "cam/*";
    out = cli.check(file).out;
    CHECK_FALSE(contains(out, "MEDIAMTX_API_URL"));
    CHECK_FALSE(contains(out, "MEDIAMTX_RTMP_URL"));
    CHECK(contains(out, "Its path is one of HELPER_PATHS"));
}

TEST_CASE("a setting that is right is not told with another one that is not") {
    MovingCli cli;
    const std::string file = "rtspAddress: :18554\nwebrtcAddress: :443\nwebrtcEncryption: yes\n";
    cli.environment["MEDIAMTX_RTSP_URL"] = "rtsp://media.example:18554";
    cli.environment["MEDIAMTX_PUBLIC_URL"] = "https://media.example";
    auto line = line_with(cli.check(file).out, "rtspAddress");
    CHECK(contains(line, "Tell the server: MEDIAMTX_RELAY_URL=rtsp://127.0.0.1:18554."));
    CHECK_FALSE(contains(line, "MEDIAMTX_RTSP_URL"));
    cli.environment["MEDIAMTX_RELAY_URL"] = "rtsp://127.0.0.1:18554";
    auto out = cli.check(file).out;
    CHECK_FALSE(contains(out, "MEDIAMTX_RTSP_URL"));
    CHECK_FALSE(contains(out, "MEDIAMTX_RELAY_URL"));
    CHECK_FALSE(contains(out, "MEDIAMTX_PUBLIC_URL"));
    // One that is set to something else is told as that.
    cli.environment["MEDIAMTX_RTSP_URL"] = "rtsp://media.example:9554";
    line = line_with(cli.check(file).out, "rtspAddress");
    CHECK(contains(line,
                   "MEDIAMTX_RTSP_URL is rtsp://media.example:9554, and MediaMTX listens on "
                   "port 18554"));
}

TEST_CASE("a check reads the settings of MediaMTX's addresses also where a server is named") {
    MovingCli cli;
    cli.environment["RESCUESTREAM_SERVER"] = "http://localhost:8080";
    cli.environment["MEDIAMTX_API_URL"] = "http://localhost:19997";
    cli.environment["MEDIAMTX_PUBLIC_URL"] = "http://media.example:18889";
    cli.environment["MEDIAMTX_HLS_URL"] = "http://media.example:18888";
    cli.environment["MEDIAMTX_RTSP_URL"] = "rtsp://media.example:18554";
    cli.environment["MEDIAMTX_RELAY_URL"] = "rtsp://127.0.0.1:18554";
    cli.environment["MEDIAMTX_RTMP_URL"] = "rtmp://media.example:11935";
    cli.environment["MEDIAMTX_SRT_URL"] = "srt://media.example:18890";
    const auto out = cli.check(
                            "apiAddress: 127.0.0.1:19997\nrtspAddress: :18554\n"
                            "rtmpAddress: :11935\nhlsAddress: :18888\n"
                            "webrtcAddress: :18889\nsrtAddress: :18890\n")
                         .out;
    CHECK_FALSE(contains(out, "MEDIAMTX_"));
}

TEST_CASE("the server of commands is not what MediaMTX must ask") {
    MovingCli cli;
    cli.environment["MEDIA_LISTEN"] = "127.0.0.1:8082";
    const auto merged = cli.merge("paths:\n  all_others:\n");
    REQUIRE(merged.code == 0);
    const auto before = cli.check(merged.out);
    CHECK(before.code == 0);
    for (const auto* server : {"http://localhost:8080", "http://192.0.2.7:8080"}) {
        cli.environment["RESCUESTREAM_SERVER"] = server;
        CHECK(cli.check(merged.out).out == before.out);
        cli.environment.erase("RESCUESTREAM_SERVER");
        CHECK(cli.check(merged.out, {"--server", server}).out == before.out);
    }
}

TEST_CASE("what must change is told first, and notes last") {
    MovingCli cli;
    std::vector<std::string> order;
    for (const auto& line : lines_of(cli.check(owner_file("helpers.yml")).out)) {
        for (const std::string word : {"error", "warning", "note"}) {
            const bool is_of = contains(line, " " + word + ": ") && !contains(line, "must change,");
            if (is_of && (order.empty() || order.back() != word)) order.push_back(word);
        }
    }
    CHECK(order == std::vector<std::string>{"error", "warning", "note"});
}

TEST_CASE("an expression that takes endless time elsewhere is read like every other one") {
    MovingCli cli;
    const auto checked =
        cli.check("paths:\n  '~^(([a-z/])+.)+[A-Z]([a-z])+$': {}\n  all_others:\n");
    CHECK(contains(checked.out, "It applies to keys whose path matches"));
    // MediaMTX does not start with an expression that Go does not know.
    CHECK(contains(cli.check("paths:\n  '~^a(?=b)$': {}\n  all_others:\n").out,
                   "This expression was not understood"));
}

TEST_CASE("a file that is not MediaMTX's is refused with the line") {
    MovingCli cli;
    for (const auto& [text, reason] :
         {std::pair<std::string, std::string>{"api: yes\n\tapi: no\n", "Line 2"},
          {"api: yes\napi: no\n", "Line 2 has the key api again"},
          {"- a\n- b\n", "it has no settings"},
          {"a: *b\n", "Line 1 refers to *b"},
          {"api: yes\n---\napi: no\n", "Line 2 begins a second YAML document"},
          {std::string(200, '['), "Line 1"}}) {
        CAPTURE(text);
        const auto checked = cli.check(text);
        CHECK(checked.code == 2);
        CHECK(contains(checked.err, reason));
    }
    CHECK(cli.run({"mediamtx", "check", "/nonexistent"}).code == 2);
}

TEST_CASE("a check prints JSON with lines, severities and what a merge changes") {
    MovingCli cli;
    const auto path = cli.write("authMethod: internal\npaths:\n  all_others:\n");
    const auto checked = cli.run({"--json", "mediamtx", "check", path});
    CHECK(checked.code == 1);
    CHECK(contains(checked.out, "\"must_change\":3,"));
    CHECK(contains(checked.out, R"({"severity":"error","line":1,"subject":"authMethod",)"));
    CHECK(contains(checked.out, R"("merged":true})"));
    CHECK(contains(checked.out, R"({"severity":"error","subject":"authHTTPAddress",)"));
    // Only what must change.
    const auto quiet = cli.run({"--quiet", "mediamtx", "check", path});
    CHECK(lines_of(quiet.out).size() == 3);
}

TEST_CASE("the entry of a path is found in MediaMTX's order") {
    const auto file = OwnerFile::parse(
        "paths:\n  all_others:\n  '~^b':\n  '~^a':\n  '~a$':\n  exact:\n  '~(':\n");
    REQUIRE(file);
    const auto entries = path_entries(*file);
    CHECK(entry_of(entries, "exact")->name == "exact");
    CHECK(entry_of(entries, "ba")->name == "~^b");
    CHECK(entry_of(entries, "aa")->name == "~^a");
    CHECK(entry_of(entries, "xa")->name == "~a$");
    CHECK(entry_of(entries, "zz")->name == "all_others");
}

TEST_CASE("with PLAYBACK_POLICY=signed a check does not say that everybody may watch") {
    MovingCli cli;
    cli.environment["PLAYBACK_POLICY"] = "signed";
    for (const auto* name :
         {"users.yml", "cameras.yml", "helpers.yml", "tokens.yml", "another_server.yml"}) {
        CAPTURE(name);
        const auto checked = cli.check(owner_file(name));
        for (const auto* words : {"verybody may watch it", "and everybody may watch", "as now.",
                                  "everybody who knows a path"}) {
            CAPTURE(words);
            CHECK_FALSE(contains(checked.out, words));
        }
    }
    CHECK(contains(cli.check(owner_file("users.yml")).out, "needs a playback token"));
    CHECK(contains(cli.check("paths:\n  all_others:\n").out, "PLAYBACK_POLICY=signed"));
    // The settings count also when the commands use a server.
    cli.environment["RESCUESTREAM_SERVER"] = "http://127.0.0.1:8080";
    CHECK(contains(cli.check("paths:\n  all_others:\n").out, "PLAYBACK_POLICY=signed"));
}

TEST_CASE("a path that MediaMTX pulls from itself is told to need a credential at a signed path") {
    MovingCli cli;
    const std::string text =
        "rtspAddress: :18554\npaths:\n  copy:\n    source: rtsp://127.0.0.1:18554/live/a\n"
        "  other:\n    source: rtsp://127.0.0.1:8554/live/a\n"
        "  away:\n    source: rtsp://192.0.2.1:18554/live/a\n"
        "  helped:\n    source: rtsp://helper:secret@localhost:18554/live/a\n"
        "  hls:\n    source: http://localhost:8888/live/a/index.m3u8\n"
        "  srt:\n    source: srt://[::1]:8890?streamid=read:live/a\n  all_others:\n";
    for (const auto* policy : {"public", "signed"}) {
        CAPTURE(policy);
        cli.environment["PLAYBACK_POLICY"] = policy;
        const auto out = cli.check(text).out;
        for (const auto* path : {"copy", "hls", "srt"}) {
            CHECK(contains(line_with(out, "warning: paths." + std::string(path)),
                           "MediaMTX pulls this stream from itself"));
        }
        for (const auto* path : {"other", "away", "helped"}) {
            CHECK(line_with(out, "warning: paths." + std::string(path)).empty());
        }
        CHECK_FALSE(contains(out, "secret@"));
    }
}
