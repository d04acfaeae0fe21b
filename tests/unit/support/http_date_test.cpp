#include "support/http_date.hpp"

#include <doctest/doctest.h>

using namespace rescuestream;

TEST_CASE("the date of an HTTP answer is read to the second") {
    CHECK(parse_http_date("Fri, 27 Nov 2026 23:45:44 GMT") ==
          parse_rfc3339("2026-11-27T23:45:44Z"));
    CHECK(parse_http_date("Sun, 06 Jan 2030 08:09:00 GMT") ==
          parse_rfc3339("2030-01-06T08:09:00Z"));
}

TEST_CASE("every other text is no date of HTTP") {
    for (const char* text : {"", "Fri, 27 Nov 2026 23:45:44", "Fri, 27 Nov 2026 23:45:44 CET",
                             "Friday, 27-Nov-26 23:45:44 GMT", "Fri, 27 Foo 2026 23:45:44 GMT",
                             "Fri, 31 Feb 2026 23:45:44 GMT", "Fri, 27 Nov 2026 25:45:44 GMT",
                             "Fri, xx Nov 2026 23:45:44 GMT"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_http_date(text));
    }
}
