#include "times.hpp"

#include <doctest/doctest.h>

#include "length_of_time.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using namespace std::chrono_literals;

namespace {

/// Local time of a place, as long as the test runs.
class Zone {
public:
    explicit Zone(const char* name) { set(name); }
    ~Zone() { set("UTC"); }

private:
    static void set(const char* name) {
        ::setenv("TZ", name, 1);
        ::tzset();
    }
};

Timestamp utc(const char* text) {
    return *parse_rfc3339(text);
}

std::string future(const char* text, Timestamp now) {
    const auto time = parse_future(text, "--expires", now);
    return time ? format_rfc3339(*time).substr(0, 16) : time.error().message;
}

std::string past(const char* text, Timestamp now) {
    const auto time = parse_past(text, "--from", now);
    return time ? format_rfc3339(*time).substr(0, 16) : time.error().message;
}

}  // namespace

TEST_CASE("words, times and dates are read in local time") {
    const Zone berlin("Europe/Berlin");
    const Timestamp now = utc("2026-11-27T20:10:00Z");  // 21:10 CET
    CHECK(future("tonight", now) == "2026-11-27T22:59");
    CHECK(future("tomorrow", now) == "2026-11-28T22:59");
    CHECK(future("23:59", now) == "2026-11-27T22:59");
    CHECK(future("21:10:30", now) == "2026-11-27T20:10");
    CHECK(future("2026-12-01", now) == "2026-12-01T22:59");
    CHECK(future("2026-12-01T10:00", now) == "2026-12-01T09:00");
    CHECK(future("2026-12-01 10:00", now) == "2026-12-01T09:00");
    CHECK(future("2027-06-01T10:00", now) == "2027-06-01T08:00");  // in summer time
    CHECK(future("2026-12-01T10:00:00Z", now) == "2026-12-01T10:00");
    CHECK(future("8h", now) == "2026-11-28T04:10");
    CHECK(future("1d12h", now) == "2026-11-29T08:10");
    CHECK(future("tomorrow", utc("2026-12-31T20:00:00Z")) == "2027-01-01T22:59");
    CHECK(past("10:00", now) == "2026-11-27T09:00");
    CHECK(past("2026-11-26", now) == "2026-11-25T23:00");
    CHECK(past("2h", now) == "2026-11-27T18:10");
}

TEST_CASE("a time that is past is refused with the time that it is now") {
    const Zone berlin("Europe/Berlin");
    const Timestamp now = utc("2026-11-27T20:10:00Z");
    CHECK(future("21:10", now) ==
          "--expires: 21:10 is past: that was 2026-11-27 21:10:00 CET, and it is 2026-11-27 "
          "21:10:00 CET now.");
    CHECK(contains(future("2026-11-26", now), "--expires: 2026-11-26 is past"));
    CHECK(contains(future("tonight", utc("2026-11-27T22:59:30Z")), "--expires: tonight is past"));
}

TEST_CASE("a local time that the clocks skip or show twice is refused by name") {
    const Zone berlin("Europe/Berlin");
    const Timestamp now = utc("2026-01-01T00:00:00Z");
    CHECK(contains(future("2026-03-29T02:30", now),
                   "--expires: 2026-03-29T02:30 does not exist on that day"));
    CHECK(contains(future("2026-10-25T02:30", now),
                   "--expires: 2026-10-25T02:30 occurs twice on that day"));
    CHECK(future("2026-10-25T03:30", now) == "2026-10-25T02:30");
    CHECK(future("2026-10-25T02:30:00+01:00", now) == "2026-10-25T01:30");
}

TEST_CASE("what is no time is refused with the forms that are") {
    TestCli cli;  // sets the time zone
    const Timestamp now = utc("2026-01-01T00:00:00Z");
    for (const char* text : {"", "soon", "24:00", "10:60", "2026-02-30", "2026-13-01", "10", "10:0",
                             "2026-12-01T", "2026-12-01T10:00x", "tonight ", "1h30", "30m1h", "-1h",
                             "+5m", "1.5h", "10:00:60", "99999999999999999999d"}) {
        CAPTURE(text);
        CHECK(contains(future(text, now), "--expires: must be a moment such as "));
        CHECK(contains(past(text, now), "--from: must be a moment such as "));
    }
}

TEST_CASE("an expiry is shown with its day, its zone and its distance") {
    const Zone berlin("Europe/Berlin");
    const Timestamp now = utc("2026-11-27T19:59:00Z");
    CHECK(show_expiry(utc("2026-11-27T22:59:00Z"), now) == "Fri 27 Nov 23:59 CET, in 3 h");
    CHECK(show_expiry(utc("2026-12-01T09:00:00Z"), now) == "Tue 1 Dec 10:00 CET, in 3 d 13 h");
    CHECK(show_expiry(utc("2027-07-01T08:00:00Z"), now) ==
          "Thu 1 Jul 2027 10:00 CEST, in 215 d 12 h");
    CHECK(show_expiry(utc("2026-11-27T17:00:00Z"), now) == "Fri 27 Nov 18:00 CET, 2 h ago");
}

TEST_CASE("distances in lists have one unit") {
    const Timestamp now = utc("2026-01-17T10:00:00Z");
    CHECK(show_distance(now, now) == "0 s ago");
    CHECK(show_distance(now - 59s, now) == "59 s ago");
    CHECK(show_distance(now - 119min, now) == "1 h ago");
    CHECK(show_distance(now - 24h * 400, now) == "400 d ago");
    CHECK(show_distance(now + 8h - 1s, now) == "in 8 h");
    CHECK(show_distance(now + 90s, now) == "in 2 min");
    CHECK(show_distance(now + 10ms, now) == "in 1 s");
}

TEST_CASE("lengths of time have units, and seconds need none") {
    CHECK(parse_length_of_time("0") == 0s);
    CHECK(parse_length_of_time("90") == 90s);
    CHECK(parse_length_of_time("90s") == 90s);
    CHECK(parse_length_of_time("1h30m") == 90min);
    CHECK(parse_length_of_time("1w2d3h4m5s") == 24h * 9 + 3h + 4min + 5s);
    for (const char* text : {"", "h", "1x", "1h1h", "1m1h", "1h30", "-1", "1 h", "300000000w"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_length_of_time(text));
    }
}
