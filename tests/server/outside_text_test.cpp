// Text from outside has no effect in logs and problems, and key values in it are masked or refused.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "logging.hpp"
#include "support/text.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

const std::string kTail = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE";
const std::string kKey = "sk_" + kTail;
const std::string kNearMiss = kKey.substr(0, 45);
const Timestamp kWhen = parse_rfc3339("2026-01-17T10:00:00.5Z").value();

std::string line_with(LogFormat format, const std::string& text) {
    return format_log_line(format, kWhen, LogLevel::kInfo, "it said " + text, {{"text", text}});
}

TEST_CASE("no text can end a line of the log or hide a part of it") {
    for (const std::string& text :
         {std::string("a\nb"), std::string("\x1b[2Jx"), std::string("\x7f"),
          std::string("\xC2\x9B[2J"), std::string("a\xE2\x80\xAEz"), std::string("a\xE2\x81\xA6z"),
          std::string("a\xE2\x80\xA8z"), std::string("a\xD8\x9Cz"), std::string("a\0b", 3),
          std::string("\xff\xfe")}) {
        for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
            const std::string line = line_with(format, text);
            CAPTURE(line);
            CHECK(is_clean_utf8(line));
            CHECK(escape_unprintable(line) == line);
        }
        const auto json = rescuestream::json::parse(
            line_with(LogFormat::kJson, text.find('\0') == text.npos ? text : "-"));
        REQUIRE(json);
        if (is_clean_utf8(text)) CHECK((*json)["text"].GetString() == text);
    }
    CHECK(line_with(LogFormat::kText, "a\nb") ==
          R"(2026-01-17T10:00:00.500000Z info  it said a\nb text="a\nb")");
    CHECK(line_with(LogFormat::kText, "a\xE2\x80\xAEz") ==
          R"(2026-01-17T10:00:00.500000Z info  it said a\u202ez text="a\u202ez")");
}

TEST_CASE("a text that is nearly a key value is masked in the log") {
    for (const std::string& near : {kNearMiss, kTail, "\n" + kNearMiss, "x\t" + kTail}) {
        for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
            const std::string line = line_with(format, near);
            CAPTURE(line);
            CHECK(line.find("AbCdEfGh") == std::string::npos);
            CHECK(line.find("***") != std::string::npos);
        }
    }
}

TEST_CASE("a refused publisher's mistyped key is not in the log") {
    TestApplication server;
    for (const std::string& path :
         {kNearMiss, kTail, "live/" + kNearMiss, kKey.substr(0, 20) + "/" + kKey.substr(20)}) {
        CAPTURE(path);
        server.media("/auth", fmt::format(R"({{"action":"publish","protocol":"rtmp","id":"a",)"
                                          R"("ip":"192.0.2.7","path":"{}","password":"{}"}})",
                                          path, kKey));
    }
    const std::string log = server.logger.text();
    CHECK(log.find("publisher refused") != std::string::npos);
    CHECK(log.find("***") != std::string::npos);
    CHECK(log.find("AbCdEfGh") == std::string::npos);
}

TEST_CASE("a problem shows control characters of a text from outside as escapes") {
    TestApplication server;
    const Reply reply =
        server.call("POST", "/broadcasters", "{\"display_name\":\"A\",\"x\xE2\x80\xAEy\":1}");
    CHECK(reply.status() == 400);
    CHECK(reply.text("detail").find("x\\u202ey is not known") != std::string::npos);
    CHECK(reply.wrong_members() == "/x\xE2\x80\xAEy");
    const Reply missing = server.call("GET", "/nodes/" + kNearMiss);
    CHECK(missing.text("instance") == "/nodes/sk_***");
}

TEST_CASE("a large invalid body gets a small answer") {
    TestApplication server;
    std::string body = "{\"display_name\":\"A\"";
    for (int i = 0; i < 5'000; ++i) body += fmt::format(",\"{}{}\":1", std::string(100, 'n'), i);
    const Reply reply = server.call("POST", "/broadcasters", body + "}");
    CHECK(reply.status() == 400);
    CHECK(reply.response.body.size() < 10'000);
}

TEST_CASE(
    "a key value in a member that is shown is refused with its place, and nothing is stored") {
    TestApplication server;
    const auto key = server.test.key();
    const std::string broadcaster = "/broadcasters/" + key.key.broadcaster_id.to_string();
    const std::string stream_key = "/stream-keys/" + key.key.id.to_string();
    const std::string node =
        R"({"name":"west","api_url":"http://10.0.0.2:9997","addresses":{"webrtc":"http://h:8889"})";
    REQUIRE(server.call("POST", "/nodes", node + "}").status() == 201);
    const auto before = server.test->list_audit({}).value().total;
    struct Case {
        const char* method;
        std::string target;
        std::string body;
        std::string place;
    };
    const std::string owner =
        fmt::format(R"("broadcaster_id":"{}")", key.key.broadcaster_id.to_string());
    const std::string other =
        R"({"name":"east","api_url":"http://10.0.0.3:9997","addresses":{"webrtc":"http://h:8889"})";
    const std::string escaped = "\\u0073k_" + kTail;
    for (const Case& c : std::initializer_list<Case>{
             {"POST", "/broadcasters", R"({"display_name":"my KEY"})", "/display_name"},
             {"POST", "/broadcasters", R"({"display_name":"A","metadata":{"a":"KEY"}})",
              "/metadata/a"},
             {"POST", "/broadcasters", R"({"display_name":"A","metadata":{"a":[1,{"b":"x KEY"}]}})",
              "/metadata/a/1/b"},
             {"POST", "/broadcasters", R"({"display_name":"A","metadata":{"KEY":1}})",
              "/metadata/sk_***"},
             {"PATCH", broadcaster, R"({"display_name":"KEY"})", "/display_name"},
             {"PATCH", broadcaster, R"({"metadata":{"a":{"b":{"c":"KEY"}}}})", "/metadata/a/b/c"},
             {"POST", "/stream-keys", "{" + owner + R"(,"label":"KEY"})", "/label"},
             {"POST", "/stream-keys", "{" + owner + R"(,"playback_path":"live/KEY"})",
              "/playback_path"},
             {"PATCH", stream_key, R"({"label":"Drone KEY"})", "/label"},
             {"POST", "/nodes", other + R"(,"label":"KEY"})", "/label"},
             {"POST", "/nodes", other + R"(,"api_user":"KEY"})", "/api_user"},
             {"PATCH", "/nodes/west", R"({"label":"KEY"})", "/label"},
             {"PATCH", "/nodes/default", R"({"label":"KEY"})", "/label"},
             {"PATCH", "/nodes/west", R"({"api_user":"KEY"})", "/api_user"},
             {"PATCH", "/nodes/west", R"({"addresses":{"hls":"http://h/KEY"}})",
              "/addresses/hls"}}) {
        for (const std::string& value : {kKey, escaped, "sk%5F" + kTail}) {
            std::string body = c.body;
            body.replace(body.find("KEY"), 3, value);
            CAPTURE(c.method);
            CAPTURE(c.target);
            CAPTURE(body);
            const Reply reply = server.call(c.method, c.target, body);
            CHECK(reply.status() == 400);
            CHECK(reply.wrong_members() == c.place);
            CHECK(reply.response.body.find("AbCdEfGh") == std::string::npos);
        }
    }
    CHECK(server.test->list_audit({}).value().total == before);
    CHECK(server.test->list_broadcasters().value().items.size() == 1);
    CHECK(server.test->list_stream_keys().value().items.size() == 1);
}

TEST_CASE("a name that only resembles a key value is accepted") {
    TestApplication server;
    CHECK(server.call("POST", "/broadcasters", fmt::format(R"({{"display_name":"{}"}})", kNearMiss))
              .status() == 201);
}

}  // namespace
}  // namespace rescuestream::server::testing
