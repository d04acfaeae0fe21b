#include <doctest/doctest.h>

#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

TEST_CASE("what is live is listed with its owner, protocol and age") {
    TestCli cli;
    CHECK(cli.run({"stream", "list"}).out == "Nothing is live.\n");
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    cli.core.clock.advance(std::chrono::minutes(65));
    const auto stream = cli.core.live().at(0);
    const auto lines = lines_of(cli.run({"stream", "list"}).out);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] ==
          "ID                                    BROADCASTER  PATH         STATE  PROTOCOL  "
          "STARTED                              FOR");
    CHECK(lines[1] == stream.id.to_string() +
                          "  Rescue 1     live/drone1  live   RTMP      "
                          "2026-01-17 10:00:00 (1 h 5 min ago)  1 h 5 min");
    CHECK(cli.id({"stream", "show", "live/drone1"}) == stream.id.to_string());
    const auto json = cli.run({"stream", "list", "--json"}).out;
    CHECK(contains(json, "{\"streams\":[{\"id\":\"" + stream.id.to_string() + "\""));
    CHECK(contains(json, "\"urls\":{\"hls\":\"http://localhost:8888/live/drone1/index.m3u8\""));
    CHECK(contains(json, "\"count\":1}"));
}

TEST_CASE("stopping a stream removes its connection and leaves its key valid") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    const auto id = cli.core.live().at(0).id.to_string();
    const auto stopped = cli.run({"stream", "stop", "live/drone1"});
    CHECK(stopped.code == 0);
    CHECK(stopped.out == "Stream " + id + ": ended: stopped.\n1 connection cut off.\n");
    CHECK(cli.run({"stream", "list"}).out == "Nothing is live.\n");
    CHECK(cli.run({"stream", "list", "--state", "ended", "-q"}).out == id + "\n");
    CHECK(cli.run({"stream", "list", "--state", "all", "-q"}).out == id + "\n");
    CHECK(cli.run({"stream", "list", "--state", "ended", "--key", "live/drone1", "-q"}).out ==
          id + "\n");
    CHECK(cli.run({"stream", "list", "--state", "ended", "-b", "Rescue 1", "-q"}).out == id + "\n");
    CHECK(cli.core.ask(key, "c2").accepted());
    CHECK(contains(cli.run({"stream", "show", id}).out, "ended: stopped"));
    CHECK(cli.run({"stream", "stop", "live/drone1"}).code == 3);
    CHECK(cli.run({"stream", "stop", id}).code == 0);
    CHECK(cli.run({"stream", "list", "--state", "dead"}).code == 2);
}

TEST_CASE("a stream whose path is its key is shown to people without the key") {
    TestCli cli;
    const auto key = cli.core.key();
    PublishRequest request;
    request.path = key.value.reveal();
    request.protocol = Protocol::kRtmp;
    request.connection = ConnectionId{"c1"};
    REQUIRE(cli.core->decide_publish(request).value().accepted());
    cli.core.media->publish(ConnectionKind::kRtmp, {"c1"}, request.path);
    REQUIRE(cli.core->source_available({request.path, "rtmpConn", ConnectionId{"c1"}}));
    const auto id = cli.core.live().at(0).id.to_string();
    const auto listed = cli.run({"stream", "list"});
    CHECK(contains(listed.out, "sk_***"));
    CHECK_FALSE(contains(listed.out, key.value.reveal()));
    const auto shown = cli.run({"stream", "show", id});
    CHECK_FALSE(contains(shown.out + shown.err, key.value.reveal()));
    CHECK(contains(shown.err, "--json"));
    CHECK(contains(cli.run({"stream", "show", id, "--json"}).out, key.value.reveal()));
}

TEST_CASE("stopping asks a person") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    cli.terminal = true;
    cli.answer = "no\n";
    CHECK(cli.run({"stream", "stop", "live/drone1"}).code == 9);
    CHECK(cli.core.live().size() == 1);
    cli.answer = "yes\n";
    CHECK(cli.run({"stream", "stop", "live/drone1"}).code == 0);
    CHECK(cli.core.live().empty());
}
