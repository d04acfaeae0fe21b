// Who may call which route: every route of the table with every scope, without a credential, and
// with a credential that is restricted to other broadcasters.

#include <doctest/doctest.h>

#include <algorithm>

#include "protected_application.hpp"
#include "rescuestream/api_credentials.hpp"
#include "routes/table.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

constexpr const char* kNobodysId = "00000000-0000-7000-8000-000000000000";

void put_in(std::string& target, std::string_view place, const std::string& what) {
    if (const auto at = target.find(place); at != std::string::npos) {
        target.replace(at, place.size(), what);
    }
}

std::string target_with(const Route& route, const std::string& id, const std::string& name,
                        const std::string& credential) {
    std::string target(route.pattern);
    put_in(target, "{id}", target.starts_with("/credentials") ? credential : id);
    put_in(target, "{name}", name);
    return target;
}

HttpRequest bearing(const Route& route, const std::string& target, const std::string& text) {
    auto request = TestApplication::make_request(std::string(route.method), target);
    if (!text.empty()) request.headers.emplace_back("authorization", "Bearer " + text);
    return request;
}

CreatedApiCredential make(TestApplication& server, Scopes scopes,
                          std::vector<BroadcasterId> broadcasters = {}) {
    NewApiCredential input;
    input.label = "Test";
    input.scopes = scopes;
    input.broadcasters = std::move(broadcasters);
    return server.test->create_credential(input, server.test.caller).value();
}

template <class Visit>
void for_each_guarded_route(Visit visit) {
    for (const Route& route : api_routes()) {
        if (route.permission.access == Access::kCredential) visit(route);
    }
}

TEST_CASE("without a credential, and with a wrong one, no guarded route answers") {
    TestApplication server;
    std::string wrong = make(server, {Scope::kAdmin}).text.reveal();
    wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
    const std::string unknown = "rsc_aaaaaaaaaaaa_" + std::string(43, 'A');
    for_each_guarded_route([&](const Route& route) {
        const auto target = target_with(route, kNobodysId, "nowhere", "aaaaaaaaaaaa");
        CAPTURE(route.method);
        CAPTURE(target);
        std::string answer;
        for (const std::string& text : {std::string(), wrong, unknown}) {
            const Reply reply = server.send(bearing(route, target, text));
            CHECK(reply.status() == 401);
            CHECK(reply.text("type") == "/errors/unauthorized");
            // Nothing tells an unknown credential from a wrong secret.
            if (!text.empty() && !answer.empty()) CHECK(reply.text("detail") == answer);
            if (!text.empty()) answer = reply.text("detail");
        }
    });
}

TEST_CASE("each guarded route answers to its own scope and to admin, and to no other") {
    TestApplication server;
    for (int value = 0; value <= static_cast<int>(Scope::kAdmin); ++value) {
        const auto scope = static_cast<Scope>(value);
        const std::string text = make(server, {scope}).text.reveal();
        for_each_guarded_route([&](const Route& route) {
            const auto target = target_with(route, kNobodysId, "nowhere", "aaaaaaaaaaaa");
            CAPTURE(route.method);
            CAPTURE(target);
            CAPTURE(to_string(scope));
            const Reply reply = server.send(bearing(route, target, text));
            const auto needed = route.permission.scope;
            if (!needed || *needed == scope || scope == Scope::kAdmin) {
                CHECK(reply.status() != 401);
                CHECK(reply.status() != 403);
                return;
            }
            CHECK(reply.status() == 403);
            CHECK(reply.text("type") == "/errors/forbidden");
            CHECK(reply.text("detail").find(to_string(*needed)) != std::string::npos);
        });
    }
}

/// An installation with a live stream that a restricted credential must not see.
struct HiddenCase {
    HiddenCase() {
        hidden = server.test.broadcaster("Hidden team").id;
        NewStreamKey input;
        input.broadcaster_id = hidden;
        input.label = "hidden-label";
        input.playback_path = "live/hidden";
        key = server.test->create_stream_key(input, server.test.caller).value();
        REQUIRE(server.test.publish(key, "c1"));
        stream = server.test.live().front().id;
        ReadRequest watching;
        watching.path = "live/hidden";
        watching.protocol = Protocol::kWebRtc;
        watching.connection = ConnectionId{kHiddenViewer};
        REQUIRE(server.test->decide_read(watching).accepted());
        REQUIRE(server.test->find_viewer(*watching.connection));
        mine = server.test.broadcaster("My team").id;
        text = make(server, {Scope::kAdmin}, {mine}).text.reveal();
        whole = make(server, {Scope::kAdmin}).credential.id.value;
    }

    static constexpr const char* kHiddenViewer = "0b3c6a52-7f0e-4d43-9d0a-2f6f5f1f7a01";

    // The target that names what is hidden.
    std::string target_of(const Route& route) const {
        const std::string pattern(route.pattern);
        const std::string id = pattern.starts_with("/streams")       ? stream.to_string()
                               : pattern.starts_with("/viewers")     ? kHiddenViewer
                               : pattern.starts_with("/stream-keys") ? key.key.id.to_string()
                                                                     : hidden.to_string();
        return target_with(route, id, "default", whole);
    }
    // Without the last use of credentials.
    std::string state() {
        std::string all;
        for (const char* list : {"/streams", "/stream-keys", "/broadcasters", "/nodes"}) {
            all += server.call("GET", list).response.content();
        }
        return all;
    }

    TestApplication server;
    BroadcasterId hidden, mine;
    CreatedStreamKey key;
    StreamId stream;
    std::string text, whole;
};

TEST_CASE("a credential that is restricted to others sees and changes nothing by any route") {
    HiddenCase world;
    const std::string before = world.state();
    for_each_guarded_route([&](const Route& route) {
        const std::string target = world.target_of(route);
        CAPTURE(route.method);
        CAPTURE(target);
        const Reply reply = world.server.send(bearing(route, target, world.text));
        const std::string& body = reply.response.content();
        for (const char* secret : {"Hidden team", "hidden-label", "live/hidden"}) {
            CHECK(body.find(secret) == std::string::npos);
        }
        const bool names_one = route.pattern.find("{id}") != std::string_view::npos;
        if (!route.permission.is_for_restricted) {
            CHECK(reply.status() == 403);
        } else if (names_one) {
            // A body that lacks a member is told before the record is looked for.
            CHECK((reply.status() == 404 || (reply.status() == 400 && route.method == "PATCH")));
        }
    });
    CHECK(world.state() == before);
}

TEST_CASE("a restricted credential cannot create for others, nor another broadcaster") {
    HiddenCase world;
    const auto create = [&](const std::string& target, const std::string& body) {
        auto request = TestApplication::make_request("POST", target, body);
        request.headers.emplace_back("authorization", "Bearer " + world.text);
        return world.server.send(std::move(request));
    };
    const std::string before = world.state();
    const Reply key =
        create("/stream-keys", "{\"broadcaster_id\":\"" + world.hidden.to_string() + "\"}");
    CHECK(key.status() == 403);
    CHECK(key.wrong_members() == "/broadcaster_id");
    CHECK(create("/broadcasters", R"({"display_name":"New"})").status() == 403);
    const Reply wider = create("/credentials", R"({"label":"All","scopes":["streams:read"]})");
    CHECK(wider.status() == 403);
    CHECK(wider.wrong_members() == "/broadcasters");
    CHECK(world.state() == before);
    CHECK(create("/stream-keys", "{\"broadcaster_id\":\"" + world.mine.to_string() + "\"}")
              .status() == 201);
}

TEST_CASE("a shared answer is not shown to a restricted credential, nor the other way round") {
    ProtectedApplication server;
    const auto hidden = server.test.broadcaster("Hidden team").id;
    const auto mine = server.test.broadcaster("My team").id;
    NewApiCredential input;
    input.label = "Test";
    input.scopes = {Scope::kAdmin};
    input.broadcasters = {mine};
    const std::string text =
        server.test->create_credential(input, server.test.caller).value().text.reveal();
    for (const char* target : {"/broadcasters", "/streams", "/stream-keys"}) {
        CAPTURE(target);
        for (int round = 0; round < 2; ++round) {
            auto whole = TestApplication::make_request("GET", target);
            whole.headers.emplace_back("x-api-key", kSecret);
            const Reply all = TestApplication::answer_of(server.guarded, std::move(whole));
            auto part = TestApplication::make_request("GET", target);
            part.headers.emplace_back("authorization", "Bearer " + text);
            const Reply few = TestApplication::answer_of(server.guarded, std::move(part));
            CHECK(all.status() == 200);
            CHECK(few.status() == 200);
            CHECK(few.response.content().find(hidden.to_string()) == std::string::npos);
            if (std::string(target) == "/broadcasters") {
                CHECK(all.json["count"].GetInt() == 2);
                CHECK(few.json["count"].GetInt() == 1);
            }
        }
    }
}

TEST_CASE("refused calls are recorded with their actor and reason, and not each of a flood") {
    ProtectedApplication server;
    NewApiCredential input;
    input.label = "Map";
    input.scopes = {Scope::kStreamsRead};
    const auto made = server.test->create_credential(input, server.test.caller).value();
    auto forbidden = TestApplication::make_request("POST", "/nodes", "{}");
    forbidden.headers.emplace_back("x-api-key", made.text.reveal());
    CHECK(TestApplication::answer_of(server.guarded, std::move(forbidden)).status() == 403);
    for (int i = 0; i < 25; ++i) {
        auto wrong = TestApplication::make_request("GET", "/streams");
        wrong.headers.emplace_back("x-api-key", "wrong secret");
        CHECK(TestApplication::answer_of(server.guarded, std::move(wrong)).status() == 401);
    }
    server.test->tick();
    AuditFilter filter;
    filter.action = "refuse";
    const auto page = server.test->list_audit(filter).value();
    REQUIRE(page.entries.size() == 3);  // the 10th, the 1st, and the other one
    const auto of = [&](const std::string& actor, const char* part) {
        return std::find_if(page.entries.begin(), page.entries.end(), [&](const AuditEntry& each) {
            return each.actor == actor && each.metadata.text().find(part) != std::string::npos;
        });
    };
    const auto known = of(made.credential.actor(), "times");
    REQUIRE(known != page.entries.end());
    const AuditEntry& first = *known;
    CHECK(first.request_method == "POST");
    CHECK(first.request_path == "/nodes");
    CHECK(first.outcome == AuditOutcome::kFailure);
    CHECK(first.failure_reason.value_or("").find("nodes:write") != std::string::npos);
    CHECK(of("unauthenticated", "\"times\":\"1\"") != page.entries.end());
    CHECK(of("unauthenticated", "\"times\":\"10\"") != page.entries.end());
}

}  // namespace
}  // namespace rescuestream::server::testing
