#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "mediamtx/local_publisher.hpp"
#include "mediamtx/owner_file.hpp"
#include "support/temporary_directory.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using rescuestream::testing::TemporaryDirectory;

namespace {

/// The command line and a directory with an owner's file in it.
class MovingCli : public TestCli {
public:
    MovingCli() { environment["DATA_DIR"] = place.file("data"); }

    /// Writes an owner's file and returns its path.
    std::string write(const std::string& text, const std::string& name = "mediamtx.yml") const {
        const auto path = place.file(name);
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }
    Ran check(const std::string& text, std::vector<std::string> more = {}) {
        std::vector<std::string> words{"mediamtx", "check", write(text, "checked.yml")};
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    }
    Ran merge(const std::string& text, std::vector<std::string> more = {}) {
        std::vector<std::string> words{"mediamtx", "config", "--merge", write(text, "merged.yml")};
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    }

    TemporaryDirectory place;
};

std::string owner_file(const std::string& name) {
    return file_text(std::string(RESCUESTREAM_OWNER_FILES) + "/" + name);
}

/// Returns the shortest list of lines to remove ("-") and to add ("+"), in order.
std::string changes(const std::string& before, const std::string& after) {
    const auto old_lines = lines_of(before);
    const auto new_lines = lines_of(after);
    // common[i][j]: the most lines that both have from line i and line j on.
    std::vector<std::vector<int>> common(old_lines.size() + 1,
                                         std::vector<int>(new_lines.size() + 1));
    for (std::size_t i = old_lines.size(); i-- > 0;) {
        for (std::size_t j = new_lines.size(); j-- > 0;) {
            common[i][j] = old_lines[i] == new_lines[j]
                               ? common[i + 1][j + 1] + 1
                               : std::max(common[i + 1][j], common[i][j + 1]);
        }
    }
    std::string out;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < old_lines.size() || j < new_lines.size()) {
        if (i < old_lines.size() && j < new_lines.size() && old_lines[i] == new_lines[j]) {
            ++i;
            ++j;
        } else if (j == new_lines.size() ||
                   (i < old_lines.size() && common[i + 1][j] >= common[i][j + 1])) {
            out += "-" + old_lines[i++] + "\n";
        } else {
            out += "+" + new_lines[j++] + "\n";
        }
    }
    return out;
}

bool is_comment(const std::string& line) {
    const auto first = line.find_first_not_of(' ');
    return first != std::string::npos && line[first] == '#';
}

/// Returns the line of `text` that has `part`; empty: there is none.
std::string line_with(const std::string& text, std::string_view part) {
    for (const auto& line : lines_of(text)) {
        if (contains(line, part)) return line;
    }
    return "";
}

const std::string kReadyHook =
    "'/usr/bin/rescuestream-cli hook ready --server http://127.0.0.1:8080'";
const std::string kNotReadyHook =
    "'/usr/bin/rescuestream-cli hook not-ready --server http://127.0.0.1:8080'";

}  // namespace

TEST_CASE("a merge changes what must change, and every other line stays, comments included") {
    MovingCli cli;
    const auto before = owner_file("users.yml");
    const auto merged = cli.merge(before);
    REQUIRE(merged.code == 0);
    CHECK(changes(before, merged.out) ==
          "-  overridePublisher: no\n"
          "+  overridePublisher: yes\n"
          "+  runOnReady: " +
              kReadyHook +
              "\n"
              "+  runOnNotReady: " +
              kNotReadyHook +
              "\n"
              "+  all_others: {}\n"
              "+\n"
              "+# Added by `rescuestream-cli mediamtx config --merge`.\n"
              "+authMethod: http\n"
              "+authHTTPAddress: 'http://127.0.0.1:8080/auth'\n"
              "+authHTTPExclude: []\n"
              "+api: yes\n"
              "+apiAddress: '127.0.0.1:9997'\n"
              "+apiAllowOrigins: []\n");
    CHECK(contains(merged.err, ":30: error: pathDefaults.overridePublisher: "));
}

TEST_CASE("a merge of a merged file changes nothing, and nothing must change in it") {
    for (const auto* name :
         {"users.yml", "cameras.yml", "helpers.yml", "tokens.yml", "another_server.yml",
          "encrypted.yml", "hooks.yml", "windows.yml", "brackets.yml"}) {
        CAPTURE(name);
        MovingCli cli;
        const auto before = owner_file(name);
        CHECK(cli.check(before).code == 1);
        const auto once = cli.merge(before);
        REQUIRE(once.code == 0);
        CHECK(once.out != before);
        CHECK(cli.merge(once.out).out == once.out);
        const auto checked = cli.check(once.out);
        CHECK(checked.code == 0);
        CHECK(contains(checked.out, "0 must change"));
        for (const auto& line : lines_of(changes(before, once.out))) {
            if (line.starts_with("-")) CHECK_FALSE(is_comment(line.substr(1)));
        }
    }
}

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

TEST_CASE("devices that publish to their key are not recorded under it after a merge") {
    MovingCli cli;
    const std::string entry = "  '~^(.+/)?sk_[0-9A-Za-z_-]{43}$': {record: no}\n";
    const auto cameras = cli.merge(owner_file("cameras.yml"));
    CHECK(contains(cameras.out, entry));
    CHECK(contains(cameras.out, "  all_others: {}\n"));
    CHECK(contains(cli.merge(owner_file("hooks.yml")).out, entry));
    cli.environment["LEGACY_PATH_KEYS"] = "deny";
    CHECK_FALSE(contains(cli.merge(owner_file("cameras.yml")).out, entry));
}

TEST_CASE(
    "an expression that precedes the entry of secret paths and records is left to its owner") {
    MovingCli cli;
    const auto checked = cli.check("paths:\n  '~.+':\n    record: yes\n");
    CHECK(checked.code == 1);
    CHECK(contains(line_with(checked.out, ":2: error: paths.~.+: "), "Change it by hand."));
    // Any other is preceded by the entry that is added.
    const auto merged = cli.merge("paths:\n  '~^live/':\n    record: yes\n");
    CHECK(contains(merged.out, "sk_[0-9A-Za-z_-]{43}$': {record: no}\n"));
    CHECK(cli.check(merged.out).code == 0);
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
    CHECK(contains(line_with(checked.out, "(?P<car>"), "was not understood"));
    CHECK(contains(line_with(checked.out, "warning: paths: "), "sk_…"));
}

TEST_CASE("another server that is asked is replaced, and what it excluded becomes a comment") {
    MovingCli cli;
    const auto before = owner_file("another_server.yml");
    const auto merged = cli.merge(before, {"--api-bind", "::1", "--no-hooks"});
    CHECK(changes(before, merged.out) ==
          "-authHTTPAddress: http://127.0.0.1:3000/mediamtx\n"
          "-authHTTPExclude:\n"
          "+authHTTPAddress: 'http://127.0.0.1:8080/auth'\n"
          "+authHTTPExclude: []\n"
          "-- action: read\n"
          "-- action: playback\n"
          "+# - action: read\n"
          "+# - action: playback\n"
          "-- action: api\n"
          "+# - action: api\n");
    const auto checked = cli.check(before);
    CHECK(contains(line_with(checked.out, "authHTTPAddress"), "is not asked any more"));
    CHECK(contains(line_with(checked.out, "authHTTPExclude"), "error"));
}

TEST_CASE("an empty pathDefaults receives the hooks, at any release by its own names") {
    MovingCli cli;
    const auto before = owner_file("another_server.yml");
    CHECK(contains(cli.merge(before).out, "pathDefaults:\n  runOnReady: " + kReadyHook +
                                              "\n  runOnNotReady: " + kNotReadyHook +
                                              "\npaths:\n"));
    const auto newer = cli.merge(before, {"--mediamtx-version", "v1.20.1"}).out;
    CHECK(contains(newer, "  runOnAvailable: " + kReadyHook + "\n"));
    CHECK(contains(newer, "\nmoq: no\n"));
}

TEST_CASE("a hook of the owner stays, and RescueStream's is not added in its place") {
    MovingCli cli;
    const auto before = owner_file("hooks.yml");
    const auto merged = cli.merge(before);
    CHECK(contains(merged.out, "  runOnReady: touch ready-of-the-owner\n"));
    CHECK(contains(merged.out, "  runOnNotReady: " + kNotReadyHook + "\n"));
    CHECK(contains(merged.out, "  disablePublisherOverride: no\n"));
    const auto checked = cli.check(before);
    CHECK(contains(line_with(checked.out, "pathDefaults.runOnReady"), "Your hook keeps running."));
    CHECK(contains(line_with(checked.out, "runOnConnect"), "keeps running"));
}

TEST_CASE("a hook of RescueStream that names another server is replaced") {
    MovingCli cli;
    const auto merged = cli.merge(cli.merge(owner_file("hooks.yml")).out,
                                  {"--server-url", "http://192.0.2.5:8080"});
    CHECK(contains(merged.out, "hook not-ready --server http://192.0.2.5:8080'"));
    CHECK(contains(merged.out, "authHTTPAddress: 'http://192.0.2.5:8080/auth'"));
    CHECK_FALSE(contains(merged.out, "http://127.0.0.1:8080"));
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

TEST_CASE("digest credentials are replaced, and MediaMTX's old names are understood") {
    MovingCli cli;
    CHECK(contains(cli.merge(owner_file("encrypted.yml")).out, "rtspAuthMethods: [basic]\n"));
    const auto old_names = cli.merge(
        "authMethods: [digest]  # old\nexternalAuthenticationURL: http://192.0.2.1/a\n"
        "apiAllowOrigin: '*'\npaths:\n  all:\n");
    CHECK(contains(old_names.out,
                   "authMethods: [basic]  # old\n"
                   "# externalAuthenticationURL: http://192.0.2.1/a\n"
                   "apiAllowOrigins: []\n"));
}

TEST_CASE("line ends, characters and a missing last line end of the owner's file are kept") {
    MovingCli cli;
    const auto merged = cli.merge(owner_file("windows.yml")).out;
    CHECK(contains(merged, "rtsp: yes\r\napi: yes\r\npaths:\r\n  # r\xC3\xA9gie\r\n  cam:\r\n"));
    std::size_t at = 0;
    while ((at = merged.find('\n', at)) != std::string::npos) {
        CHECK(merged[at - 1] == '\r');
        ++at;
    }
    CHECK(contains(cli.merge("\xEF\xBB\xBF# caf\xC3\xA9\napi: no # no\npaths:\n  all:").out,
                   "# caf\xC3\xA9\napi: yes # no\npaths:\n  all:\n"));
}

TEST_CASE("a mapping that entries share by an alias is changed once and for all of them") {
    MovingCli cli;
    const auto merged = cli.merge(
        "paths:\n  a: &same\n    overridePublisher: no\n  b: *same\n  c:\n    <<: *same\n"
        "    maxReaders: 2\n  all_others:\n");
    CHECK(merged.code == 0);
    CHECK(contains(merged.out, "  a: &same\n    overridePublisher: yes\n  b: *same\n"));
}

TEST_CASE("a file in brackets stays one") {
    MovingCli cli;
    const auto merged = cli.merge(owner_file("brackets.yml"), {"--no-hooks"});
    CHECK(merged.out ==
          "{authMethod: http, paths: {all_others: {}}, authHTTPAddress: "
          "'http://127.0.0.1:8080/auth', authHTTPExclude: [], api: yes, apiAddress: "
          "'127.0.0.1:9997', apiAllowOrigins: []}\n");
}

TEST_CASE("what cannot be edited in place is left to its owner, and the check says so") {
    MovingCli cli;
    const std::string text = "rtmp: &flag no\napi: *flag\npaths:\n  all:\n";
    CHECK(contains(line_with(cli.check(text).out, ":2: error: api:"), "Change it by hand."));
    // Half of the changes could leave a file with which MediaMTX does not start.
    const auto merged = cli.merge(text);
    CHECK(merged.code == 8);
    CHECK(merged.out.empty());
    CHECK(contains(merged.err, "line 2 has api in a form that cannot be changed in place"));
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

TEST_CASE("an empty file receives everything that RescueStream needs") {
    MovingCli cli;
    const auto merged = cli.merge("# nothing yet\n");
    CHECK(merged.code == 0);
    CHECK(merged.out.starts_with("# nothing yet\n"));
    CHECK(contains(merged.out, "paths:\n  all_others: {}\n"));
    CHECK(cli.merge(merged.out).out == merged.out);
}

TEST_CASE("an end marker stays the last line of the document") {
    MovingCli cli;
    const auto merged = cli.merge("---\napi: no\npaths:\n  all:\n...\n");
    CHECK(contains(merged.out, "---\napi: yes\n"));
    CHECK(merged.out.ends_with("apiAllowOrigins: []\n...\n"));
}

TEST_CASE("a merge in place keeps the previous file and its mode") {
    MovingCli cli;
    const auto before = owner_file("users.yml");
    const auto file = cli.write(before);
    std::filesystem::permissions(file, std::filesystem::perms(0640));
    const auto merged = cli.run({"mediamtx", "config", "--merge", file, "--output", file});
    REQUIRE(merged.code == 0);
    CHECK(file_text(file + ".before-rescuestream") == before);
    CHECK(contains(file_text(file), "authMethod: http"));
    CHECK(std::filesystem::status(file).permissions() == std::filesystem::perms(0640));
    // The second time nothing is written and no second copy is made.
    const auto again = cli.run({"mediamtx", "config", "--merge", file, "--output", file});
    CHECK(again.code == 0);
    CHECK(contains(again.err, "needs no change"));
    CHECK_FALSE(std::filesystem::exists(file + ".before-rescuestream.2"));
    // A later change keeps both previous files.
    std::ofstream(file, std::ios::app) << "\n";
    const auto edited = file_text(file);
    CHECK(cli.run({"mediamtx", "config", "--merge", file, "--output", file, "--server-url",
                   "http://192.0.2.9:8080"})
              .code == 0);
    CHECK(file_text(file + ".before-rescuestream") == before);
    CHECK(file_text(file + ".before-rescuestream.2") == edited);
}

TEST_CASE("a merge does not overwrite another file, unless it is told to") {
    MovingCli cli;
    const auto file = cli.write(owner_file("users.yml"));
    const auto other = cli.write("precious\n", "other.yml");
    CHECK(cli.run({"mediamtx", "config", "--merge", file, "--output", other}).code == 4);
    CHECK(file_text(other) == "precious\n");
    CHECK(cli.run({"mediamtx", "config", "--merge", file, "--output", other, "--force"}).code == 0);
    CHECK(file_text(other + ".before-rescuestream") == "precious\n");
    const auto fresh = cli.place.file("fresh.yml");
    CHECK(cli.run({"mediamtx", "config", "--merge", file, "--output", fresh}).code == 0);
    CHECK(std::filesystem::status(fresh).permissions() == std::filesystem::perms(0600));
}

TEST_CASE("options of a new file cannot be combined with a merge") {
    MovingCli cli;
    const auto file = cli.write(owner_file("users.yml"));
    const auto ran = cli.run({"mediamtx", "config", "--merge", file, "--rtsp-port", "9000"});
    CHECK(ran.code == 2);
    CHECK(contains(ran.err, "--rtsp-port"));
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
