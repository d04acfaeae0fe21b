// The routes about incidents.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

std::string open_incident(TestApplication& server) {
    return server
        .call("POST", "/incidents", R"({"name":"Search","reference":"7","metadata":{"a":1}})")
        .text("id");
}

}  // namespace

TEST_CASE("an incident is opened, shown, listed, changed, closed and reopened") {
    TestApplication server;
    const Reply opened = server.call("POST", "/incidents",
                                     R"({"name":"Search","reference":"7","metadata":{"a":1}})");
    REQUIRE(opened.status() == 201);
    CHECK(opened.text("status") == "open");
    const std::string place = "/incidents/" + opened.text("id");
    const Reply shown = server.call("GET", place);
    CHECK(shown.text("name") == "Search");
    CHECK(shown.json["stream_key_ids"].Empty());
    CHECK(server.call("GET", "/incidents?status=open").json["count"].GetInt() == 1);
    CHECK(server.call("GET", "/incidents?status=closed").json["count"].GetInt() == 0);
    CHECK(server.call("GET", "/incidents?status=done").wrong_members() == "/status");
    CHECK(server.call("PATCH", place, R"({"name":"Rescue"})").text("name") == "Rescue");

    const Reply closed = server.call("POST", place + "/close");
    REQUIRE(closed.status() == 200);
    CHECK(closed.json["ended_keys"].GetInt() == 0);
    CHECK(std::string(closed.json["incident"]["status"].GetString()) == "closed");
    CHECK(server.call("POST", place + "/close").status() == 200);
    CHECK(server
              .call("POST", place + "/assign",
                    fmt::format(R"({{"stream_key_ids":["{}"]}})",
                                server.test.key().key.id.to_string()))
              .status() == 409);
    CHECK(server.call("POST", place + "/reopen").text("status") == "open");
}

TEST_CASE("keys and broadcasters are assigned to an incident, and its keys and streams are found") {
    TestApplication server;
    const std::string id = open_incident(server);
    const auto key = server.test.key("live/a");
    const Reply assigned =
        server.call("POST", "/incidents/" + id + "/assign",
                    fmt::format(R"({{"stream_key_ids":["{0}"],"broadcaster_ids":["{1}"]}})",
                                key.key.id.to_string(), key.key.broadcaster_id.to_string()));
    REQUIRE(assigned.status() == 200);
    CHECK(assigned.json["stream_key_ids"].Size() == 1);
    CHECK(assigned.json["broadcaster_ids"].Size() == 1);
    REQUIRE(server.test.publish(key, "c1"));
    CHECK(server.call("GET", "/streams?incident_id=" + id).json["count"].GetInt() == 1);
    CHECK(server.call("GET", "/stream-keys?incident_id=" + id).json["count"].GetInt() == 1);
    CHECK(server.call("GET", "/streams?incident_id=7").wrong_members() == "/incident_id");
    const auto streams = server.call("GET", "/streams");
    CHECK(std::string(streams.json["streams"][0]["incident_id"].GetString()) == id);

    const Reply report = server.call("GET", "/incidents/" + id + "/report");
    CHECK(report.json["streams"].Size() == 1);
    const Reply text = server.call("GET", "/incidents/" + id + "/report?format=markdown");
    CHECK(text.status() == 200);
    CHECK(text.response.content_type == "text/markdown; charset=utf-8");
    CHECK(text.response.body.rfind("# Search\n", 0) == 0);
    CHECK(server.call("GET", "/incidents/" + id + "/report?format=pdf").wrong_members() ==
          "/format");
    const Reply left = server.call(
        "POST", "/incidents/" + id + "/unassign",
        fmt::format(R"({{"broadcaster_ids":["{}"]}})", key.key.broadcaster_id.to_string()));
    CHECK(left.json["stream_key_ids"].Empty());
}

TEST_CASE("incidents are listed a hundred at a time unless the caller says another number") {
    TestApplication server;
    for (int i = 0; i < 101; ++i) {
        server.test.clock.advance(std::chrono::seconds(1));
        NewIncident input;
        input.name = "Search " + std::to_string(i);
        input.reference = std::to_string(i % 100);
        REQUIRE(server.test->create_incident(input, {}));
    }
    const Reply first = server.call("GET", "/incidents");
    CHECK(first.json["count"].GetInt() == 100);
    CHECK(std::string(first.json["incidents"][0]["name"].GetString()) == "Search 100");
    const Reply last = server.call("GET", "/incidents?cursor=" + first.text("next_cursor"));
    CHECK(last.json["count"].GetInt() == 1);
    CHECK_FALSE(last.json.HasMember("next_cursor"));
    CHECK(server.call("GET", "/incidents?status=open").json["count"].GetInt() == 100);
    CHECK(server.call("GET", "/incidents?limit=1000").json["count"].GetInt() == 101);
    CHECK(server.call("GET", "/incidents?name=Search%207").json["count"].GetInt() == 1);
    CHECK(server.call("GET", "/incidents?reference=0").json["count"].GetInt() == 2);
    CHECK(server.call("GET", "/incidents?reference=0&name=Search%200").json["count"].GetInt() == 1);
    CHECK(server.call("GET", "/incidents?name=").wrong_members() == "/name");
}

TEST_CASE("one incident more than may be open is refused with the number that may") {
    TestApplication server;
    NewIncident input;
    input.name = "Search";
    for (std::size_t i = 0; i < kMostOpenIncidents; ++i) {
        REQUIRE(server.test->create_incident(input, {}));
    }
    const Reply refused = server.call("POST", "/incidents", R"({"name":"One more"})");
    CHECK(refused.status() == 409);
    CHECK(refused.text("detail") ==
          "There are 1000 open incidents, and there may not be more: close those that are over.");
    const std::string one =
        server.call("GET", "/incidents?limit=1").json["incidents"][0]["id"].GetString();
    CHECK(server.call("POST", "/incidents/" + one + "/close").status() == 200);
    CHECK(server.call("POST", "/incidents", R"({"name":"One more"})").status() == 201);
    CHECK(server.call("POST", "/incidents/" + one + "/reopen").status() == 409);
}

TEST_CASE("wrong input about incidents is refused by name, and changes nothing") {
    TestApplication server;
    const std::string id = open_incident(server);
    const auto wrong = [&](const std::string& method, const std::string& path,
                           const std::string& body) {
        const Reply reply = server.call(method, path, body);
        CHECK(reply.status() == 400);
        return reply.wrong_members();
    };
    CHECK(wrong("POST", "/incidents", "{}") == "/name");
    CHECK(wrong("POST", "/incidents", R"({"name":" "})") == "/name");
    CHECK(wrong("POST", "/incidents", R"({"name":"a","color":1})") == "/color");
    CHECK(wrong("GET", "/incidents/7", "") == "/id");
    const std::string assign = "/incidents/" + id + "/assign";
    CHECK(wrong("POST", assign, "{}") == "/stream_key_ids");
    CHECK(wrong("POST", assign, R"({"stream_key_ids":"x"})") == "/stream_key_ids");
    CHECK(wrong("POST", assign, R"({"stream_key_ids":["x",1]})") ==
          "/stream_key_ids/0 /stream_key_ids/1");
    CHECK(
        wrong("POST", assign, R"({"broadcaster_ids":["0197c2a0-6d4e-7c33-9d1e-2f4b8a6c0d11"]})") ==
        "/broadcaster_ids/0");
    CHECK(server.call("POST", "/incidents/0197c2a0-6d4e-7c33-9d1e-2f4b8a6c0d11/close").status() ==
          404);
    const std::string owner = server.test.broadcaster().id.to_string();
    CHECK(wrong("POST", "/stream-keys",
                fmt::format(R"({{"broadcaster_id":"{}","until_closed":true}})", owner)) ==
          "/incident_id");
    CHECK(wrong("POST", "/stream-keys",
                fmt::format(R"({{"broadcaster_id":"{}",)"
                            R"("incident_id":"0197c2a0-6d4e-7c33-9d1e-2f4b8a6c0d11"}})",
                            owner)) == "/incident_id");
    CHECK(server.call("GET", "/stream-keys").json["count"].GetInt() == 0);
}

}  // namespace rescuestream::server::testing
