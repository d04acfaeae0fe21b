#include "rescuestream/time.hpp"

#include <doctest/doctest.h>

using namespace rescuestream;

TEST_CASE("a time is written in UTC with six fractional digits") {
    const Timestamp time = std::chrono::sys_days(std::chrono::year(2026) / 1 / 17) +
                           std::chrono::hours(10) + std::chrono::microseconds(123'456);
    CHECK(format_rfc3339(time) == "2026-01-17T10:00:00.123456Z");
    CHECK(format_rfc3339(Timestamp{}) == "1970-01-01T00:00:00.000000Z");
}

TEST_CASE("a time is read with any offset and any fraction") {
    const auto expected = parse_rfc3339("2026-01-17T10:00:00.123456Z");
    REQUIRE(expected);
    CHECK(parse_rfc3339("2026-01-17T12:00:00.123456+02:00") == expected);
    CHECK(parse_rfc3339("2026-01-17T04:30:00.123456-05:30") == expected);
    CHECK(parse_rfc3339("2026-01-17t10:00:00.123456789z") == expected);
    CHECK(parse_rfc3339("2026-01-17 10:00:00.123456Z") == expected);
    CHECK(format_rfc3339(*parse_rfc3339("2026-01-17T10:00:00Z")) == "2026-01-17T10:00:00.000000Z");
    CHECK(format_rfc3339(*parse_rfc3339("2026-01-17T10:00:00.5Z")) ==
          "2026-01-17T10:00:00.500000Z");
    CHECK(format_rfc3339(*parse_rfc3339("1969-12-31T23:59:59.000001Z")) ==
          "1969-12-31T23:59:59.000001Z");
}

TEST_CASE("a text that is not a time is refused") {
    for (const char* text :
         {"", "2026-01-17", "2026-01-17T10:00:00", "2026-02-30T10:00:00Z", "2026-13-01T10:00:00Z",
          "2026-01-17T24:00:00Z", "2026-01-17T10:60:00Z", "2026-01-17T10:00:60Z",
          "2026-01-17T10:00:00.Z", "2026-01-17T10:00:00+2:00", "2026-01-17T10:00:00+24:00",
          "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00",
          "2026-01-17T10:00:00Z ", "+2026-01-17T10:00:00Z", "tomorrow"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_rfc3339(text));
    }
}
