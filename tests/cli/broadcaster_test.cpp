#include <doctest/doctest.h>

#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

TEST_CASE("a second broadcaster with the same name is created, with a warning") {
    TestCli cli;
    CHECK(cli.run({"broadcaster", "add", "Drone team", "-q"}).err.empty());
    const auto second = cli.run({"broadcaster", "add", "Drone team", "-q"});
    CHECK(second.code == 0);
    CHECK(lines_of(second.out).size() == 1);
    CHECK(contains(second.err, "another broadcaster has the same name"));
}

TEST_CASE("an added broadcaster is listed, newest first") {
    TestCli cli;
    CHECK(contains(cli.run({"broadcaster", "list"}).out, "There are no broadcasters yet"));
    const auto first = cli.id({"broadcaster", "add", "Drone 1"});
    cli.core.clock.advance(std::chrono::hours(3));
    const auto second = cli.id({"broadcaster", "add", "Boat"});

    const auto lines = lines_of(cli.run({"broadcaster", "list"}).out);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == "NAME     STATUS    LIVE  KEYS  CREATED");
    CHECK(lines[1] == "Boat     not live  0     0     0 s ago");
    CHECK(lines[2] == "Drone 1  not live  0     0     3 h ago");
    const auto wide = lines_of(cli.run({"broadcaster", "list", "--wide"}).out);
    CHECK(wide[2] == first + "  Drone 1  not live  0     0     2026-01-17 10:00:00 UTC");
    CHECK(cli.run({"broadcaster", "list", "-q"}).out == second + "\n" + first + "\n");
}

TEST_CASE("the list of broadcasters shows who is live and how many keys each has") {
    TestCli cli;
    const auto key = cli.core.key();
    cli.id({"key", "create", "-b", "Rescue 1", "--path", "live/other"});
    CHECK(cli.run({"key", "revoke", cli.id({"key", "create", "-b", "Rescue 1"}), "-y"}).code == 0);
    cli.id({"broadcaster", "add", "Boat"});
    CHECK(cli.run({"broadcaster", "disable", "Boat", "-y"}).code == 0);
    REQUIRE(cli.core.publish(key, "c1"));
    const auto out = cli.run({"broadcaster", "list", "--sort", "name"}).out;
    CHECK(contains(out, "Boat      disabled  0     0     "));
    CHECK(contains(out, "Rescue 1  live      1     2     "));
}

TEST_CASE("JSON of a broadcaster is that of the HTTP API") {
    TestCli cli;
    const auto added = cli.run(
        {"--json", "broadcaster", "add", "Drone 1", "--metadata", R"({ "unit": "alpha" })"});
    REQUIRE(added.code == 0);
    const auto page = cli.core->list_broadcasters().value();
    REQUIRE(page.items.size() == 1);
    const auto id = page.items[0].id.to_string();
    const std::string json = R"({"id":")" + id +
                             R"(","display_name":"Drone 1","metadata":{"unit":"alpha"},)"
                             R"("created_at":"2026-01-17T10:00:00.000000Z",)"
                             R"("updated_at":"2026-01-17T10:00:00.000000Z"})";
    CHECK(added.out == json + "\n");
    CHECK(cli.run({"broadcaster", "list", "--json"}).out ==
          "{\"broadcasters\":[" + json + "],\"count\":1}\n");
    CHECK(cli.run({"broadcaster", "show", "Drone 1", "--json"}).out == json + "\n");
}

TEST_CASE("a list continues at the cursor of the list before") {
    TestCli cli;
    std::vector<std::string> ids;
    for (const char* name : {"a", "b", "c"}) {
        ids.push_back(cli.id({"broadcaster", "add", name}));
        cli.core.clock.advance(std::chrono::seconds(1));
    }
    const auto first = cli.run({"broadcaster", "list", "--limit", "2", "--quiet"});
    CHECK(first.out == ids[2] + "\n" + ids[1] + "\n");
    const std::string hint = "There are more: --cursor ";
    REQUIRE(contains(first.err, hint));
    const auto cursor = first.err.substr(hint.size(), first.err.size() - hint.size() - 1);
    const auto second =
        cli.run({"broadcaster", "list", "--limit", "2", "--quiet", "--cursor", cursor});
    CHECK(second.out == ids[0] + "\n");
    CHECK(second.err.empty());
    const auto json = cli.run({"broadcaster", "list", "--limit", "2", "--json"});
    CHECK(contains(json.out, "\"count\":2,\"next_cursor\":\"" + cursor + "\"}"));

    const auto wrong = cli.run({"broadcaster", "list", "--cursor", "nonsense"});
    CHECK(wrong.code == 2);
    CHECK(contains(wrong.err, "--cursor"));
}

TEST_CASE("a broadcaster can be given by its id or by its name if that is unique") {
    TestCli cli;
    const auto first = cli.id({"broadcaster", "add", "Twin"});
    CHECK(cli.id({"broadcaster", "show", "Twin"}) == first);
    CHECK(cli.id({"broadcaster", "show", first}) == first);
    const auto second = cli.id({"broadcaster", "add", "Twin"});

    const auto ambiguous = cli.run({"broadcaster", "show", "Twin"});
    CHECK(ambiguous.code == 2);
    CHECK(contains(ambiguous.err, first));
    CHECK(contains(ambiguous.err, second));
    CHECK(cli.run({"broadcaster", "show", "Nobody"}).code == 3);
    CHECK(cli.run({"broadcaster", "show", "00000000-0000-7000-8000-000000000000"}).code == 3);
}

TEST_CASE("editing a broadcaster changes only the members that are given") {
    TestCli cli;
    const auto id = cli.id({"broadcaster", "add", "Old", "--metadata", R"({"a":1})"});
    CHECK(cli.run({"broadcaster", "edit", "Old", "--name", "New"}).code == 0);
    auto found = cli.core->find_broadcaster(*BroadcasterId::parse(id)).value();
    CHECK(found.display_name == "New");
    CHECK(found.metadata.text() == R"({"a":1})");
    CHECK(cli.run({"broadcaster", "edit", id, "--metadata", "{}"}).code == 0);
    found = cli.core->find_broadcaster(*BroadcasterId::parse(id)).value();
    CHECK(found.display_name == "New");
    CHECK(found.metadata.text() == "{}");

    const auto nothing = cli.run({"broadcaster", "edit", id});
    CHECK(nothing.code == 2);
    CHECK(contains(nothing.err, "--name or --metadata"));
}

TEST_CASE("wrong input is refused with the name of its argument and changes nothing") {
    TestCli cli;
    const auto blank = cli.run({"broadcaster", "add", " "});
    CHECK(blank.code == 2);
    CHECK(contains(blank.err, "NAME: must not be blank"));
    const auto metadata = cli.run({"broadcaster", "add", "X", "--metadata", "[1]"});
    CHECK(metadata.code == 2);
    CHECK(contains(metadata.err, "--metadata"));
    const auto missing = cli.run({"broadcaster", "add"});
    CHECK(missing.code == 2);
    CHECK(contains(missing.err, "NAME"));
    CHECK(cli.core->list_broadcasters().value().items.empty());
}

TEST_CASE("removing asks for confirmation, and without a terminal it requires --yes") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Drone"});
    cli.terminal = true;
    cli.answer = "n\n";
    const auto declined = cli.run({"broadcaster", "remove", "Drone"});
    CHECK(declined.code == 9);
    CHECK(contains(declined.err, "[y/N]"));
    CHECK(cli.core->list_broadcasters().value().items.size() == 1);

    cli.answer = "";  // end of input
    CHECK(cli.run({"broadcaster", "remove", "Drone"}).code == 9);
    cli.answer = "y\n";
    CHECK(cli.run({"broadcaster", "remove", "Drone"}).code == 0);
    CHECK(cli.core->list_broadcasters().value().items.empty());

    cli.id({"broadcaster", "add", "Second"});
    cli.answer = "n\n";
    CHECK(cli.run({"broadcaster", "remove", "Second", "--yes"}).code == 0);
    cli.id({"broadcaster", "add", "Third"});
    cli.terminal = false;
    const auto unasked = cli.run({"broadcaster", "remove", "Third"});
    CHECK(unasked.code == 2);
    CHECK(contains(unasked.err, "--yes"));
    CHECK(cli.core->list_broadcasters().value().items.size() == 1);
    CHECK(cli.run({"broadcaster", "remove", "Third", "--yes"}).code == 0);
    CHECK(cli.core->list_broadcasters().value().items.empty());
}

TEST_CASE("a live broadcaster is removed only with --force, and then has no connection") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    const auto refused = cli.run({"broadcaster", "remove", "Rescue 1", "--yes"});
    CHECK(refused.code == 4);
    CHECK(contains(refused.err, "--force"));
    const auto removed = cli.run({"broadcaster", "remove", "Rescue 1", "--force", "--yes"});
    CHECK(removed.code == 0);
    CHECK(contains(removed.out, "1 connection cut off."));
    CHECK(cli.core.media->kick_count() == 1);
}

TEST_CASE("a disabled broadcaster is cut off with all of its keys, until it is enabled") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    const auto id = key.key.broadcaster_id.to_string();
    CHECK_FALSE(contains(cli.run({"broadcaster", "show", "Rescue 1"}).out, "Status"));
    cli.terminal = true;
    cli.answer = "n\n";
    CHECK(cli.run({"broadcaster", "disable", "Rescue 1"}).code == 9);
    cli.terminal = false;
    const auto disabled = cli.run({"broadcaster", "disable", "Rescue 1", "--yes"});
    CHECK(disabled.code == 0);
    CHECK(disabled.out == "Broadcaster " + id +
                              " disabled: none of its keys may publish.\n1 connection cut off.\n");
    CHECK_FALSE(cli.core.ask(key, "c2").accepted());
    CHECK(contains(cli.run({"broadcaster", "show", "Rescue 1"}).out, "Status    disabled\n"));
    CHECK(contains(cli.run({"key", "list"}).out, "  disabled  live/drone1"));

    const auto enabled = cli.run({"broadcaster", "enable", "Rescue 1", "--json"});
    CHECK(enabled.code == 0);
    CHECK(contains(enabled.out, "{\"broadcaster\":{\"id\":\"" + id + "\""));
    CHECK(contains(enabled.out, "\"cutoff\":{\"kicked\":0,\"pending\":0,\"nodes\":[]}}"));
    CHECK(cli.core.ask(key, "c3").accepted());
}
