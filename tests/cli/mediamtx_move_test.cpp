// What `mediamtx config --merge` changes in a file of an owner.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "moving_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace {

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
    CHECK(contains(merged.err, ":30: changed: pathDefaults.overridePublisher (why: "));
    CHECK_FALSE(contains(merged.err, "error:"));
    CHECK_FALSE(contains(merged.err, "[merge]"));
    // The reasons are about the file as it is now.
    for (const auto* word : {"must be", "should be", "should listen", "must ask"}) {
        CAPTURE(word);
        CHECK_FALSE(contains(merged.err, word));
    }
    CHECK(contains(line_with(merged.err, "changed: authMethod"), "It is http now"));
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
    // With the credential of the node, because it is on another machine.
    CHECK(contains(merged.out, "authHTTPAddress: 'http://mediamtx:rsm_default."));
    CHECK(contains(merged.out, "@192.0.2.5:8080/auth'"));
    CHECK_FALSE(contains(merged.out, "http://127.0.0.1:8080"));
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
