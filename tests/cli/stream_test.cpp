#include <doctest/doctest.h>

#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

TEST_CASE("a live stream is listed with its owner, protocol and age") {
    TestCli cli;
    CHECK(cli.run({"stream", "list"}).out == "Nothing is live.\n");
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    cli.core.clock.advance(std::chrono::minutes(65));
    const auto stream = cli.core.live().at(0);
    const auto lines = lines_of(cli.run({"stream", "list"}).out);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "LABEL  BROADCASTER  PATH         STATE  BITRATE  VIEWERS  SINCE");
    CHECK(lines[1] == "-      Rescue 1     live/drone1  live   -        -        1 h ago");
    const auto wide = lines_of(cli.run({"stream", "list", "--wide"}).out);
    CHECK(wide[1] == stream.id.to_string() +
                         "  -      Rescue 1     live/drone1  live   RTMP      -        -        "
                         "2026-01-17 10:00:00 UTC  1 h 5 min  default  public");
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
    const auto stopped = cli.run({"stream", "stop", "live/drone1", "--yes"});
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
    CHECK(cli.run({"stream", "stop", "live/drone1", "--yes"}).code == 3);
    CHECK(cli.run({"stream", "stop", id, "--yes"}).code == 0);
    CHECK(cli.run({"stream", "list", "--state", "dead"}).code == 2);
}

TEST_CASE("a path finds the last of its ended streams") {
    TestCli cli;
    CHECK(cli.run({"stream", "show", "live/drone1"}).err ==
          "rescuestream-cli: There is no stream at the path live/drone1.\n");
    const auto key = cli.core.key();
    std::string last;
    for (const char* connection : {"c1", "c2"}) {
        REQUIRE(cli.core.publish(key, connection));
        last = cli.core.live().at(0).id.to_string();
        cli.core.clock.advance(std::chrono::minutes(1));
        CHECK(cli.run({"stream", "stop", "live/drone1", "--yes"}).code == 0);
    }
    CHECK(cli.id({"stream", "show", "live/drone1"}) == last);
    CHECK(contains(cli.run({"stream", "show", "live/drone1"}).out, "Rescue 1 ("));
    CHECK(contains(cli.run({"stream", "timeline", "live/drone1"}).out, "ended"));
    CHECK(cli.run({"stream", "stop", "live/drone1", "--yes"}).code == 3);
}

TEST_CASE("a stream whose path is its key is shown to people without the key") {
    TestCli cli(exposing_settings());
    const auto key = cli.core.key();
    const auto id = publish_at_key_value(cli, key);
    const auto listed = cli.run({"stream", "list"});
    CHECK(contains(listed.out, "sk_***"));
    CHECK_FALSE(contains(listed.out, key.value.reveal()));
    const auto shown = cli.run({"stream", "show", id});
    CHECK_FALSE(contains(shown.out + shown.err, key.value.reveal()));
    CHECK(contains(shown.err, "--json"));
    CHECK(contains(cli.run({"stream", "show", id, "--json"}).out, key.value.reveal()));
}

TEST_CASE("stopping a stream asks for confirmation") {
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

TEST_CASE("streams can be listed by node and by the time of their start") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    const auto id = cli.core.live().at(0).id.to_string();
    cli.core.clock.advance(std::chrono::hours(2));
    const auto listed = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"stream", "list", "-q"});
        return cli.run(more).out;
    };
    CHECK(listed({"--node", "default"}) == id + "\n");
    CHECK(listed({"--node", "other"}).empty());
    CHECK(listed({"--from", "3h"}) == id + "\n");
    CHECK(listed({"--from", "1h"}).empty());
    CHECK(listed({"--to", "1h"}) == id + "\n");
    CHECK(listed({"--to", "2026-01-17T10:00:00Z"}).empty());
    CHECK(cli.run({"stream", "list", "--from", "yesterday"}).code == 2);
}

TEST_CASE("a live stream is shown with its figures, and an ended one with its totals") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    const auto id = cli.core.live().at(0).id.to_string();
    cli.core.media->add_reader("live/drone1", "hlsSession", {"r1"});
    cli.core.media->add_reader("live/drone1", "webRTCSession", {"r2"});
    for (int i = 0; i < 3; ++i) {
        cli.core.media->receive_bytes("live/drone1", 500'000);
        cli.core.clock.advance(std::chrono::seconds(2));
        cli.core->tick();
    }
    cli.core.clock.advance(std::chrono::seconds(1));
    const auto shown = cli.run({"stream", "show", id}).out;
    for (const char* line :
         {"Measured            2026-01-17 10:00:06 UTC (1 s ago)\n",
          "Bitrate             2.0 Mbit/s (at most 2.0 Mbit/s)\n", "Received            1.5 MB\n",
          "Viewers             2: hls 1, webrtc 1 (at most 2)\n"}) {
        CAPTURE(line);
        CHECK(contains(shown, line));
    }
    CHECK(contains(cli.run({"stream", "show", id, "--json"}).out, "\"figures\":{\"measured_at\":"));

    REQUIRE(cli.run({"stream", "stop", id, "--yes"}).code == 0);
    const auto ended = cli.run({"stream", "show", id}).out;
    CHECK_FALSE(contains(ended, "Measured"));
    CHECK(contains(ended, "Received            1.5 MB\n"));
    CHECK(contains(ended, "Highest bitrate     2.0 Mbit/s\n"));
    CHECK(contains(ended, "Most viewers        2\n"));
}

TEST_CASE("the timeline of a stream lists its events in order") {
    OrchestratorSettings settings = testing::TestOrchestrator::default_settings();
    settings.reconnect_window = std::chrono::seconds(60);
    TestCli cli(settings);
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    const auto id = cli.core.live().at(0).id.to_string();
    cli.core.clock.advance(std::chrono::seconds(30));
    cli.core.media->disconnect({"c1"});
    REQUIRE(cli.core->source_unavailable({"live/drone1", "rtmpConn", ConnectionId{"c1"}}));
    CHECK(contains(cli.run({"stream", "list"}).out, "1 stream waits for its encoder"));
    CHECK(contains(cli.run({"stream", "list", "--state", "reconnecting"}).out, "reconnecting"));
    cli.core.clock.advance(std::chrono::milliseconds(7'500));
    REQUIRE(cli.core.publish(key, "c2"));
    CHECK(cli.core.live().at(0).id.to_string() == id);
    CHECK(contains(cli.run({"stream", "show", id}).out, "Interruptions       1, 7.5 s in all\n"));
    REQUIRE(cli.run({"stream", "stop", id, "--yes"}).code == 0);

    const auto lines = lines_of(cli.run({"stream", "timeline", id}).out);
    std::vector<std::string> words;
    for (const auto& line : lines) {
        const auto time_end = line.find("UTC ");
        words.push_back(line.substr(line.find_first_not_of(' ', time_end + 3)));
    }
    REQUIRE(words.size() == 7);
    CHECK(lines[0] == "TIME                     WHAT         REASON       BY     CONNECTION  GAP");
    CHECK(words[1] == "accepted     -            auth   1           -");
    CHECK(words[2] == "started      -            hook   1           -");
    CHECK(words[3] == "interrupted  source gone  hook   1           -");
    CHECK(words[4] == "accepted     -            auth   2           -");
    CHECK(words[5] == "resumed      -            hook   2           7.5 s");
    CHECK(words[6] == "ended        stopped      admin  2           -");
    const auto json = cli.run({"stream", "timeline", id, "--json"}).out;
    CHECK(contains(json, "{\"timeline\":[{\"at\":\"2026-01-17T10:00:00.000000Z\""));
    CHECK(contains(json, "\"gap_ms\":7500"));
    CHECK(contains(json, "\"count\":6}"));
    CHECK(cli.run({"stream", "timeline", "live/none"}).code == 3);
}

TEST_CASE("a stop can block the key for a time, and the question before it says so") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    cli.terminal = true;
    cli.answer = "n\n";
    const auto asked = cli.run({"stream", "stop", "live/drone1", "--block", "10m"});
    CHECK(asked.code == 9);
    CHECK(contains(asked.err, "refused for 10 min"));
    cli.terminal = false;
    CHECK(cli.run({"stream", "stop", "live/drone1", "--block", "2d", "--yes"}).code == 2);
    CHECK(contains(cli.run({"stream", "stop", "live/drone1", "--block", "2d", "--yes"}).err,
                   "--block: "));
    const auto stopped = cli.run({"stream", "stop", "live/drone1", "--block", "600", "--yes"});
    CHECK(stopped.code == 0);
    CHECK(contains(stopped.out, "Its key is refused until 2026-01-17 10:10:00 UTC (in 10 min)."));
    CHECK_FALSE(cli.core.ask(key, "c2").accepted());
    CHECK(contains(cli.run({"key", "list"}).out, "  blocked for 10 min  live/drone1"));
    CHECK(contains(cli.run({"key", "list", "--output", "csv"}).out, ",blocked,"));
    CHECK(contains(cli.run({"key", "show", "live/drone1"}).out,
                   "Blocked until       2026-01-17 10:10:00 UTC (in 10 min)\n"));
    cli.core.clock.advance(std::chrono::minutes(10));
    CHECK(cli.core.ask(key, "c3").accepted());
    CHECK_FALSE(contains(cli.run({"key", "show", "live/drone1"}).out, "Blocked"));
}

TEST_CASE("a stream whose media server does not answer is shown as unknown") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    cli.core->tick();
    cli.core.media->set_down(true);
    cli.core.clock.advance(std::chrono::seconds(3));
    cli.core->tick();
    CHECK(contains(cli.run({"stream", "list"}).out, "  live/drone1  unknown  "));
    CHECK(contains(cli.run({"stream", "show", "live/drone1"}).out,
                   "Last seen           2026-01-17 10:00:00 UTC (3 s ago)\n"));
}

TEST_CASE("a stream is shown with the policy that counts at its path") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    CHECK(contains(cli.run({"stream", "show", "live/drone1"}).out, "Playback policy     public\n"));
    REQUIRE(cli.run({"key", "edit", "live/drone1", "--playback-policy", "signed"}).code == 0);
    CHECK(contains(cli.run({"stream", "show", "live/drone1"}).out,
                   "Playback policy     signed: who watches needs a playback token\n"));
    CHECK(contains(cli.run({"stream", "list", "--json"}).out, "\"playback_policy\":\"signed\""));
    CHECK(contains(cli.run({"stream", "list", "--output", "csv"}).out, "default,signed"));
}
