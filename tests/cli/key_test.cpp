#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/temporary_directory.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace {

// Returns the key value in a text.
}  // namespace

TEST_CASE("a new key is shown once, with every address that its owner needs") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    const auto created = cli.run({"key", "create", "--broadcaster", "Team", "--label", "Drone",
                                  "--path", "live/drone1", "--expires", "12h"});
    REQUIRE(created.code == 0);
    const auto value = value_in(created.out);
    REQUIRE(looks_like_key_value(value));
    const auto key = cli.core->list_stream_keys().value().items.at(0);
    for (const auto& part : std::vector<std::string>{
             "Id       " + key.id.to_string(),
             "Label    Drone",
             "Path     live/drone1",
             "Expires  Sat 17 Jan 22:00 UTC, in 12 h",
             "Server      rtmp://localhost:1935/live\n",
             "Stream Key  drone1?pass=" + value + "\n",
             "  RTMP    rtmp://localhost:1935/live/drone1?pass=" + value + "\n",
             "  RTSP    rtsp://",
             ":" + value + "@localhost:8554/live/drone1\n",
             "  SRT     srt://localhost:8890?streamid=publish:live/drone1:",
             "  WHIP    http://localhost:8889/live/drone1/whip\n",
             "Authorization: Bearer " + value + "\n",
             "printf 'rtmp_playpath=%s\\n' 'drone1?pass=" + value + "' >key.ffpreset)\n",
             "-fpre key.ffpreset -f flv 'rtmp://localhost:1935/live'\n",
             "  Browser http://localhost:8889/live/drone1/\n",
             "  HLS     http://localhost:8888/live/drone1/index.m3u8\n",
             "  WHEP    http://localhost:8889/live/drone1/whep\n",
             "  RTSP    rtsp://localhost:8554/live/drone1\n",
             "rtmp://localhost:1935/" + value + "\n",
             "or server rtmp://localhost:1935/live, stream key " + value + "\n"}) {
        INFO(part);
        CHECK(contains(created.out, part));
    }

    for (const auto& command : std::vector<std::vector<std::string>>{{"key", "list"},
                                                                     {"key", "show", "Drone"},
                                                                     {"key", "list", "--json"},
                                                                     {"audit", "list", "--json"}}) {
        const auto shown = cli.run(command);
        CHECK(shown.code == 0);
        CHECK_FALSE(contains(shown.out + shown.err, value));
    }
}

TEST_CASE("JSON has value and addresses of a key only when the key is created") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    const auto created = cli.run({"key", "create", "-b", "Team", "--json"});
    REQUIRE(created.code == 0);
    CHECK(contains(created.out, "\"key_value\":\"sk_"));
    CHECK(contains(created.out, "\"publish\":{\"obs\":{"));
    CHECK(contains(created.out, "\"playback\":{\"hls\":"));
    const auto listed = cli.run({"key", "list", "--json"});
    CHECK(contains(listed.out, "\"stream_keys\":[{\"id\":"));
    CHECK(contains(listed.out, "\"count\":1}"));
    CHECK_FALSE(contains(listed.out, "key_value"));
}

TEST_CASE("with --quiet only the id is output, and the value is not lost") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    const auto created = cli.run({"key", "create", "-b", "Team", "--quiet"});
    CHECK(created.out == cli.core->list_stream_keys().value().items.at(0).id.to_string() + "\n");
    CHECK(looks_like_key_value(value_in(created.err)));
}

TEST_CASE("a key value that goes to a file is not shown") {
    const testing::TemporaryDirectory directory;
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    int number = 0;
    const auto make = [&](std::vector<std::string> more) {
        const auto file = directory.file(std::to_string(++number));
        more.insert(more.end(), {"--value-file", file});
        const auto ran = cli.run(more);
        CHECK(ran.code == 0);
        CHECK_FALSE(looks_like_key_value(value_in(ran.out)));
        CHECK_FALSE(looks_like_key_value(value_in(ran.err)));
        CHECK(looks_like_key_value(value_in(file_text(file))));
        return ran.out;
    };
    const auto text = make({"key", "create", "-b", "Team", "--label", "Drone", "--path", "live/a"});
    CHECK(contains(text, "KEY stands for it"));
    CHECK(contains(text, "a?pass=KEY"));
    CHECK(contains(make({"key", "create", "-b", "Team", "--json"}), R"("key_value":"sk_***")"));
    make({"key", "rotate", "Drone", "--yes"});
    make({"key", "rotate", "Drone", "--yes", "--json"});
}

TEST_CASE("a value file is created before the key, is private, and never replaces a file") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    const auto directory =
        std::filesystem::temp_directory_path() / ("cli-key-" + std::to_string(::getpid()));
    std::filesystem::create_directory(directory);
    const std::string path = directory / "value";

    const auto created = cli.run({"key", "create", "-b", "Team", "-q", "--value-file", path});
    CHECK(created.code == 0);
    CHECK(created.err.empty());
    const auto text = file_text(path);
    REQUIRE(text.size() == 47);
    CHECK(looks_like_key_value(std::string_view(text).substr(0, 46)));
    CHECK(std::filesystem::status(path).permissions() ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));

    CHECK(cli.run({"key", "create", "-b", "Team", "--value-file", path}).code == 4);
    CHECK(file_text(path) == text);
    CHECK(cli.run({"key", "create", "-b", "Team", "--value-file", "/nonexistent/value"}).code == 2);
    const std::string other = directory / "other";
    CHECK(cli.run({"key", "create", "-b", "Team", "--path", "no//path", "--value-file", other})
              .code == 2);
    CHECK_FALSE(std::filesystem::exists(other));
    CHECK(cli.core->list_stream_keys().value().items.size() == 1);
    std::filesystem::remove_all(directory);
}

TEST_CASE("an expiry can be given as a time or as a duration") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    const auto expiry_of = [&](const std::string& text) {
        const auto id =
            StreamKeyId::parse(cli.id({"key", "create", "-b", "Team", "--expires", text}));
        return format_rfc3339(cli.core->find_stream_key(*id).value().expires_at.value());
    };
    CHECK(expiry_of("90s") == "2026-01-17T10:01:30.000000Z");
    CHECK(expiry_of("45m") == "2026-01-17T10:45:00.000000Z");
    CHECK(expiry_of("12h") == "2026-01-17T22:00:00.000000Z");
    CHECK(expiry_of("30d") == "2026-02-16T10:00:00.000000Z");
    CHECK(expiry_of("2w") == "2026-01-31T10:00:00.000000Z");
    CHECK(expiry_of("1h30m") == "2026-01-17T11:30:00.000000Z");
    CHECK(expiry_of("tonight") == "2026-01-17T23:59:00.000000Z");
    CHECK(expiry_of("10:30") == "2026-01-17T10:30:00.000000Z");
    CHECK(expiry_of("2026-12-01T00:00:00+01:00") == "2026-11-30T23:00:00.000000Z");
    const auto keys = cli.core->list_stream_keys().value().items.size();
    for (const char* wrong : {"0s", "-5m", "12", "h", "1y", "yesterday", "99999999999999999999d",
                              "2026-01-16", "09:59", "2026-01-17T09:59:59Z"}) {
        INFO(wrong);
        const auto ran =
            cli.run({"key", "create", "-b", "Team", "--expires=" + std::string(wrong)});
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, "--expires"));
    }
    CHECK(cli.core->list_stream_keys().value().items.size() == keys);
}

TEST_CASE("all wrong values of a new key are reported together, with their options") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    const auto ran = cli.run({"key", "create", "-b", "Team", "--path", "/x", "--label",
                              std::string(300, 'x'), "--expires", "2020-01-01T00:00:00Z"});
    CHECK(ran.code == 2);
    for (const char* option : {"--path: ", "--label: ", "--expires: "}) {
        INFO(option);
        CHECK(contains(ran.err, std::string("rescuestream-cli: ") + option));
    }
    CHECK(cli.run({"key", "create", "-b", "Team", "--on-duplicate", "maybe"}).code == 2);
    CHECK(cli.run({"key", "create", "-b", "Nobody"}).code == 3);
    CHECK(cli.run({"key", "create"}).code == 2);
    CHECK(cli.run({"key", "create", "-b", "Team", "--path", "live/x"}).code == 0);
    CHECK(cli.run({"key", "create", "-b", "Team", "--path", "live/x"}).code == 4);
}

TEST_CASE("a new key is shown with the policies that were given") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    const auto made = cli.run({"key", "create", "-b", "Team", "--priority", "80",
                               "--playback-policy", "signed", "--reconnect-window", "5m"});
    CHECK(made.code == 0);
    for (const char* line :
         {"Priority          80\n", "Watched by        signed\n", "Reconnect window  5 min\n"}) {
        INFO(line);
        CHECK(contains(made.out, line));
    }
}

TEST_CASE("keys are listed with their owner's name, and can be listed for one owner") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team A"});
    cli.id({"broadcaster", "add", "Team B"});
    const auto a = cli.id({"key", "create", "-b", "Team A", "--label", "Drone"});
    cli.core.clock.advance(std::chrono::seconds(1));
    const auto b = cli.id({"key", "create", "-b", "Team B", "--expires", "1h"});
    CHECK(cli.run({"key", "list", "-b", "Team B", "-q"}).out == b + "\n");
    cli.run({"key", "revoke", a, "--yes"});
    cli.core.clock.advance(std::chrono::hours(1));
    const auto table = cli.run({"key", "list"}).out;
    const auto lines = lines_of(table);
    REQUIRE(lines.size() == 3);
    CHECK(contains(lines[1], "Team B       expired  live/"));
    CHECK(contains(lines[1], "  0 s ago  -"));
    CHECK(contains(lines[2], "Drone  Team A       revoked  live/"));
    CHECK(contains(lines[2], "  never  "));
}

TEST_CASE("revoking a live key cuts its encoder off and says so") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    cli.core.clock.advance(std::chrono::seconds(1));
    const auto revoked = cli.run({"key", "revoke", "live/drone1", "--yes"});
    CHECK(revoked.code == 0);
    CHECK(revoked.out ==
          "Stream key " + key.key.id.to_string() + " revoked.\n1 connection cut off.\n");
    CHECK(cli.core.media->kick_count() == 1);
    CHECK_FALSE(cli.core.ask(key, "c2").accepted());
    CHECK(cli.core->list_audit({}).value().entries.at(0).actor == "cli:ada");

    const auto again = cli.run({"key", "revoke", key.key.id.to_string(), "--json", "--yes"});
    CHECK(again.code == 0);
    CHECK(contains(again.out, "\"status\":\"revoked\""));
    CHECK(contains(again.out, "\"cutoff\":{\"kicked\":0,\"pending\":0,\"nodes\":[]}}"));
}

TEST_CASE("revoking while the media server is down succeeds and reports pending cut-offs") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    cli.core.media->set_down(true);
    const auto revoked = cli.run({"key", "revoke", key.key.id.to_string(), "--yes"});
    CHECK(revoked.code == 0);
    CHECK(contains(revoked.out, "revoked."));
    CHECK(contains(revoked.err,
                   "1 connection on node default, which does not answer, could not be "
                   "cut off yet"));
    CHECK_FALSE(cli.core.ask(key, "c2").accepted());
}

TEST_CASE("a key can be given by label or path, which prefers keys that are not revoked") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    const auto old = cli.id({"key", "create", "-b", "Team", "--label", "Drone"});
    CHECK(cli.run({"key", "revoke", "Drone", "--yes"}).code == 0);
    CHECK(cli.id({"key", "show", "Drone"}) == old);
    const auto current = cli.id({"key", "create", "-b", "Team", "--label", "Drone"});
    CHECK(cli.id({"key", "show", "Drone"}) == current);
    cli.id({"key", "create", "-b", "Team", "--label", "Drone"});
    CHECK(cli.run({"key", "show", "Drone"}).code == 2);
    CHECK(cli.run({"key", "show", ""}).code == 3);
}

TEST_CASE("a key value given by mistake is not repeated") {
    TestCli cli;
    const std::string value = "sk_" + std::string(43, 'A');
    const auto ran = cli.run({"key", "revoke", value, "--yes"});
    CHECK(ran.code == 3);
    CHECK_FALSE(contains(ran.out + ran.err, value));
}
