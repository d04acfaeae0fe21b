// Policies of a key in bodies and answers.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "test_server.hpp"

namespace rescuestream::server::testing {

TEST_CASE("a key's protocols, first moment and bitrate are set, shown, applied and reset") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    const std::string place = "/stream-keys/" + key.key.id.to_string();
    const Reply changed =
        server.call("PATCH", place,
                    R"({"protocols":["srt","rtmps"],"not_before":"2999-01-01T00:00:00Z",)"
                    R"("max_bitrate":6000000,"over_bitrate":"cut"})");
    REQUIRE(changed.status() == 200);
    CHECK(changed.json["protocols"].Size() == 2);
    CHECK(changed.text("not_before") == "2999-01-01T00:00:00.000000Z");
    CHECK(changed.json["max_bitrate"].GetUint64() == 6'000'000);
    CHECK(changed.text("over_bitrate") == "cut");

    const auto ask = [&](const char* protocol) {
        return server.media("/auth",
                            fmt::format(R"({{"action":"publish","path":"live/a","protocol":"{}",)"
                                        R"("password":"{}","id":"c1"}})",
                                        protocol, key.value.reveal()));
    };
    CHECK(ask("rtsp").text("type") == "/errors/protocol-not-allowed");
    CHECK(ask("srt").text("type") == "/errors/stream-key-not-yet-valid");
    const Reply reset = server.call(
        "PATCH", place, R"({"reset":["protocols","not_before","max_bitrate","over_bitrate"]})");
    CHECK(reset.status() == 200);
    CHECK_FALSE(reset.json.HasMember("protocols"));
    CHECK(ask("rtsp").status() == 200);
}

TEST_CASE("wrong policies of a key are refused by name, and change nothing") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    const std::string place = "/stream-keys/" + key.key.id.to_string();
    const auto before = server.call("GET", place).response.body;
    struct Wrong {
        const char* body;
        const char* members;
    };
    for (const auto& [body, members] :
         {Wrong{R"({"protocols":[]})", "/protocols"},
          {R"({"protocols":"rtmp"})", "/protocols"},
          {R"({"protocols":["rtmp","moq"]})", "/protocols/1"},
          {R"({"protocols":["RTMP",1]})", "/protocols/0 /protocols/1"},
          {R"({"protocols":["srt","srt","srt","srt","srt","srt","srt"]})", "/protocols"},
          {R"({"not_before":"2000-01-01T00:00:00Z"})", "/not_before"},
          {R"({"max_bitrate":9999})", "/max_bitrate"},
          {R"({"max_bitrate":1000000001})", "/max_bitrate"},
          {R"({"max_bitrate":-1})", "/max_bitrate"},
          {R"({"max_bitrate":"6M"})", "/max_bitrate"},
          {R"({"max_bitrate":1e6})", "/max_bitrate"},
          {R"({"over_bitrate":"kill"})", "/over_bitrate"}}) {
        CAPTURE(body);
        const Reply refused = server.call("PATCH", place, body);
        CHECK(refused.status() == 400);
        CHECK(refused.wrong_members() == members);
    }
    CHECK(server.call("GET", place).response.body == before);
}

}  // namespace rescuestream::server::testing
