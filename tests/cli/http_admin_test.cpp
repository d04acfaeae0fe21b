#include "admin/http_admin.hpp"

#include <doctest/doctest.h>

#include "admin/http_caller.hpp"
#include "admin/open_admin.hpp"
#include "http_stub.hpp"
#include "rescuestream/json.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace {

HttpStub::Answer problem(int status, const std::string& body) {
    return [status, body](const auto&, auto& response) {
        response.status = status;
        response.set_content(body, "application/problem+json");
    };
}

}  // namespace

TEST_CASE("requests are signed over method, decoded path, time and body") {
    testing::ManualClock clock;
    auto server = server_at("http://x");
    const auto headers = sign_request(server, "POST", "/broadcasters", R"({"a":1})", clock.now());
    CHECK(headers.find("X-API-Key")->second == "cli:ada");
    CHECK(headers.find("X-Timestamp")->second == "1768644000");
    // printf 'POST\n/broadcasters\n1768644000\n{"a":1}' | openssl dgst -sha256 -hmac topsecret
    CHECK(headers.find("X-Signature")->second ==
          "429ea3f398b15a1b6e41c8e23dc57cbb6d390fc67a0e1a3c572c883242ff2dfd");
    server.credential = Credential::kSharedSecret;
    const auto shared = sign_request(server, "GET", "/streams", "", clock.now());
    CHECK(shared.size() == 1);
    CHECK(shared.find("X-API-Key")->second == "topsecret");
}

TEST_CASE("a signed request does not contain the secret, and its query is not signed") {
    HttpStub stub([](const auto&, auto& response) {
        response.set_content(R"({"streams":[],"count":0})", "application/json; charset=utf-8");
    });
    testing::ManualClock clock;
    const auto owned = make_http_admin(server_at(stub.origin()), clock);
    const AdminApi& admin = *owned;
    StreamQuery query;
    query.state = StreamState::kEnded;
    PageRequest page;
    page.limit = 7;
    page.after = Cursor{clock.now(), {}};
    REQUIRE(admin.streams().list_streams(query, page));
    const auto request = stub.requests().at(0);
    CHECK(request.path == "/streams");
    CHECK(request.get_param_value("state") == "ended");
    CHECK(request.get_param_value("limit") == "7");
    CHECK(request.get_param_value("cursor") == page.after->encode());
    const auto expected = sign_request(server_at(""), "GET", "/streams", "", clock.now());
    CHECK(request.get_header_value("X-Signature") == expected.find("X-Signature")->second);
    for (const auto& [name, value] : request.headers) CHECK_FALSE(contains(value, "topsecret"));
}

TEST_CASE("every filter of the list of streams is sent to the server") {
    HttpStub stub([](const auto&, auto& response) {
        response.set_content(R"({"streams":[],"count":0})", "application/json; charset=utf-8");
    });
    testing::ManualClock clock;
    const auto owned = make_http_admin(server_at(stub.origin()), clock);
    const AdminApi& admin = *owned;
    StreamQuery query;
    query.node = "north & south";
    query.from = clock.now();
    query.to = clock.now() + std::chrono::hours(1);
    REQUIRE(admin.streams().list_streams(query, {}));
    const auto request = stub.requests().at(0);
    CHECK(request.get_param_value("state") == "all");
    CHECK(request.get_param_value("node") == "north & south");
    CHECK(request.get_param_value("from") == "2026-01-17T10:00:00.000000Z");
    CHECK(request.get_param_value("to") == "2026-01-17T11:00:00.000000Z");
    CHECK_FALSE(request.has_param("broadcaster_id"));
}

TEST_CASE("the status of an answer gives the error code, and its problem gives the message") {
    struct Case {
        int status;
        ErrorCode code;
    };
    for (const Case& expected :
         {Case{400, ErrorCode::kInvalidArgument}, Case{401, ErrorCode::kUnauthorized},
          Case{403, ErrorCode::kForbidden}, Case{404, ErrorCode::kNotFound},
          Case{405, ErrorCode::kUnsupported}, Case{409, ErrorCode::kConflict},
          Case{413, ErrorCode::kInvalidArgument}, Case{415, ErrorCode::kInvalidArgument},
          Case{429, ErrorCode::kUnavailable}, Case{500, ErrorCode::kInternal},
          Case{503, ErrorCode::kUnavailable}, Case{504, ErrorCode::kTimeout},
          Case{507, ErrorCode::kStorageFull}, Case{302, ErrorCode::kInternal}}) {
        CAPTURE(expected.status);
        HttpStub stub(problem(expected.status,
                              R"({"detail":"It is so.","request_id":"r1","errors":)"
                              R"([{"pointer":"/label","detail":"is bad"}]})"));
        const auto result =
            make_http_admin(server_at(stub.origin()))->broadcasters().list_broadcasters({});
        REQUIRE_FALSE(result);
        CHECK(result.error().code == expected.code);
        CHECK(result.error().message == "It is so.");
        CHECK(result.error().detail == "request r1");
        CHECK(result.error().fields == std::vector<FieldError>{{"/label", "is bad"}});
    }
    HttpStub plain([](const auto&, auto& response) {
        response.status = 502;
        response.set_content("<html>", "text/html");
    });
    const auto result =
        make_http_admin(server_at(plain.origin()))->broadcasters().list_broadcasters({});
    CHECK(result.error().message == "The server answered with status 502.");
}

TEST_CASE("a server that cannot be reached is reported as unavailable") {
    const auto result =
        make_http_admin(server_at(dead_origin()))->broadcasters().list_broadcasters({});
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::kUnavailable);
}

TEST_CASE("the cut-offs of a deleted broadcaster are read from the header") {
    std::string header = "kicked=2, pending=1";
    HttpStub stub([&](const auto&, auto& response) {
        response.status = 204;
        if (!header.empty()) response.set_header("RescueStream-Cutoff", header);
    });
    const auto owned = make_http_admin(server_at(stub.origin()));
    const AdminApi& admin = *owned;
    const auto report = admin.broadcasters().delete_broadcaster({}, true).value();
    CHECK(report.kicked == 2);
    CHECK(report.pending == 1);
    CHECK(stub.requests().at(0).get_param_value("force") == "true");
    header = "";
    CHECK(admin.broadcasters().delete_broadcaster({}, false).value().kicked == 0);
    CHECK_FALSE(stub.requests().at(1).has_param("force"));
    header = "lots";
    CHECK(admin.broadcasters().delete_broadcaster({}, false).error().code == ErrorCode::kInternal);
}

TEST_CASE("commands on the schema are not available through a server") {
    const auto owned = make_http_admin(server_at(dead_origin()));
    const AdminApi& admin = *owned;
    CHECK(admin.schema().schema_status().error().code == ErrorCode::kUnsupported);
    CHECK(admin.schema().migrate(std::nullopt).error().code == ErrorCode::kUnsupported);
}
