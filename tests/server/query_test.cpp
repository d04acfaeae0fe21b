// Query parameters: a route refuses those that it does not know.

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "openapi.hpp"
#include "routes/table.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

// Returns `route` with existing values in its path.
std::string target_of(const std::string& key, const Route& route) {
    std::string target(route.pattern);
    const auto begin = target.find('{');
    if (begin == std::string::npos) return target;
    const auto end = target.find('}');
    std::string what = "00000000-0000-7000-8000-000000000000";
    if (target.starts_with("/errors")) what = "not-found";
    if (target.starts_with("/nodes") || target.starts_with("/auth")) what = "default";
    if (target.starts_with("/stream-keys")) what = key;
    return target.replace(begin, end + 1 - begin, what);
}

std::set<std::string> words_of(std::string_view text) {
    std::set<std::string> words;
    while (!text.empty()) {
        const auto end = text.find(' ');
        words.emplace(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return words;
}

TEST_CASE("every route but the media server's refuses a parameter that it does not know") {
    TestApplication server;
    const std::string key = server.test.key().key.id.to_string();
    const auto before = server.test->list_audit({}).value().total;
    for (const Route& route : api_routes()) {
        const std::string target = target_of(key, route);
        CAPTURE(route.method);
        CAPTURE(target);
        const Reply reply =
            server.call(std::string(route.method), target + "?nonsense=1&other", "");
        if (route.permission.access == Access::kMedia) {
            CHECK(reply.wrong_members().find("nonsense") == std::string::npos);
            continue;
        }
        CHECK(reply.status() == 400);
        CHECK(reply.text("type") == "/errors/invalid-request");
        CHECK(reply.wrong_members() == "/nonsense /other");
        for (const auto& name : words_of(route.query)) {
            CHECK(reply.text("detail").find(name) != std::string::npos);
        }
    }
    CHECK(server.test->list_audit({}).value().total == before);
}

TEST_CASE("a misspelt filter is named, with the ones that the route knows") {
    TestApplication server;
    const Reply reply = server.call("GET", "/streams?sate=all");
    CHECK(reply.status() == 400);
    CHECK(reply.text("detail") ==
          "The input is not valid: sate is not known here: this route knows state, stream_key_id, "
          "label, "
          "broadcaster_id, broadcaster, incident_id, node, from, to, limit, cursor.");
    CHECK(server.call("DELETE", "/stream-keys/" + server.test.key().key.id.to_string() + "?dry=1")
              .wrong_members() == "/dry");
    CHECK(server.call("GET", "/streams?state=all").status() == 200);
}

TEST_CASE("a parameter's name is shown with escapes, whatever it contains") {
    TestApplication server;
    CHECK(server.call("GET", "/streams?%zz=1").wrong_members() == "/%zz");
    CHECK(server.call("GET", "/streams?%ff=1").wrong_members() == "/%ff");
    CHECK(server.call("GET", "/streams?%00=1").wrong_members() == "/%00");
    CHECK(server.call("GET", "/streams?=1").wrong_members() == "/");
    CHECK(server.call("GET", "/streams?a/b~c=1").wrong_members() == "/a~1b~0c");
    CHECK(server.call("GET", "/streams?&&state=all&").status() == 200);
    const std::string key = "sk_" + std::string(43, 'q');
    CHECK(server.call("GET", "/streams?" + key).wrong_members() == "/sk_***");
    const Reply late = server.call("GET", "/streams?" + std::string(40, '.') + key);
    CHECK(late.response.body.find("qqq") == std::string::npos);
    CHECK(server.call("GET", "/streams?" + std::string(5'000, '.')).response.body.size() < 1'000);
}

TEST_CASE("a caller without a credential does not learn which parameters a route knows") {
    TestApplication server;
    CHECK(server.send(TestApplication::make_request("GET", "/streams?sate=all")).status() == 401);
}

TEST_CASE("a parameter that is given twice is refused with its name") {
    TestApplication server;
    CHECK(server.call("GET", "/streams?state=all&state=all").wrong_members() == "/state");
    CHECK(server.call("GET", "/audit-logs?actor=a&%61ctor=b").wrong_members() == "/actor");
    const Reply reply = server.call(
        "DELETE", "/broadcasters/00000000-0000-7000-8000-000000000000?force=true&force=false");
    CHECK(reply.wrong_members() == "/force");
}

TEST_CASE("an empty filter is refused, so that it does not return a whole list") {
    TestApplication server;
    for (const char* name :
         {"state", "stream_key_id", "broadcaster_id", "node", "from", "to", "limit", "cursor"}) {
        CAPTURE(name);
        for (const std::string& query : {std::string(name) + "=", std::string(name)}) {
            CHECK(server.call("GET", "/streams?" + query).wrong_members() ==
                  std::string("/") + name);
        }
    }
    CHECK(server.call("DELETE", "/broadcasters/00000000-0000-7000-8000-000000000000?force=")
              .wrong_members() == "/force");
}

TEST_CASE("filters of the audit record may be empty, as in the front end's form, but not numbers") {
    TestApplication server;
    CHECK(server
              .call("GET",
                    "/audit-logs?limit=50&offset=0&action=&actor=&resource_type=&resource_id="
                    "&from=&to=")
              .status() == 200);
    CHECK(server.call("GET", "/audit-logs?limit=").wrong_members() == "/limit");
    CHECK(server.call("GET", "/audit-logs?limit=50&offset=").wrong_members() == "/offset");
}

TEST_CASE("a time range that ends before it begins is refused") {
    TestApplication server;
    const std::string early = "2026-01-17T10:00:00Z";
    const std::string late = "2026-01-17T12:00:01%2B02:00";
    for (const char* list : {"/streams", "/audit-logs"}) {
        CAPTURE(list);
        const auto call = [&](const std::string& from, const std::string& to) {
            return server.call("GET", std::string(list) + "?from=" + from + "&to=" + to);
        };
        CHECK(call(late, early).wrong_members() == "/from");
        CHECK(call(late, early).status() == 400);
        CHECK(call(early, late).status() == 200);
        CHECK(call(early, early).status() == 200);
    }
}

TEST_CASE("the OpenAPI document has the parameters of each route, and its 400") {
    const auto parsed = rescuestream::json::parse(openapi_json());
    REQUIRE(parsed);
    const rapidjson::Value& document = *parsed;
    const auto& shared = document["components"]["parameters"];
    for (const Route& route : api_routes()) {
        CAPTURE(route.pattern);
        std::string method(route.method);
        for (char& c : method) c = static_cast<char>(std::tolower(c));
        const auto& operation =
            document["paths"][std::string(route.pattern).c_str()][method.c_str()];
        std::set<std::string> documented;
        if (operation.HasMember("parameters")) {
            for (const auto& item : operation["parameters"].GetArray()) {
                const bool is_shared = item.HasMember("$ref");
                std::string name = is_shared ? item["$ref"].GetString() : "";
                name = name.substr(name.rfind('/') + 1);
                const rapidjson::Value& parameter = is_shared ? shared[name.c_str()] : item;
                if (std::string_view(parameter["in"].GetString()) != "query") continue;
                documented.emplace(parameter["name"].GetString());
            }
        }
        CHECK(documented == words_of(route.query));
        CHECK(operation["responses"].HasMember("400"));
    }
}

}  // namespace
}  // namespace rescuestream::server::testing
