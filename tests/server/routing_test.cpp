#include <doctest/doctest.h>

#include <set>

#include "fields/field.hpp"
#include "openapi.hpp"
#include "problem.hpp"
#include "routes/table.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

TEST_CASE("an unknown route is 404 with and without a credential") {
    TestApplication server;
    for (const char* target : {"/", "/nothing", "/streams/", "/streams//stop", "/stream", "/AUTH",
                               "/broadcasters/x/y", "/errors/"}) {
        CAPTURE(target);
        const Reply reply = server.send(TestApplication::make_request("GET", target));
        CHECK(reply.status() == 404);
        CHECK(reply.text("type") == "/errors/not-found");
    }
}

TEST_CASE("a wrong method is 405 with a list of the right ones") {
    TestApplication server;
    struct Case {
        const char* method;
        const char* target;
        const char* allow;
    };
    for (const auto& [method, target, allow] :
         {Case{"GET", "/auth", "POST"}, Case{"PUT", "/streams", "GET, HEAD"},
          Case{"DELETE", "/broadcasters", "GET, HEAD, POST"},
          Case{"POST", "/broadcasters/01a205ac-d4ec-70d6-b6e1-64e0cf36dbe0",
               "GET, HEAD, PATCH, DELETE"},
          Case{"OPTIONS", "/streams", "GET, HEAD"}, Case{"BREW", "/health", "GET, HEAD"}}) {
        CAPTURE(target);
        const Reply reply = server.send(TestApplication::make_request(method, target));
        CHECK(reply.status() == 405);
        CHECK(reply.header("Allow") == allow);
        CHECK(reply.text("type") == "/errors/method-not-allowed");
    }
}

TEST_CASE("HEAD works wherever GET does") {
    TestApplication server;
    for (const Route& route : api_routes()) {
        if (route.method != "GET") continue;
        CAPTURE(route.pattern);
        const auto found = find_route(api_routes(), "HEAD", route.pattern);
        REQUIRE(found.route != nullptr);
        CHECK((found.route->handler == route.handler));
    }
    CHECK(server.call("HEAD", "/streams").status() == 200);
}

TEST_CASE("the list of routes and the OpenAPI document name the same routes") {
    const auto parsed = rescuestream::json::parse(openapi_json());
    REQUIRE(parsed);
    const rapidjson::Value& document = *parsed;
    CHECK(std::string(document["openapi"].GetString()).starts_with("3.1"));
    std::set<std::string> documented;
    for (const auto& path : document["paths"].GetObject()) {
        for (const auto& operation : path.value.GetObject()) {
            std::string method = operation.name.GetString();
            if (method == "parameters") continue;
            for (char& c : method) c = static_cast<char>(std::toupper(c));
            documented.insert(method + " " + path.name.GetString());
        }
    }
    std::set<std::string> served;
    for (const Route& route : api_routes()) {
        served.insert(std::string(route.method) + " " + std::string(route.pattern));
    }
    CHECK(documented == served);
}

TEST_CASE("the OpenAPI document requires a credential for the same routes as the server") {
    const auto parsed = rescuestream::json::parse(openapi_json());
    REQUIRE(parsed);
    const rapidjson::Value& document = *parsed;
    for (const Route& route : api_routes()) {
        CAPTURE(route.pattern);
        std::string method(route.method);
        for (char& c : method) c = static_cast<char>(std::tolower(c));
        const auto& operation =
            document["paths"][std::string(route.pattern).c_str()][method.c_str()];
        const bool has_own = operation.HasMember("security");
        switch (route.permission.access) {
            case Access::kPublic:
                CHECK((has_own && operation["security"].Empty()));
                break;
            case Access::kMedia:
                CHECK((has_own && operation["security"].Size() == 2));
                break;
            case Access::kCredential:
                CHECK_FALSE(has_own);
                break;
        }
    }
}

TEST_CASE(
    "every answer has the caller's request id if it is well formed, and otherwise a new one") {
    TestApplication server;
    const auto id_of = [&](const std::string& given) {
        auto request = TestApplication::make_request("GET", "/health");
        request.headers.emplace_back("x-request-id", given);
        return server.send(std::move(request)).header("X-Request-ID");
    };
    CHECK(id_of("abc-DEF_1.2:3") == "abc-DEF_1.2:3");
    const std::string key = "sk_" + std::string(43, 'a');
    for (const std::string& insane :
         {std::string(), std::string("two words"), std::string("quo\"te"), std::string(129, 'x'),
          std::string("line\nbreak"), key}) {
        CAPTURE(insane);
        const std::string made = id_of(insane);
        CHECK(Uuid::parse(made).has_value());
    }
    auto twice = TestApplication::make_request("GET", "/health");
    twice.headers.emplace_back("x-request-id", "a");
    twice.headers.emplace_back("x-request-id", "b");
    CHECK(Uuid::parse(server.send(std::move(twice)).header("X-Request-ID")).has_value());
    CHECK_FALSE(
        server.send(TestApplication::make_request("GET", "/no")).header("X-Request-ID").empty());
}

TEST_CASE("a path that cannot be decoded is a bad request") {
    TestApplication server;
    for (const char* target : {"/streams/%zz", "/streams/%", "/streams/%ff", "/streams/a%00b"}) {
        CAPTURE(target);
        const Reply reply = server.call("GET", target);
        CHECK(reply.status() == 400);
        CHECK(reply.text("type") == "/errors/invalid-request");
    }
}

TEST_CASE(
    "each segment of a path is decoded once, and an encoded slash does not separate segments") {
    TestApplication server;
    const auto status = [&](const char* target) { return server.call("GET", target).status(); };
    CHECK(status("/str%65ams") == 200);
    CHECK(status("/%73treams") == 200);
    const char* unknown = "/streams/01a205ac-d4ec-70d6-b6e1-64e0cf36dbe0";
    CHECK(server.call("GET", unknown).text("detail") !=
          "There is no such route. /openapi.json lists them.");
    for (const char* target :
         {"/streams%2F01a205ac-d4ec-70d6-b6e1-64e0cf36dbe0", "%2Fstreams", "/%2Fstreams",
          "/str%2565ams", "/streams%00", "/.%2e/streams", "/streams%3Fstate=all", "/streams%2f"}) {
        CAPTURE(target);
        const Reply reply = server.call("GET", target);
        CHECK((reply.status() == 404 || reply.status() == 400));
        CHECK(reply.text("type") != "/errors/stream-not-found");
    }
    // A parameter of the path may contain a slash: it is one unknown name.
    const Reply slash = server.call("GET", "/streams/a%2Ftimeline");
    CHECK(slash.status() == 400);
}

TEST_CASE("a proxy's absolute target reaches the same route") {
    TestApplication server;
    CHECK(server.send(TestApplication::make_request("GET", "http://example.org/health")).status() ==
          200);
    CHECK(server.send(TestApplication::make_request("GET", "http://example.org")).status() == 404);
    // RFC 9112 section 3.2.2: the Host header (here "localhost") is ignored then.
}

TEST_CASE("every reason to refuse a publisher has a problem of its own") {
    std::set<std::string_view> slugs;
    for (const auto& word : enum_words<PublishRefusal>()) {
        CAPTURE(word);
        const auto refusal = static_cast<PublishRefusal>(slugs.size() + 1);
        if (word == to_string(PublishRefusal::kGranted)) continue;
        REQUIRE(to_string(refusal) == word);
        CHECK(problem_type(refusal).status == 401);
        CHECK(slugs.insert(problem_type(refusal).slug).second);
    }
}

TEST_CASE("every kind of problem has a page, and an unknown one has none") {
    TestApplication server;
    std::set<std::string_view> slugs;
    for (const auto& type : problem_types()) {
        CAPTURE(type.slug);
        CHECK(problem_type(type.kind).slug == type.slug);
        CHECK(slugs.insert(type.slug).second);
        const Reply page =
            server.send(TestApplication::make_request("GET", "/errors/" + std::string(type.slug)));
        CHECK(page.status() == 200);
        CHECK(page.response.content_type == "text/html; charset=utf-8");
        CHECK(page.response.body.find(type.title) != std::string::npos);
    }
    for (const char* slug :
         {"not-found", "invalid-request", "unauthorized", "conflict", "internal-error",
          "invalid-stream-key", "stream-key-in-use", "stream-key-revoked", "stream-key-expired"}) {
        CHECK(slugs.count(slug) == 1);
    }
    CHECK(server.send(TestApplication::make_request("GET", "/errors/none")).status() == 404);
}

TEST_CASE("a problem has type, detail, path and request id, and hides key values") {
    TestApplication server;
    const std::string key = "sk_" + std::string(43, 'Q');
    auto request = TestApplication::make_request("GET", "/streams/" + key + "/a%20b");
    request.headers.emplace_back("x-request-id", "r1");
    const Reply reply = server.send(std::move(request));
    CHECK(reply.response.content_type == "application/problem+json");
    CHECK(reply.text("type") == "/errors/not-found");
    CHECK(reply.text("title") == "Not Found");
    CHECK(reply.json["status"].GetInt() == 404);
    CHECK(reply.text("detail") == "There is no such route. /openapi.json lists them.");
    CHECK(reply.text("instance") == "/streams/sk_***/a%20b");
    CHECK(reply.text("request_id") == "r1");
    REQUIRE(server.observer.all().size() == 1);
    CHECK(server.observer.all()[0].path == "/streams/sk_***/a%20b");
    CHECK(server.observer.all()[0].route == "none");
    CHECK(server.observer.all()[0].method == "OTHER");
}

}  // namespace
}  // namespace rescuestream::server::testing
