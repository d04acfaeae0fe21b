// Nothing is destroyed without a yes.
#include <doctest/doctest.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <functional>
#include <set>

#include "rescuestream/storage.hpp"
#include "support/temporary_directory.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace {

using Words = std::vector<std::string>;

// Calls `visit(path, command)` for each command that has no commands below it.
void for_each_command(const CLI::App& app, const std::string& path,
                      const std::function<void(const std::string&, const CLI::App&)>& visit) {
    const auto below = app.get_subcommands([](const CLI::App*) { return true; });
    if (below.empty()) visit(path, app);
    for (const auto* command : below) {
        for_each_command(
            *command, path.empty() ? command->get_name() : path + " " + command->get_name(), visit);
    }
}

/// A broadcaster with a key that publishes a live stream, and a node.
class ConsentCase {
public:
    ConsentCase() {
        cli.id({"broadcaster", "add", "Team"});
        cli.id({"key", "create", "-b", "Team", "--label", "drone", "--path", "live/drone"});
        cli.id({"credential", "add", "map", "--scope", "admin"});
        cli.id({"incident", "open", "Lake"});
        cli.id({"guest", "add", "--incident", "Lake", "--label", "Fire brigade"});
        cli.id({"node", "add", "north", "--api-url", "http://north:9997", "--webrtc",
                "http://north:8889", "--hls", "http://north:8888", "--rtsp", "rtsp://north:8554",
                "--rtmp", "rtmp://north:1935", "--srt", "srt://north:8890"});
    }

    /// Everything that a command could change.
    std::string state() {
        std::string all;
        for (const auto& list : std::vector<Words>{{"broadcaster", "list"},
                                                   {"key", "list"},
                                                   {"incident", "list"},
                                                   {"guest", "list"},
                                                   {"node", "list"},
                                                   {"credential", "list"},
                                                   {"stream", "list", "--state", "all"},
                                                   {"audit", "list"}}) {
            Words words = list;
            words.emplace_back("--json");
            all += cli.run(words).out;
        }
        return all;
    }

    TestCli cli;
};

}  // namespace

TEST_CASE("each command either has --yes or is one that destroys nothing") {
    // A new command belongs here if nobody could regret it; otherwise it calls add_yes and confirm.
    const std::set<std::string> harmless{"__complete",
                                         "audit checkpoint",
                                         "audit export",
                                         "audit list",
                                         "audit verify",
                                         "broadcaster add",
                                         "broadcaster edit",
                                         "broadcaster enable",
                                         "broadcaster list",
                                         "broadcaster show",
                                         "completion bash",
                                         "completion fish",
                                         "completion zsh",
                                         "__complete",
                                         "credential add",
                                         "credential edit",
                                         "credential list",
                                         "credential show",
                                         "doctor",
                                         "db copy",
                                         "db status",
                                         "guest add",
                                         "guest edit",
                                         "guest list",
                                         "guest show",
                                         "health",
                                         "hook not-ready",
                                         "hook ready",
                                         "incident assign",
                                         "incident edit",
                                         "incident list",
                                         "incident open",
                                         "incident reopen",
                                         "incident report",
                                         "incident show",
                                         "incident unassign",
                                         "key create",
                                         "key edit",
                                         "key enable",
                                         "key list",
                                         "key show",
                                         "mediamtx check",
                                         "mediamtx config",
                                         "node add",
                                         "node drain",
                                         "node edit",
                                         "node list",
                                         "node show",
                                         "node undrain",
                                         "playback token",
                                         "playback-key import",
                                         "playback-key list",
                                         "profile add",
                                         "profile list",
                                         "profile use",
                                         "refusals",
                                         "viewer list",
                                         "status",
                                         "stream list",
                                         "stream show",
                                         "stream timeline",
                                         "whoami"};
    TestCli cli;
    std::istringstream in;
    std::ostringstream out;
    Host host{
        in, out, out, false, false, [](std::string_view) { return std::nullopt; }, cli.core.clock,
        "", "",  {}};
    Program program{host, {}, {}, {}};
    CLI::App app;
    build_commands(app, program);
    std::set<std::string> without;
    for_each_command(app, "", [&](const std::string& path, const CLI::App& command) {
        if (command.get_option_no_throw("--yes") == nullptr) without.insert(path);
    });
    for (const auto& path : without) {
        CAPTURE(path);
        CHECK(harmless.count(path) == 1);
    }
    for (const auto& path : harmless) {
        CAPTURE(path);
        CHECK(without.count(path) == 1);
    }
}

TEST_CASE_FIXTURE(ConsentCase,
                  "without a terminal a command that destroys something needs --yes, and otherwise "
                  "says so, ends with 2 and changes nothing") {
    const auto before = state();
    for (const auto& words : std::vector<Words>{{"key", "rotate", "drone"},
                                                {"key", "disable", "drone"},
                                                {"key", "revoke", "drone"},
                                                {"broadcaster", "disable", "Team"},
                                                {"broadcaster", "remove", "Team"},
                                                {"broadcaster", "remove", "Team", "--force"},
                                                {"playback", "revoke", "--path", "live/drone"},
                                                {"playback-key", "rotate", "--overlap", "0s"},
                                                {"playback-key", "remove", "k"},
                                                {"credential", "rotate", "map"},
                                                {"credential", "revoke", "map"},
                                                {"credential", "remove", "map"},
                                                {"incident", "close", "Lake"},
                                                {"guest", "close", "Fire brigade"},
                                                {"node", "enforce", "north"},
                                                {"node", "remove", "north"}}) {
        const auto ran = cli.run(words);
        CAPTURE(words[0] + " " + words[1]);
        CHECK(ran.code == 2);
        CHECK(ran.out.empty());
        CHECK(contains(ran.err, "Nothing was changed"));
        CHECK(contains(ran.err, "--yes"));
        CHECK(state() == before);
    }
}

TEST_CASE_FIXTURE(ConsentCase, "on a terminal every other answer than yes changes nothing") {
    cli.terminal = true;
    const auto before = state();
    for (const char* answer : {"n\n", "\n", "", "yess\n", "N\n"}) {
        cli.answer = answer;
        CHECK(cli.run({"key", "revoke", "drone"}).code == 9);
        CHECK(cli.run({"broadcaster", "remove", "Team"}).code == 9);
    }
    CHECK(state() == before);
    cli.answer = "y\n";
    CHECK(cli.run({"key", "revoke", "drone"}).code == 0);
    CHECK(state() != before);
}

TEST_CASE("a database is restored, and a copy replaced, only with a yes") {
    const testing::TemporaryDirectory directory;
    TestCli cli;
    const std::string uri = "sqlite:" + directory.file("live.db");
    const std::string copy = directory.file("copy.db");
    cli.environment["DATABASE_URL"] = uri;
    const int newest =
        open_storage(uri).value()->migrate(std::nullopt, Timestamp{}).value().current;
    REQUIRE(cli.run({"db", "backup", copy}).code == 0);
    for (const auto& words :
         std::vector<Words>{{"db", "restore", copy}, {"db", "backup", copy, "--force"}}) {
        const auto ran = cli.run(words);
        CAPTURE(words[1]);
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, "--yes"));
    }
    CHECK(open_storage(uri).value()->schema_status().value().current == newest);
}
