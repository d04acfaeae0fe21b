#include <doctest/doctest.h>
#include <fmt/format.h>

#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

TEST_CASE("a body that is not a JSON object of known members is refused and changes nothing") {
    TestApplication server;
    const std::string deep_arrays = std::string(100'000, '[') + std::string(100'000, ']');
    std::string deep_objects;
    for (int i = 0; i < 100; ++i) deep_objects += "{\"a\":";
    deep_objects += "1" + std::string(100, '}');
    for (const std::string& body :
         {std::string("{"),
          std::string("[]"),
          std::string("null"),
          std::string("\"x\""),
          std::string("NaN"),
          std::string("{'display_name':'A'}"),
          std::string("{}"),
          std::string(R"({"display_name":NaN})"),
          std::string(R"({"display_name":"A",})"),
          std::string(R"({"display_name":"A"} x)"),
          std::string("\xEF\xBB\xBF{}"),
          std::string(R"({"display_name":"A","display_name":"B"})"),
          std::string(R"({"display_name":"A","metadata":{"x":1,"x":2}})"),
          std::string(R"({"display_name":"A\u0000B"})"),
          std::string("{\"display_name\":\"A\"}\0", 21),
          std::string("{\"display_name\":\"\xff\xfe\"}"),
          std::string("{\"display_name\":\"\xc0\x80\"}"),
          std::string(R"({"display_name":"\ud800"})"),
          std::string("{\"display_name\":\"a\nb\"}"),
          std::string(R"({"display_name":"a\tb"})"),
          std::string(R"({"display_name":""})"),
          std::string(R"({"display_name":"  "})"),
          std::string("{\"display_name\":\"\xC2\xA0\"}"),
          std::string(R"({"display_name":null})"),
          std::string(R"({"display_name":7})"),
          fmt::format(R"({{"display_name":"{}"}})", std::string(256, 'x')),
          std::string(R"({"display_name":"A","metadata":[]})"),
          std::string(R"({"display_name":"A","metadata":"{}"})"),
          fmt::format(R"({{"display_name":"A","metadata":{{"x":"{}"}}}})",
                      std::string(17'000, 'y')),
          fmt::format(R"({{"display_name":"A","metadata":{}}})", deep_objects),
          fmt::format(R"({{"display_name":"A","metadata":{{"x":{}}}}})", deep_arrays),
          std::string(R"({"display_name":"A","id":"mine"})"),
          deep_arrays}) {
        CAPTURE(body.substr(0, 80));
        const Reply reply = server.call("POST", "/broadcasters", body);
        CHECK(reply.status() == 400);
        CHECK(reply.text("type") == "/errors/invalid-request");
        CHECK(reply.text("detail").ends_with("."));
    }
    CHECK(server.call("POST", "/broadcasters").status() == 400);
    CHECK(server.test->list_broadcasters().value().items.empty());
    CHECK(server.test->list_audit({}).value().total == 0);
}

TEST_CASE("limits are inclusive and count characters") {
    TestApplication server;
    std::string name;
    for (int i = 0; i < 255; ++i) name += "\xF0\x9F\x9A\x81";
    CHECK(server.call("POST", "/broadcasters", fmt::format(R"({{"display_name":"{}"}})", name))
              .status() == 201);
}

TEST_CASE("all wrong members of a key are reported at once") {
    TestApplication server;
    CHECK(server
              .call("POST", "/stream-keys",
                    R"({"broadcaster_id":"x","label":"a\nb","playback_path":"/live//x",)"
                    R"("expires_at":"2020-01-01T00:00:00Z","on_duplicate":"fight",)"
                    R"("reconnect_window":-1,"stale_after":"5","max_session_duration":0,)"
                    R"("who":1,"a/b~c":2})")
              .wrong_members() ==
          "/broadcaster_id /label /playback_path /expires_at /on_duplicate /reconnect_window "
          "/stale_after /max_session_duration /who /a~1b~0c");
    for (const char* time :
         {"tomorrow", "2027-01-01", "2027-01-01T00:00:00", "2027-02-30T00:00:00Z", ""}) {
        CAPTURE(time);
        CHECK(server
                  .call("POST", "/stream-keys",
                        fmt::format(R"({{"broadcaster_id":"{}","expires_at":"{}"}})",
                                    "00000000-0000-7000-8000-000000000000", time))
                  .wrong_members() == "/expires_at");
    }
    CHECK(server.call("POST", "/stream-keys", "{}").wrong_members() == "/broadcaster_id");
    CHECK(server.call("POST", "/stream-keys", R"({"broadcaster_id":17,"expires_at":17})")
              .wrong_members() == "/broadcaster_id /expires_at");
    CHECK(server
              .call("POST", "/stream-keys",
                    fmt::format(R"({{"broadcaster_id":"x","playback_path":"sk_{}"}})",
                                std::string(43, 'a')))
              .wrong_members() == "/broadcaster_id /playback_path");
}

TEST_CASE("a body must say that it is JSON") {
    TestApplication server;
    const auto status = [&](const char* type, const std::string& body = R"({"display_name":"A"})") {
        HttpRequest request = TestApplication::make_request("POST", "/broadcasters");
        request.body = body;
        request.headers.emplace_back("x-api-key", kSecret);
        if (type != nullptr) request.headers.emplace_back("content-type", type);
        return server.send(std::move(request)).status();
    };
    CHECK(status("application/json") == 201);
    CHECK(status("Application/JSON; charset=utf-8") == 201);
    CHECK(status("application/merge-patch+json") == 201);
    CHECK(status("text/plain") == 415);
    CHECK(status("application/x-www-form-urlencoded") == 415);
    CHECK(status("application/jsonx") == 415);
    CHECK(status("multipart/form-data; boundary=x") == 415);
    CHECK(status(nullptr) == 415);
    CHECK(status("") == 415);
    CHECK(status("text/plain", "") == 400);  // an empty body has no type that could be wrong
}

TEST_CASE("GET and DELETE may carry the media type of a body that they do not have") {
    TestApplication server;
    const auto key = server.test.key();
    for (const char* method : {"GET", "DELETE"}) {
        HttpRequest request =
            TestApplication::make_request(method, "/stream-keys/" + key.key.id.to_string());
        request.headers.emplace_back("content-type", "application/json");
        request.headers.emplace_back("x-api-key", kSecret);
        CHECK(server.send(std::move(request)).status() < 300);
    }
}

TEST_CASE("an encoded body is refused without being read") {
    TestApplication server;
    for (const char* encoding : {"gzip", "br", "deflate", "identity, gzip"}) {
        HttpRequest request =
            TestApplication::make_request("POST", "/broadcasters", R"({"display_name":"A"})");
        request.headers.emplace_back("x-api-key", kSecret);
        request.headers.emplace_back("content-encoding", encoding);
        CHECK(server.send(std::move(request)).status() == 415);
    }
}

TEST_CASE("a body over the limit of its route is 413") {
    TestApplication server;
    const auto body = [](std::size_t size) {
        return "{\"action\":\"read\",\"x\":\"" + std::string(size - 24, 'x') + "\"}";
    };
    CHECK(server.media("/auth", body(64 * 1024)).status() == 200);
    const Reply over = server.media("/auth", body(64 * 1024 + 1));
    CHECK(over.status() == 413);
    CHECK(over.text("type") == "/errors/payload-too-large");
    CHECK(server.media("/webhook/ready", body(64 * 1024 + 1)).status() == 413);
    CHECK(server.call("POST", "/broadcasters", body(1024 * 1024)).status() == 400);
    CHECK(server.call("POST", "/broadcasters", body(1024 * 1024 + 1)).status() == 413);
    // What is stored for ever is smaller.
    CHECK(server.call("POST", "/audit-events", body(64 * 1024)).status() == 400);
    CHECK(server.call("POST", "/audit-events", body(64 * 1024 + 1)).status() == 413);
}

}  // namespace
}  // namespace rescuestream::server::testing
