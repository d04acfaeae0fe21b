// Signed requests that are sent again.

#include <doctest/doctest.h>

#include <string>

#include "support/faulty_storage.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::FaultyStorage;
using rescuestream::testing::StorageFaults;

HttpRequest signed_request(TestApplication& server, const std::string& method,
                           const std::string& target, const std::string& body,
                           const std::string& name = "frontend-app") {
    HttpRequest request = TestApplication::make_request(method, target, body);
    const auto now = server.test->now().time_since_epoch();
    const auto time = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    request.headers.emplace_back("x-api-key", name);
    request.headers.emplace_back("x-timestamp", time);
    request.headers.emplace_back("x-signature",
                                 signature_v1(Secret(kSecret), method, request.path, time, body));
    return request;
}

constexpr const char* kBody = R"({"display_name":"A"})";

std::size_t broadcasters(TestApplication& server) {
    return server.test->list_broadcasters().value().items.size();
}

TEST_CASE("a signed change is carried out once, however often it is sent again") {
    TestApplication server;
    const HttpRequest request = signed_request(server, "POST", "/broadcasters", kBody);
    CHECK(server.send(request).status() == 201);
    for (const auto pause : {std::chrono::milliseconds(2'001), std::chrono::milliseconds(60'000),
                             std::chrono::milliseconds(200'000)}) {
        server.test.clock.advance(pause);
        const Reply again = server.send(request);
        CHECK(again.status() == 401);
        CHECK(again.text("detail").find("used before") != std::string::npos);
        CHECK(again.header("WWW-Authenticate") == "ApiKey realm=\"rescuestream\"");
    }
    CHECK(broadcasters(server) == 1);
}

TEST_CASE("the same change may be requested twice within a second") {
    TestApplication server;
    const HttpRequest request = signed_request(server, "POST", "/broadcasters", kBody);
    CHECK(server.send(request).status() == 201);
    server.test.clock.advance(std::chrono::milliseconds(900));
    CHECK(server.send(request).status() == 201);
    CHECK(broadcasters(server) == 2);
}

TEST_CASE("another name or letter case does not make a new signature") {
    TestApplication server;
    HttpRequest request = signed_request(server, "POST", "/broadcasters", kBody);
    CHECK(server.send(request).status() == 201);
    server.test.clock.advance(std::chrono::seconds(3));
    for (auto& [name, value] : request.headers) {
        if (name == "x-api-key") value = "somebody-else";
        if (name != "x-signature") continue;
        for (char& c : value) c = static_cast<char>(std::toupper(c));
    }
    CHECK(server.send(request).status() == 401);
    CHECK(broadcasters(server) == 1);
}

TEST_CASE("a reading request may be sent again until its signature is stale") {
    TestApplication server;
    for (const char* method : {"GET", "HEAD"}) {
        const HttpRequest request = signed_request(server, method, "/streams", "");
        CHECK(server.send(request).status() == 200);
        server.test.clock.advance(std::chrono::minutes(4));
        CHECK(server.send(request).status() == 200);
    }
}

TEST_CASE("a change is refused while it is not known whether its signature is new") {
    auto faults = std::make_shared<StorageFaults>();
    TestApplication server(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                           {});
    const HttpRequest request = signed_request(server, "POST", "/broadcasters", kBody);
    for (const auto& error : {StorageFaults::unavailable(), StorageFaults::timeout()}) {
        faults->fail_method("note_signature", error);
        CHECK(server.send(request).status() == 503);
    }
    CHECK(faults->calls("create_broadcaster") == 0);
    faults->clear();
    CHECK(server.send(request).status() == 201);
}

TEST_CASE("wrong signatures are not stored, and requests with the shared secret have none") {
    auto faults = std::make_shared<StorageFaults>();
    TestApplication server(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                           {});
    HttpRequest request = signed_request(server, "POST", "/broadcasters", kBody);
    request.body = R"({"display_name":"B"})";
    CHECK(server.send(request).status() == 401);
    CHECK(server.call("POST", "/broadcasters", kBody).status() == 201);
    CHECK(faults->calls("note_signature") == 0);
}

TEST_CASE("a signature with a name that is reserved for the server's entries is refused") {
    TestApplication server;
    for (const char* name : {"rescuestream", "media-server", "api-secret", "RescueStream"}) {
        CAPTURE(name);
        const Reply refused =
            server.send(signed_request(server, "POST", "/broadcasters", kBody, name));
        CHECK(refused.status() == 401);
        CHECK(refused.text("detail").find("sign with another") != std::string::npos);
    }
    CHECK(server.send(signed_request(server, "POST", "/broadcasters", kBody, "cli:ada")).status() ==
          201);
}

}  // namespace
}  // namespace rescuestream::server::testing
