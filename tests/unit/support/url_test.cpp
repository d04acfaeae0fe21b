#include "support/url.hpp"

#include <doctest/doctest.h>

using namespace rescuestream;
using Members = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("a query is split and decoded in order") {
    CHECK(parse_query("user=u1&pass=p%201&x=a+b&flag&&y=") ==
          Members{{"user", "u1"}, {"pass", "p 1"}, {"x", "a b"}, {"flag", ""}, {"y", ""}});
}

TEST_CASE("a bad escape in one member of a query leaves the others alone") {
    CHECK(parse_query("x=%zz&pass=p1&y=%4") == Members{{"pass", "p1"}});
}

TEST_CASE("percent-encoding comes back unchanged") {
    const std::string text("a/b c\xC3\xA9?%\0", 9);
    CHECK(percent_decode(percent_encode(text)) == text);
    CHECK(percent_encode("live/x y", "/") == "live/x%20y");
    CHECK_FALSE(percent_decode("%"));
    CHECK_FALSE(percent_decode("%4g"));
}

TEST_CASE("an http URL is taken apart") {
    const auto url = parse_http_url("https://me:p%40ss@video.example.org:8443/base");
    REQUIRE(url);
    CHECK(url->user == "me");
    CHECK(url->password == "p@ss");
    CHECK(url->host == "video.example.org");
    CHECK(url->port == 8443);
    CHECK(url->path == "/base");
    CHECK(url->origin() == "https://video.example.org:8443");
    CHECK(parse_http_url("http://[::1]:9997")->host == "::1");
    CHECK(parse_http_url("http://[::1]:9997")->origin() == "http://[::1]:9997");
    CHECK(parse_http_url("http://h")->port == 80);
    CHECK(parse_http_url("https://h")->origin() == "https://h");
}

TEST_CASE("what is no http URL is refused") {
    for (const char* text : {"", "h:80", "ftp://h", "http://", "http://:80", "http://h:0",
                             "http://h:65536", "http://h:8x", "http://[::1", "http://h?x=1",
                             "http://h/#a", "http://h /", "http://u:%zz@h"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_http_url(text));
    }
}
