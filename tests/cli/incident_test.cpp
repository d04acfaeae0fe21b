#include <doctest/doctest.h>

#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

TEST_CASE("an incident is opened, listed, found by its name or reference, and edited") {
    TestCli cli;
    CHECK(contains(cli.run({"incident", "list"}).out, "There are no incidents yet"));
    const auto opened = cli.run({"incident", "open", "Lake", "--reference", "2026-117"});
    CHECK(opened.code == 0);
    CHECK(contains(opened.out, "Reference  2026-117\n"));
    CHECK(contains(opened.out, "Status     open\n"));
    const auto id = cli.id({"incident", "show", "Lake"});
    CHECK(cli.id({"incident", "show", "2026-117"}) == id);
    CHECK(cli.id({"incident", "show", id}) == id);
    CHECK(cli.run({"incident", "show", "River"}).code == 3);
    CHECK(cli.run({"incident", "edit", "Lake"}).code == 2);
    CHECK(cli.run({"incident", "edit", "Lake", "--name", "River"}).code == 0);
    CHECK(cli.id({"incident", "show", "River"}) == id);
    CHECK(contains(cli.run({"incident", "list", "--status", "open"}).out, "River"));
    CHECK(contains(cli.run({"incident", "list", "--status", "closed"}).out, "no such incidents"));
}

TEST_CASE("of incidents with one name the open one is meant, and several open ones are ambiguous") {
    TestCli cli;
    const auto first = cli.id({"incident", "open", "Lake"});
    CHECK(cli.run({"incident", "close", "Lake", "-y"}).code == 0);
    const auto second = cli.id({"incident", "open", "Lake"});
    CHECK(cli.id({"incident", "show", "Lake"}) == second);
    cli.id({"incident", "open", "Lake"});
    const auto ambiguous = cli.run({"incident", "show", "Lake"});
    CHECK(ambiguous.code == 2);
    CHECK(contains(ambiguous.err, second));
    CHECK_FALSE(contains(ambiguous.err, first));
}

TEST_CASE("a key that ends with its incident or earlier is shown with both ends") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    cli.id({"incident", "open", "Lake"});
    const auto made = cli.run({"key", "create", "-b", "Team", "--label", "Guest", "--incident",
                               "Lake", "--until-closed", "--expires", "12h"});
    CHECK(contains(made.out, ", or when its incident is closed\n"));
    REQUIRE(cli.run({"incident", "close", "Lake", "-y"}).code == 0);
    CHECK_FALSE(contains(cli.run({"key", "show", "Guest"}).out, "when its incident"));
}

TEST_CASE("a key is made for an incident, and ends with it") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    const auto incident = cli.id({"incident", "open", "Lake"});
    CHECK(cli.run({"key", "create", "-b", "Team", "--until-closed"}).code == 2);
    const auto made = cli.run({"key", "create", "-b", "Team", "--path", "live/guest", "--incident",
                               "Lake", "--until-closed"});
    CHECK(contains(made.out, "Expires  when its incident is closed\n"));
    cli.id({"key", "create", "-b", "Team", "--path", "live/own"});
    CHECK(
        contains(cli.run({"key", "show", "live/guest"}).out, incident + ", until it is closed\n"));
    CHECK(contains(cli.run({"key", "show", "live/own"}).out, " by "));
    CHECK(contains(cli.run({"key", "list", "--path", "live/guest"}).out, " with incident "));
    CHECK(contains(cli.run({"key", "list", "--path", "live/own"}).out, " never "));
    CHECK_FALSE(contains(cli.run({"key", "list", "--output", "csv"}).out, "with incident"));
    CHECK_FALSE(contains(cli.run({"key", "list", "--output", "json"}).out, "with incident"));
    const auto assigned = cli.run({"incident", "assign", "Lake", "--key", "live/own"});
    CHECK(assigned.code == 0);
    CHECK(contains(assigned.out, "live/own ("));
    CHECK(contains(assigned.out, "live/guest ("));
    CHECK(cli.run({"incident", "assign", "Lake"}).code == 2);
    CHECK(lines_of(cli.run({"key", "list", "--incident", "Lake", "-q"}).out).size() == 2);
    CHECK(cli.run({"incident", "unassign", "Lake", "--key", "live/own"}).code == 0);
    CHECK(lines_of(cli.run({"key", "list", "--incident", "Lake", "-q"}).out).size() == 1);

    CHECK(cli.run({"incident", "close", "Lake"}).code == 2);
    const auto closed = cli.run({"incident", "close", "Lake", "-y"});
    CHECK(closed.code == 0);
    CHECK(contains(closed.out, "Incident Lake closed, 1 key ended."));
    CHECK(contains(cli.run({"key", "show", "live/guest"}).out, "expired"));
    CHECK(cli.run({"incident", "reopen", "Lake"}).code == 0);
}

TEST_CASE("the report of an incident is printed for people, or as JSON") {
    TestCli cli;
    cli.id({"incident", "open", "Lake"});
    const auto text = cli.run({"incident", "report", "Lake"});
    CHECK(text.code == 0);
    CHECK(contains(text.out, "# Lake\n"));
    CHECK(contains(text.out, "## Who did what\n"));
    CHECK(contains(cli.run({"incident", "report", "Lake", "--format", "json"}).out,
                   "\"streams\":[]"));
    CHECK(contains(cli.run({"incident", "report", "Lake", "--json"}).out, "\"streams\":[]"));
}
