#include "support/url.hpp"

#include <doctest/doctest.h>

using namespace rescuestream;
using Members = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("a query is split and decoded in order") {
    CHECK(parse_query("user=u1&pass=p%201&x=a+b&flag&&y=") ==
          Members{{"user", "u1"}, {"pass", "p 1"}, {"x", "a b"}, {"flag", ""}, {"y", ""}});
}

TEST_CASE("a bad escape in one member of a query does not affect the others") {
    CHECK(parse_query("x=%zz&pass=p1&y=%4") == Members{{"pass", "p1"}});
}

TEST_CASE("a percent-encoded text is decoded to the original") {
    const std::string text("a/b c\xC3\xA9?%\0", 9);
    CHECK(percent_decode(percent_encode(text)) == text);
    CHECK(percent_encode("live/x y", "/") == "live/x%20y");
    CHECK_FALSE(percent_decode("%"));
    CHECK_FALSE(percent_decode("%4g"));
}

TEST_CASE("an http URL is split into its parts") {
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

TEST_CASE("a text that is not an http URL is refused") {
    for (const char* text : {"", "h:80", "ftp://h", "http://", "http://:80", "http://h:0",
                             "http://h:65536", "http://h:8x", "http://[::1", "http://h?x=1",
                             "http://h/#a", "http://h /", "http://u:%zz@h"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_http_url(text));
    }
}

TEST_CASE("a host is a name, an IPv4 address or an IPv6 address") {
    const std::string label(63, 'a');
    for (const std::string& text :
         {std::string("localhost"), std::string("video.example.org"), std::string("example.org."),
          std::string("my_container-1"), std::string("_srv.example"),
          std::string("xn--bcher-kva.de"), std::string("10.0.0.2"), std::string("1a.2b"),
          std::string("3com.example"), std::string("::1"), std::string("2001:db8::7"),
          std::string("::ffff:10.0.0.2"), label,
          label + "." + label + "." + label + "." + std::string(61, 'b')}) {
        CAPTURE(text);
        CHECK(is_host(text));
    }
    for (const std::string& text :
         {std::string(),
          std::string("."),
          std::string("a..b"),
          std::string(".a"),
          std::string("-a"),
          std::string("a-"),
          std::string("a-.b"),
          std::string("\"><script>"),
          std::string("zzz]"),
          std::string("[::1]"),
          std::string("a%00b"),
          std::string("a b"),
          std::string("a\0b", 3),
          std::string("::1\0", 4),
          std::string("b\xC3\xBC.de"),
          std::string("1.2.3.400"),
          std::string("127.1"),
          std::string("2130706433"),
          std::string("0x7f000001"),
          std::string("a.0x1"),
          std::string("1.2.3.4.5"),
          std::string("::1%eth0"),
          std::string(":::"),
          std::string("12345::1"),
          std::string("a:b"),
          std::string("*.example.org"),
          std::string("a,b"),
          label + "a",
          label + "." + label + "." + label + "." + std::string(62, 'b')}) {
        CAPTURE(text);
        CHECK_FALSE(is_host(text));
    }
    CHECK(is_listen_host("fe80::1%eth0"));
    CHECK(is_listen_host("0.0.0.0"));
    CHECK_FALSE(is_listen_host("localhost%eth0"));
    CHECK_FALSE(is_listen_host("fe80::1%"));
}

TEST_CASE("every URL that is read has a host, a port in range and a path of path characters") {
    for (const std::string& rest :
         {std::string("\"><script>"), std::string("[zzz]"), std::string("a%00b"),
          std::string("[::1%25eth0]"), std::string("[10.0.0.2]"), std::string("::1"),
          std::string("h:0"), std::string("h:65536"), std::string("h:"), std::string("h:+1"),
          std::string("h/\"><script>"), std::string("h/a'b"), std::string("h/%00"),
          std::string("h/%zz"), std::string("h/%0a"), std::string("h/a\x7f"),
          std::string("h/\xC3\xBC"), std::string("u:p@[zzz]")}) {
        CAPTURE(rest);
        CHECK_FALSE(parse_http_url("http://" + rest));
        CHECK_FALSE(parse_origin("https://" + rest));
        for (const char* scheme : {"http", "rtsp", "rtmp", "srt"}) {
            CHECK(check_public_address(std::string(scheme) + "://" + rest, scheme));
        }
    }
    CHECK(parse_url("rtsp://[2001:db8::7]:8554/a%20b/c")->host == "2001:db8::7");
    CHECK_FALSE(check_public_address("rtsps://my_node:322", "rtsp"));
    CHECK_FALSE(check_public_address("https://h/behind/a/proxy/", "http"));
    struct Bad {
        const char* address;
        const char* scheme;
        const char* part;
    };
    for (const auto& [address, scheme, part] : std::initializer_list<Bad>{
             {"rtsps://my_node:322/base", "rtsp", "must not have a path"},
             {"rtmp://h/live", "rtmp", "must not have a path"},
             {"srt://h:8890/live", "srt", "must not have a path"},
             {"srt://h", "srt", "must name a port"},
             {"http://0.0.0.0:8889", "http", "every address of a machine"},
             {"rtsp://[::]:8554", "rtsp", "every address of a machine"},
             {"http://h:8889/live/x/whep", "http", "before the path of a stream"},
             {"http://h:8888/live/index.m3u8", "http", "before the path of a stream"}}) {
        CAPTURE(address);
        const auto problem = check_public_address(address, scheme);
        REQUIRE(problem);
        CHECK(problem->find(part) != std::string::npos);
    }
    CHECK_FALSE(check_public_address("srt://h:8890", "srt"));
    CHECK(check_public_address("srts://h:8890", "srt"));
    CHECK(check_public_address("rtsp://h:8554", "rtmp"));
    CHECK(check_public_address("http://@h", "http"));
    CHECK(check_public_address("h:8889", "http")->find("http://HOST") != std::string::npos);
}

TEST_CASE("an origin has no path and no credential, and two spellings of one origin are equal") {
    CHECK(parse_origin("http://h:9997/")->origin() == "http://h:9997");
    for (const char* text : {"http://h/v3", "http://u@h", "http://u:p@h", "http://@h", "h:9997"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_origin(text));
    }
    CHECK(is_same_origin("http://H.example/", "http://h.EXAMPLE:80"));
    CHECK_FALSE(is_same_origin("http://h", "https://h"));
    CHECK_FALSE(is_same_origin("http://h", "http://h:81"));
    CHECK_FALSE(is_same_origin("http://h", "http://h.example"));
    CHECK_FALSE(is_same_origin("http://h/x", "http://h/x"));
}
