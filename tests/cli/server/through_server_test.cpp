#include <doctest/doctest.h>

#include "../test_cli.hpp"
#include "admin/http_admin.hpp"
#include "test_server.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace {

constexpr const char* kSecret = "correct horse battery staple 0123";

class ServedCli {
public:
    ServedCli() : server_(*cli.core.orchestrator, kSecret) {
        cli.environment["RESCUESTREAM_SERVER"] = server_.origin();
        cli.environment["API_SECRET"] = kSecret;
        cli.through_server = true;
    }

    /// The same command without a server.
    Ran run_directly(const std::vector<std::string>& arguments) {
        auto saved = cli.environment;
        cli.environment.erase("RESCUESTREAM_SERVER");
        const Ran ran = cli.run(arguments);
        cli.environment = std::move(saved);
        return ran;
    }

    TestCli cli;

private:
    TestServer server_;
};

}  // namespace

TEST_CASE("reading through a server prints the same as reading directly") {
    ServedCli served;
    auto& cli = served.cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    cli.core.clock.advance(std::chrono::seconds(1));
    cli.id({"broadcaster", "add", "J\xC3\xBCrgen \"2\"", "--metadata",
            R"({"n":1.5,"deep":{"list":[1,null,"x"]}})"});
    cli.core.clock.advance(std::chrono::seconds(1));
    cli.id({"key", "create", "-b", "Rescue 1", "--label", "Second", "--expires", "1h",
            "--on-duplicate", "takeover", "--stale-after", "7", "--max-session-duration", "1d"});
    cli.core.clock.advance(std::chrono::seconds(1));
    const auto stream = cli.core.live().at(0).id.to_string();
    RefusedQuestion refused;
    refused.attempt.remote_address = "2001:db8::1";
    refused.attempt.path = "live/\"x\"";
    refused.attempt.reason = "wrong_path";
    refused.attempt.user_agent = "Larix";
    refused.attempt.stream_key_id = key.key.id;
    cli.core->note_refusal(refused);
    refused.attempt.action = RefusedAction::kRead;
    refused.attempt.reason = "secret_path";
    refused.attempt.stream_key_id.reset();
    cli.core->note_refusal(refused);
    cli.core.media->receive_bytes("live/drone1", 1'000);
    cli.core->tick();
    for (const auto& command : std::vector<std::vector<std::string>>{
             {"broadcaster", "list"},
             {"broadcaster", "list", "--limit", "1"},
             {"broadcaster", "show", "Rescue 1"},
             {"key", "list"},
             {"key", "list", "-b", "Rescue 1"},
             {"key", "show", "Second"},
             {"key", "show", "live/drone1"},
             {"stream", "list"},
             {"stream", "list", "--state", "all"},
             {"stream", "list", "--state", "ended"},
             {"stream", "list", "--key", "live/drone1"},
             {"stream", "show", stream},
             {"stream", "show", "live/drone1"},
             {"stream", "timeline", stream},
             {"stream", "list", "--node", "default", "--from", "1h", "--to", "1s"},
             {"refusals"},
             {"refusals", "--key", "live/drone1", "--reason", "wrong_path", "--since", "1h"},
             {"refusals", "--address", "2001:db8::2", "--path", "live/\"x\"", "--limit", "1"},
             {"refusals", "--follow"},
             {"node", "list"},
             {"node", "show", "default"},
             {"audit", "list"},
             {"audit", "list", "--limit", "2", "--offset", "1", "--action", "create"},
             {"audit", "list", "--actor", "TEST", "--from", "1h", "--to", "1s"},
             {"audit", "list", "--resource-type", "stream_key"}}) {
        for (const char* form : {"--json", "--quiet", ""}) {
            auto arguments = command;
            if (*form != '\0') arguments.emplace_back(form);
            std::string shown;
            for (const auto& argument : arguments) shown += argument + ' ';
            INFO(shown);
            const Ran through = cli.run(arguments);
            CHECK(cli.opened->server);
            const Ran directly = served.run_directly(arguments);
            CHECK(cli.opened->direct);
            CHECK(through.code == 0);
            CHECK(through.code == directly.code);
            CHECK(through.out == directly.out);
            CHECK(through.err == directly.err);
        }
    }
}

TEST_CASE("a list through a server continues at its cursor and can be limited to one owner") {
    ServedCli served;
    auto& cli = served.cli;
    for (const char* name : {"a", "b"}) {
        cli.id({"broadcaster", "add", name});
        cli.id({"key", "create", "-b", name, "--label", name});
        cli.core.clock.advance(std::chrono::seconds(1));
    }
    const auto first = cli.run({"key", "list", "--limit", "1", "--json"});
    CHECK(contains(first.out, "\"label\":\"b\""));
    const auto start = first.out.find("next_cursor\":\"") + 14;
    const auto cursor = first.out.substr(start, first.out.find('"', start) - start);
    const auto second = cli.run({"key", "list", "--limit", "1", "--json", "--cursor", cursor});
    CHECK(contains(second.out, "\"label\":\"a\""));
    CHECK_FALSE(contains(second.out, "next_cursor"));
    const auto of_a = cli.run({"key", "list", "-b", "a", "--json"});
    CHECK(contains(of_a.out, "\"count\":1}"));
    CHECK(contains(of_a.out, "\"label\":\"a\""));
}

TEST_CASE("every change through a server is carried out and recorded with the user's name") {
    ServedCli served;
    auto& cli = served.cli;
    cli.id({"broadcaster", "add", "Team"});
    cli.core.clock.advance(std::chrono::seconds(1));
    CHECK(cli.run({"broadcaster", "edit", "Team", "--name", "Crew", "--metadata", R"({"a":1})"})
              .code == 0);
    const auto crew = cli.core->list_broadcasters().value().items.at(0);
    CHECK(crew.display_name == "Crew");
    CHECK(crew.metadata.text() == R"({"a":1})");
    CHECK(cli.core->list_audit({}).value().entries.at(0).actor == "cli:ada");

    const auto created = cli.run({"key", "create", "-b", "Crew", "--path", "live/x"});
    CHECK(created.code == 0);
    CHECK(contains(created.out, "  RTMP    rtmp://localhost:1935/live/x?pass=sk_"));
    CHECK(contains(created.out, "  HLS     http://localhost:8888/live/x/index.m3u8"));
    cli.core.clock.advance(std::chrono::seconds(1));
    CHECK(cli.run({"key", "list", "--auth", "shared-secret", "-q"}).code == 0);
    CHECK(cli.run({"broadcaster", "remove", "Crew", "--yes"}).code == 0);
    CHECK(cli.core->list_broadcasters().value().items.empty());
}

TEST_CASE("a cut-off through a server reports what was cut off") {
    ServedCli served;
    auto& cli = served.cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    const auto stopped = cli.run({"stream", "stop", "live/drone1", "--yes"});
    CHECK(stopped.code == 0);
    CHECK(contains(stopped.out, ": ended: stopped.\n1 connection cut off.\n"));
    REQUIRE(cli.core.publish(key, "c2"));
    const auto refused = cli.run({"broadcaster", "remove", "Rescue 1", "--yes"});
    CHECK(refused.code == 4);
    CHECK(contains(refused.err, "--force"));
    const auto revoked = cli.run({"key", "revoke", "live/drone1", "--yes"});
    CHECK(contains(revoked.out, " revoked.\n1 connection cut off.\n"));
    CHECK(cli.core.media->kick_count() == 2);

    NewStreamKey input;
    input.broadcaster_id = key.key.broadcaster_id;
    input.playback_path = "live/second";
    const auto second = cli.core->create_stream_key(input, cli.core.caller).value();
    REQUIRE(cli.core.publish(second, "c3"));
    const auto removed = cli.run({"broadcaster", "remove", "Rescue 1", "--force", "--yes"});
    CHECK(removed.code == 0);
    CHECK(contains(removed.out, "1 connection cut off."));
}

TEST_CASE("changes of keys and broadcasters work through a server as they do directly") {
    ServedCli served;
    auto& cli = served.cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    CHECK(cli.run({"key", "edit", "live/drone1", "--label", "Boat", "--expires", "1h",
                   "--reconnect-window", "5m", "--stale-after", "9"})
              .code == 0);
    CHECK(cli.run({"key", "edit", "Boat", "--reset", "expires_at,stale_after"}).code == 0);
    const auto edited = cli.core->find_stream_key(key.key.id).value();
    CHECK(edited.label == "Boat");
    CHECK_FALSE(edited.expires_at);
    CHECK_FALSE(edited.policies.stale_after);
    CHECK(edited.policies.reconnect_window == std::chrono::minutes(5));

    CHECK(contains(cli.run({"key", "disable", "Boat", "--yes"}).out,
                   " disabled.\n1 connection cut off.\n"));
    CHECK_FALSE(cli.core.ask(key, "c2").accepted());
    CHECK(contains(cli.run({"key", "enable", "Boat"}).out, " enabled.\n"));
    CHECK(contains(cli.run({"broadcaster", "disable", "Rescue 1", "--yes"}).out, " disabled: "));
    CHECK(contains(cli.run({"broadcaster", "show", "Rescue 1"}).out, "Status    disabled\n"));
    CHECK(contains(cli.run({"broadcaster", "enable", "Rescue 1"}).out, " enabled.\n"));
    REQUIRE(cli.core.publish(key, "c3"));

    const auto rotated = cli.run({"key", "rotate", "Boat", "--overlap", "10m", "--yes"});
    CHECK(rotated.code == 0);
    CHECK(contains(rotated.out,
                   "Old value         valid until 2026-01-17 10:10:00 UTC (in 10 min)\n"));
    CHECK(contains(rotated.out, "  RTMP    rtmp://localhost:1935/live/drone1?pass=sk_"));
    const auto id = cli.core.live().at(0).id.to_string();
    cli.core.clock.advance(std::chrono::seconds(1));  // makes its audit entry the newest
    CHECK(contains(cli.run({"stream", "stop", id, "--block", "1m", "--yes"}).out,
                   "1 connection cut off."));
    CHECK_FALSE(cli.core.ask(key, "c4").accepted());
    cli.core.clock.advance(std::chrono::minutes(1));
    CHECK(cli.core.ask(key, "c4").accepted());
    CHECK(cli.core->list_audit({}).value().entries.at(0).actor == "cli:ada");
}

TEST_CASE("changes of nodes work through a server as they do directly") {
    ServedCli served;
    auto& cli = served.cli;
    CHECK(cli.run({"node", "add", "north", "--label", "North", "--api-url", "http://127.0.0.1:1",
                   "--webrtc", "https://north.example:8889"})
              .code == 0);
    CHECK(cli.run({"node", "edit", "north", "--srt", "srt://north.example:1"}).code == 0);
    const auto node = cli.core->find_node("north").value().node;
    CHECK(node.label == "North");
    CHECK(node.addresses.srt == "srt://north.example:1");
    CHECK(node.addresses.rtmp == "rtmp://north.example:1935");
    CHECK(contains(cli.run({"node", "drain", "north"}).out, "draining"));
    CHECK(cli.run({"node", "undrain", "north", "--quiet"}).out == "north\n");
    CHECK_FALSE(cli.core->find_node("north").value().node.draining);
    const auto wrong = cli.run({"node", "add", "x", "--api-url", "y", "--srt", "z"});
    CHECK(wrong.code == 2);
    CHECK(contains(wrong.err, " --api-url: "));
    CHECK(contains(wrong.err, " --srt: "));
    CHECK(cli.run({"node", "remove", "north", "--yes"}).code == 0);
    CHECK(cli.run({"node", "show", "north"}).code == 3);
}

TEST_CASE("errors through a server have the same exit codes and option names as without one") {
    ServedCli served;
    auto& cli = served.cli;
    cli.id({"broadcaster", "add", "Team"});
    const auto key = cli.id({"key", "create", "-b", "Team"});
    for (const auto& [command, code] : std::vector<std::pair<std::vector<std::string>, int>>{
             {{"broadcaster", "add", " "}, 2},
             {{"broadcaster", "show", "00000000-0000-7000-8000-000000000000"}, 3},
             {{"key", "show", "00000000-0000-7000-8000-000000000000"}, 3},
             {{"stream", "show", "00000000-0000-7000-8000-000000000000"}, 3},
             {{"key", "create", "-b", "Team", "--path", "/x", "--label", std::string(300, 'x'),
               "--expires", "2020-01-01T00:00:00Z"},
              2},
             {{"key", "create", "-b", "00000000-0000-7000-8000-000000000000"}, 2},
             {{"key", "edit", key, "--stale-after", "61", "--reconnect-window", "31m"}, 2},
             {{"key", "edit", key, "--stale-after", "5", "--reset", "stale_after"}, 2},
             {{"key", "rotate", key, "--overlap", "8d", "--yes"}, 2},
             {{"key", "rotate", "00000000-0000-7000-8000-000000000000", "--yes"}, 3},
             {{"broadcaster", "disable", "00000000-0000-7000-8000-000000000000", "--yes"}, 3},
             {{"stream", "timeline", "00000000-0000-7000-8000-000000000000"}, 3},
             {{"stream", "stop", "00000000-0000-7000-8000-000000000000", "--block", "2d", "--yes"},
              2}}) {
        std::string shown;
        for (const auto& argument : command) shown += argument + ' ';
        INFO(shown);
        const Ran through = cli.run(command);
        const Ran directly = served.run_directly(command);
        CHECK(directly.code == code);
        CHECK(through.code == code);
        CHECK(through.out.empty());
        for (const char* option :
             {"NAME: ", "--path: ", "--label: ", "--expires: ", "--broadcaster: ",
              "--stale-after: ", "--reconnect-window: ", "--reset: ", "--overlap: ", "--block: "}) {
            CHECK(contains(through.err, option) == contains(directly.err, option));
        }
    }
    cli.environment["API_SECRET"] = "wrong secret";
    CHECK(cli.run({"broadcaster", "list"}).code == 5);
    CHECK(cli.run({"broadcaster", "list", "--auth", "shared-secret"}).code == 5);
}

TEST_CASE("incidents and guest links are found by name, and listed in parts, among very many") {
    ServedCli served;
    auto& cli = served.cli;
    cli.core.key();
    std::string oldest;
    std::string label;
    for (int i = 0; i < 1'500; ++i) {
        cli.core.clock.advance(std::chrono::milliseconds(1));
        NewIncident input;
        input.name = "Search " + std::to_string(i);
        input.reference = "R-" + std::to_string(i);
        input.metadata =
            JsonObject::parse(R"({"a":")" + std::string(15'000, 'x') + R"("})").value();
        const auto made = cli.core->create_incident(input, {}).value();
        if (i == 0) oldest = made.id.to_string();
        if (i >= 700) continue;
        // Those that are over may be as many as there were.
        REQUIRE(cli.core->close_incident(made.id, {}));
        NewGuestLink link;
        link.label = "Link " + std::to_string(i);
        link.targets.stream_key_ids = {cli.core->list_stream_keys().value().items.at(0).id};
        link.expires_at = cli.core->now() + std::chrono::hours(1);
        REQUIRE(cli.core->create_guest_link(link, {}));
    }
    CHECK(cli.id({"incident", "show", "Search 0"}) == oldest);
    CHECK(cli.id({"incident", "show", "R-0"}) == oldest);
    CHECK(cli.run({"incident", "assign", "Search 900", "--key", "live/drone1"}).code == 0);
    CHECK(cli.run({"incident", "close", "R-900", "-y"}).code == 0);
    CHECK(cli.run({"incident", "show", "Search"}).code == 3);
    CHECK(cli.run({"guest", "close", "Link 0", "-y"}).code == 0);
    CHECK(contains(cli.run({"guest", "show", "Link 0"}).out, "closed"));

    const Ran some = cli.run({"incident", "list", "-q"});
    CHECK(lines_of(some.out).size() == 100);
    CHECK(contains(some.err, "There are more: --all, or --cursor "));
    const Ran all = cli.run({"incident", "list", "-q", "--all"});
    CHECK(lines_of(all.out).size() == 1'500);
    CHECK(lines_of(all.out).back() == oldest);
    CHECK(all.err.empty());
    CHECK(lines_of(cli.run({"incident", "list", "-q", "--limit", "1200"}).out).size() == 1'200);
    CHECK(cli.run({"incident", "list", "--all", "--limit", "5"}).code == 2);
    CHECK(lines_of(cli.run({"guest", "list", "-q"}).out).size() == 100);
    CHECK(lines_of(cli.run({"guest", "list", "-q", "--all"}).out).size() == 700);
    CHECK(lines_of(cli.run({"guest", "list", "-q", "--all", "--status", "open"}).out).size() ==
          699);
    // A shell offers the newest ones.
    const auto names = lines_of(cli.run({"__complete", "incidents"}).out);
    CHECK(names.size() == 400);
    CHECK(names.front() == "Search 1499");
}

TEST_CASE("of a name that very many incidents have, ten are named") {
    ServedCli served;
    auto& cli = served.cli;
    for (int i = 0; i < 12; ++i) cli.id({"incident", "open", "Lake", "--reference", "Lake"});
    const Ran ambiguous = cli.run({"incident", "show", "Lake"});
    CHECK(ambiguous.code == 2);
    CHECK(contains(ambiguous.err, " and others"));
    CHECK(ambiguous.err.size() < 700);
}

TEST_CASE("through a server, too, nothing is said of viewers by HLS where there are none") {
    ServedCli served;
    auto& cli = served.cli;
    cli.id({"incident", "open", "Lake"});
    CHECK_FALSE(contains(cli.run({"incident", "close", "Lake", "-y"}).err, "HLS"));
    const auto key = cli.core.key().key.id.to_string();
    CHECK_FALSE(contains(cli.run({"key", "edit", key, "--playback-policy", "signed"}).err, "HLS"));
}
