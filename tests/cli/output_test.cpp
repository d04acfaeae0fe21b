#include "output.hpp"

#include <doctest/doctest.h>

#include "test_cli.hpp"
#include "width.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using namespace std::chrono_literals;

TEST_CASE("durations are shown in at most two units") {
    CHECK(show_duration(0s) == "0 s");
    CHECK(show_duration(999ms) == "0 s");
    CHECK(show_duration(-5s) == "0 s");
    CHECK(show_duration(59s) == "59 s");
    CHECK(show_duration(61s) == "1 min 1 s");
    CHECK(show_duration(3600s) == "1 h");
    CHECK(show_duration(3601s) == "1 h");
    CHECK(show_duration(90061s) == "1 d 1 h");
    CHECK(show_duration(86400s * 400) == "400 d");
}

TEST_CASE("a time is shown with its distance from now") {
    TestCli cli;  // sets the time zone
    const Timestamp now = *parse_rfc3339("2026-01-17T10:00:00.5Z");
    CHECK(show_time(now, now) == "2026-01-17 10:00:00 UTC (0 s ago)");
    CHECK(show_time(now - 90min, now) == "2026-01-17 08:30:00 UTC (1 h 30 min ago)");
    CHECK(show_time(now + 24h, now + 10ms) == "2026-01-18 10:00:00 UTC (in 1 d)");
    CHECK(show_time(std::nullopt, now) == "-");
    ::setenv("TZ", "Europe/Berlin", 1);
    ::tzset();
    CHECK(show_time(now, now) == "2026-01-17 11:00:00 CET (0 s ago)");
}

TEST_CASE("printed text has no control characters and no key value") {
    CHECK(printable("a\x1b[2Jb\n") == "a\\u001b[2Jb\\n");
    CHECK(printable("caf\xC3\xA9") == "caf\xC3\xA9");
    CHECK(printable("x\xC2\x9By") == "x\\u009by");
    CHECK(printable("a\xE2\x80\xAEz") == "a\\u202ez");
    CHECK(printable("x\x7F") == "x\\u007f");
    CHECK(printable("live/sk_" + std::string(43, 'a')) == "live/sk_***");
}

TEST_CASE("columns of a table are as wide as their widest cell on a terminal") {
    TestCli cli;
    cli.id({"broadcaster", "add", "J\xC3\xBCrgen"});
    cli.core.clock.advance(std::chrono::seconds(1));
    cli.id({"broadcaster", "add", "A"});
    const auto lines = lines_of(cli.run({"broadcaster", "list"}).out);
    REQUIRE(lines.size() == 3);
    CHECK(contains(lines[0], "NAME    STATUS    LIVE  KEYS  CREATED"));
    CHECK(contains(lines[1], "A       not live  0     0     0 s ago"));
    CHECK(contains(lines[2], "J\xC3\xBCrgen  not live  "));
}

TEST_CASE("the width of a character is the number of columns on a terminal") {
    CHECK(display_width("") == 0);
    CHECK(display_width("Drone 1") == 7);
    CHECK(display_width("J\u00FCrgen") == 6);
    CHECK(display_width("e\u0301") == 1);       // e and a combining accent
    CHECK(display_width("\u65E5\u672C") == 4);  // 日本
    CHECK(display_width("\U0001F681") == 2);    // a helicopter
    CHECK(display_width("a\xFFz") == 3);        // no UTF-8
}

TEST_CASE("wide characters in one row do not shift its columns") {
    TestCli cli;
    cli.id({"broadcaster", "add", "\u65E5\u672C"});
    cli.core.clock.advance(std::chrono::seconds(1));
    cli.id({"broadcaster", "add", "Cafe\u0301"});
    const auto lines = lines_of(cli.run({"broadcaster", "list"}).out);
    REQUIRE(lines.size() == 3);
    CHECK(contains(lines[0], "NAME  STATUS  "));
    CHECK(contains(lines[1], "Cafe\u0301  not live  "));
    CHECK(contains(lines[2], "\u65E5\u672C  not live  "));
}

TEST_CASE("colour is used only on terminals, and can be switched off") {
    TestCli cli;
    const auto key = cli.core.key();
    REQUIRE(cli.core.publish(key, "c1"));
    CHECK_FALSE(contains(cli.run({"stream", "list"}).out, "\x1b["));
    cli.terminal = true;
    CHECK(contains(cli.run({"stream", "list"}).out, "\x1b[32mlive\x1b[0m"));
    cli.environment["NO_COLOR"] = "1";
    CHECK_FALSE(contains(cli.run({"stream", "list"}).out, "\x1b["));
    cli.environment["NO_COLOR"] = "";
    cli.environment["TERM"] = "dumb";
    CHECK_FALSE(contains(cli.run({"stream", "list"}).out, "\x1b["));
}

TEST_CASE("protocols are shown by their usual names") {
    CHECK(show_protocol("rtmpConn") == "RTMP");
    CHECK(show_protocol("rtspSession") == "RTSP");
    CHECK(show_protocol("rtspSource") == "RTSP");
    CHECK(show_protocol("srtConn") == "SRT");
    CHECK(show_protocol("webRTCSession") == "WebRTC");
    CHECK(show_protocol(std::nullopt) == "-");
    CHECK(show_protocol("") == "-");
}
