// What is shown about the past after what it belonged to was removed.
#include <doctest/doctest.h>

#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace {

/// A stream that has ended, of a broadcaster that was removed.
class RemovedCase {
public:
    RemovedCase() {
        const auto key = cli.core.key();
        cli.run({"key", "edit", "live/drone1", "--label", "Drone 1"});
        cli.core.publish(key, "c1");
        stream = cli.core.live().at(0).id.to_string();
        cli.core.clock.advance(std::chrono::minutes(1));
        cli.run({"stream", "stop", "live/drone1", "--yes"});
        removed = cli.run({"broadcaster", "remove", "Rescue 1", "--yes"});
    }

    TestCli cli;
    std::string stream;
    Ran removed;
};

}  // namespace

TEST_CASE_FIXTURE(RemovedCase,
                  "lists and details of ended streams keep the names of a removed broadcaster") {
    REQUIRE(removed.code == 0);
    const auto list = cli.run({"stream", "list", "--all"}).out;
    CHECK(list == cli.run({"stream", "list", "--state", "all"}).out);
    CHECK(cli.run({"stream", "list", "--all", "--state", "live"}).code == 2);
    CHECK(contains(list, "Rescue 1"));
    CHECK(contains(list, "Drone 1"));
    const auto shown = cli.run({"stream", "show", stream}).out;
    CHECK(contains(shown, "Rescue 1 ("));
    CHECK(contains(shown, "Drone 1 ("));
}

TEST_CASE_FIXTURE(RemovedCase, "an ended stream of a removed broadcaster is found by its path") {
    REQUIRE(removed.code == 0);
    CHECK(cli.id({"stream", "show", "live/drone1"}) == stream);
    CHECK(cli.run({"stream", "timeline", "live/drone1"}).code == 0);
    CHECK(cli.run({"stream", "stop", "live/drone1", "--yes"}).code == 3);
    CHECK(cli.run({"stream", "show", "live/drone2"}).code == 3);
}

TEST_CASE_FIXTURE(RemovedCase, "the audit log keeps the names of a removed broadcaster") {
    const auto list = lines_of(cli.run({"audit", "list"}).out);
    bool names_broadcaster = false;
    bool names_key = false;
    for (const auto& line : list) {
        if (contains(line, "broadcaster Rescue 1")) names_broadcaster = true;
        if (contains(line, "stream Drone 1 of Rescue 1")) names_key = true;
    }
    CHECK(names_broadcaster);
    CHECK(names_key);
}

TEST_CASE("a live stream whose path is its key is found by its public path") {
    TestCli cli(exposing_settings());
    const auto key = cli.core.key();
    const auto id = publish_at_key_value(cli, key);
    CHECK(cli.id({"stream", "show", "live/drone1"}) == id);
    CHECK(cli.run({"stream", "stop", "live/drone1", "--yes"}).code == 0);
    CHECK(cli.id({"stream", "show", "live/drone1"}) == id);
}
