// Changes of existing keys.

#include <doctest/doctest.h>

#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using std::chrono::seconds;

namespace {

StreamKey key_of(TestCli& cli, const CreatedStreamKey& key) {
    return cli.core->find_stream_key(key.key.id).value();
}

}  // namespace

TEST_CASE("a key can have rules of its own, given in seconds or in larger units") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    const auto id = cli.id({"key", "create", "-b", "Team", "--label", "Drone", "--reconnect-window",
                            "0", "--stale-after", "1m", "--max-session-duration", "12h"});
    const auto key = cli.core->find_stream_key(*StreamKeyId::parse(id)).value();
    CHECK(key.policies.reconnect_window == seconds(0));
    CHECK(key.policies.stale_after == seconds(60));
    CHECK(key.policies.max_session_duration == std::chrono::hours(12));
    const auto shown = cli.run({"key", "show", "Drone"}).out;
    CHECK(contains(shown, "Reconnect window    0 s\n"));
    CHECK(contains(shown, "Stale after         1 min\n"));
    CHECK(contains(shown, "Longest session     12 h\n"));
}

TEST_CASE("editing a key changes only the members that are given") {
    TestCli cli;
    const auto key = cli.core.key();
    const auto edited = cli.run({"key", "edit", "live/drone1", "--label", "Boat", "--expires", "1h",
                                 "--on-duplicate", "takeover", "--stale-after", "7"});
    CHECK(edited.code == 0);
    CHECK(contains(edited.out, "Label         Boat\n"));
    CHECK(contains(edited.out, "Expires       Sat 17 Jan 11:00 UTC, in 1 h\n"));
    CHECK(key_of(cli, key).policies.on_duplicate == OnDuplicate::kTakeover);
    CHECK(cli.run({"key", "edit", "Boat", "--reconnect-window", "30m"}).code == 0);
    const auto found = key_of(cli, key);
    CHECK(found.label == "Boat");
    CHECK(found.expires_at.has_value());
    CHECK(found.policies.stale_after == seconds(7));
    CHECK(found.policies.reconnect_window == seconds(1'800));
    CHECK(cli.run({"key", "edit", "Boat", "--label", ""}).code == 0);
    CHECK(key_of(cli, key).label.empty());
}

TEST_CASE("members of a key can be reset one by one or all at once") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.run({"key", "edit", "live/drone1", "--expires", "1h", "--stale-after", "7",
                     "--reconnect-window", "8", "--max-session-duration", "9", "--on-duplicate",
                     "reject"})
                .code == 0);
    CHECK(cli.run({"key", "edit", "--reset", "expires_at", "--reset", "stale_after", "live/drone1"})
              .code == 0);
    CHECK_FALSE(key_of(cli, key).expires_at);
    CHECK_FALSE(key_of(cli, key).policies.stale_after);
    CHECK(key_of(cli, key).policies.reconnect_window == seconds(8));
    CHECK(cli.run({"key", "edit", "live/drone1", "--reset",
                   "on_duplicate,reconnect_window,max_session_duration"})
              .code == 0);
    CHECK(key_of(cli, key).policies == StreamKeyPolicies{});
}

TEST_CASE("a wrong change of a key is refused with the names of its options") {
    TestCli cli;
    const auto key = cli.core.key();
    const auto nothing = cli.run({"key", "edit", "live/drone1"});
    CHECK(nothing.code == 2);
    CHECK(contains(nothing.err, "nothing to change"));
    const auto wrong = cli.run({"key", "edit", "live/drone1", "--reconnect-window", "31m",
                                "--stale-after", "0", "--max-session-duration", "31d", "--label",
                                std::string(256, 'x'), "--expires", "2020-01-01T00:00:00Z"});
    CHECK(wrong.code == 2);
    for (const char* option : {"--reconnect-window: ", "--stale-after: ",
                               "--max-session-duration: ", "--label: ", "--expires: "}) {
        CAPTURE(option);
        CHECK(contains(wrong.err, option));
    }
    const auto both =
        cli.run({"key", "edit", "live/drone1", "--stale-after", "5", "--reset", "stale_after"});
    CHECK(both.code == 2);
    CHECK(contains(both.err, "--reset: "));
    CHECK(cli.run({"key", "edit", "live/drone1", "--reset", "label"}).code == 2);
    for (const char* text :
         {"", "-5", "5x", "m", "1.5", "5 s", "99999999999999999999", "99999999999999999999d"}) {
        CAPTURE(text);
        const auto ran =
            cli.run({"key", "rotate", "live/drone1", "--overlap=" + std::string(text), "--yes"});
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, "--overlap"));
    }
    CHECK(key_of(cli, key) == key.key);
    REQUIRE(cli.run({"key", "revoke", "live/drone1", "--yes"}).code == 0);
    CHECK(cli.run({"key", "edit", key.key.id.to_string(), "--label", "x"}).code == 4);
}

TEST_CASE("a disabled key is cut off and shown as disabled, and works again when it is enabled") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    const auto disabled = cli.run({"key", "disable", "live/drone1", "--yes"});
    CHECK(disabled.code == 0);
    CHECK(disabled.out ==
          "Stream key " + key.key.id.to_string() + " disabled.\n1 connection cut off.\n");
    CHECK_FALSE(cli.core.ask(key, "c2").accepted());
    CHECK(contains(cli.run({"key", "list"}).out, "  disabled  live/drone1"));

    const auto enabled = cli.run({"key", "enable", "live/drone1", "--json"});
    CHECK(enabled.code == 0);
    CHECK(contains(enabled.out, "{\"stream_key\":{\"id\":\"" + key.key.id.to_string() + "\""));
    CHECK(contains(enabled.out, "\"disabled\":false"));
    CHECK(contains(enabled.out, "\"cutoff\":{\"kicked\":0,\"pending\":0,\"nodes\":[]}}"));
    CHECK(cli.core.ask(key, "c3").accepted());
    CHECK(cli.id({"key", "enable", "live/drone1"}) == key.key.id.to_string());
}

TEST_CASE("a rotated key is shown like a new one, and the old value is invalid") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    const auto rotated = cli.run({"key", "rotate", "live/drone1", "--yes"});
    CHECK(rotated.code == 0);
    const auto value = value_in(rotated.out);
    REQUIRE(looks_like_key_value(value));
    CHECK_FALSE(key.value.equals(value));
    CHECK(contains(rotated.out, "Id       " + key.key.id.to_string() + "\n"));
    CHECK(contains(rotated.out, "  RTMP    rtmp://localhost:1935/live/drone1?pass=" + value));
    CHECK(contains(rotated.out, "  HLS     http://localhost:8888/live/drone1/index.m3u8\n"));
    CHECK(rotated.out.ends_with("1 connection cut off.\n"));
    CHECK_FALSE(cli.core.ask(key, "c2").accepted());
    CHECK(cli.core.ask({key.key, Secret(value)}, "c3").accepted());

    const auto json = cli.run({"key", "rotate", "live/drone1", "--json", "--yes"});
    CHECK(contains(json.out, "\"key_value\":\"sk_"));
    CHECK(contains(json.out, "\"cutoff\":{"));
    const auto quiet = cli.run({"key", "rotate", "live/drone1", "-q", "--yes"});
    CHECK(quiet.out == key.key.id.to_string() + "\n");
    CHECK(looks_like_key_value(value_in(quiet.err)));
}

TEST_CASE("with an overlap the old value stays valid for a time, which the command prints") {
    TestCli cli;
    const auto key = cli.core.key();
    const auto rotated = cli.run({"key", "rotate", "live/drone1", "--overlap", "24h", "--yes"});
    CHECK(rotated.code == 0);
    CHECK(contains(rotated.out, "Old value  valid until 2026-01-18 10:00:00 UTC (in 1 d)\n"));
    CHECK(
        contains(cli.run({"key", "show", "live/drone1"}).out, "Old value           valid until "));
    CHECK(cli.core.ask(key, "c1").accepted());
    cli.core.clock.advance(std::chrono::hours(24));
    CHECK_FALSE(cli.core.ask(key, "c1").accepted());
    CHECK_FALSE(contains(cli.run({"key", "show", "live/drone1"}).out, "Old value"));
    const auto long_one = cli.run({"key", "rotate", "live/drone1", "--overlap", "8d", "--yes"});
    CHECK(long_one.code == 2);
    CHECK(contains(long_one.err, "--overlap: "));
}

TEST_CASE("commands that cut a key off ask for confirmation, and enabling does not") {
    TestCli cli;
    const auto key = cli.core.key();
    cli.terminal = true;
    for (const char* verb : {"disable", "rotate", "revoke"}) {
        CAPTURE(verb);
        cli.answer = "n\n";
        const auto declined = cli.run({"key", verb, "live/drone1"});
        CHECK(declined.code == 9);
        CHECK(contains(declined.err, "stream key live/drone1"));
        CHECK(declined.out.empty());
        CHECK(cli.core.ask(key, "c1").accepted());
    }
    CHECK(cli.run({"key", "enable", "live/drone1"}).code == 0);
    CHECK(cli.run({"key", "disable", "live/drone1", "--yes"}).code == 0);
    CHECK_FALSE(cli.core.ask(key, "c2").accepted());
}

TEST_CASE("a key's protocols, first moment and bitrate are options of the command line") {
    TestCli cli;
    const auto key = cli.core.key();
    const auto edited =
        cli.run({"key", "edit", "live/drone1", "--protocol", "srt,rtmps", "--not-before", "8h",
                 "--max-bitrate", "6M", "--over-bitrate", "cut"});
    CHECK(edited.code == 0);
    CHECK(contains(edited.out, "Only over        srt, rtmps\n"));
    CHECK(contains(edited.out, "Highest bitrate  6.0 Mbit/s\n"));
    CHECK(contains(edited.out, "Over it          cut\n"));
    const auto policies = key_of(cli, key).policies;
    CHECK(policies.not_before == cli.core.clock.now() + std::chrono::hours(8));
    CHECK(policies.max_bitrate == 6'000'000);
    for (const char* wrong : {"6 M", "fast", "", "-1", "6MB", "99999999999999999999", "9k"}) {
        CAPTURE(wrong);
        const auto refused = cli.run({"key", "edit", "live/drone1", "--max-bitrate", wrong});
        CHECK(refused.code == 2);
        CHECK(contains(refused.err, "--max-bitrate: "));
    }
    CHECK(cli.run({"key", "edit", "live/drone1", "--protocol", "moq"}).code == 2);
    CHECK(key_of(cli, key).policies == policies);
}

TEST_CASE("a key may be used from the addresses that are named, until they are reset") {
    TestCli cli;
    const auto key = cli.core.key();
    const auto edited = cli.run({"key", "edit", "live/drone1", "--allowed-address", "192.0.2.0/24",
                                 "--allowed-address", "2001:DB8::1,198.51.100.4"});
    CHECK(edited.code == 0);
    CHECK(contains(edited.out, "Only from    192.0.2.0/24, 2001:db8::1, 198.51.100.4\n"));
    const auto addresses = key_of(cli, key).policies.allowed_addresses;
    REQUIRE(addresses.has_value());
    CHECK(addresses->size() == 3);

    for (const char* wrong : {"192.0.2.1/24", "drone.example.org", "", "10.0.0.0/33"}) {
        CAPTURE(wrong);
        const auto refused = cli.run({"key", "edit", "live/drone1", "--allowed-address",
                                      "192.0.2.0/24", "--allowed-address", wrong});
        CHECK(refused.code == 2);
        CHECK(contains(refused.err, "--allowed-address: "));
    }
    CHECK(key_of(cli, key).policies.allowed_addresses == addresses);
    CHECK(cli.run({"key", "edit", "live/drone1", "--reset", "allowed_addresses"}).code == 0);
    CHECK(key_of(cli, key) == key.key);
    std::vector<std::string> many{"key", "edit", "live/drone1"};
    for (int i = 0; i < 33; ++i) {
        many.insert(many.end(), {"--allowed-address", "10.0.0." + std::to_string(i)});
    }
    CHECK(contains(cli.run(many).err, "--allowed-address: must have 1 to 32 elements"));
}

TEST_CASE("a key never expires if that is said, also one that expired at a time before") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    cli.id({"key", "create", "-b", "Team", "--label", "Drone", "--expires", "never"});
    CHECK(contains(cli.run({"key", "show", "Drone"}).out, "never"));
    REQUIRE(cli.run({"key", "edit", "Drone", "--expires", "8h"}).code == 0);
    CHECK_FALSE(contains(cli.run({"key", "show", "Drone"}).out, "never"));
    REQUIRE(cli.run({"key", "edit", "Drone", "--expires", "never"}).code == 0);
    CHECK(contains(cli.run({"key", "show", "Drone"}).out, "never"));
}

TEST_CASE("a second key with the same label is made with a warning") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    const std::vector<std::string> create{"key", "create", "-b", "Team", "--label", "Drone"};
    CHECK_FALSE(contains(cli.run(create).err, "warning"));
    const auto second = cli.run(create);
    CHECK(second.code == 0);
    CHECK(contains(second.err, "warning: 2 keys have the label Drone"));
}
