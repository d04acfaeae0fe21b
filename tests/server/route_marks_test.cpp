// Every route that changes a record checks its version, and every route that creates one is carried
// out once for each Idempotency-Key: a route of the table that does neither is named here.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "router.hpp"
#include "routes/table.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

/// Routes that change something, with the reason why they need neither mark.
const std::map<std::string, std::string>& unmarked_routes() {
    static const std::map<std::string, std::string> routes{
        {"POST /auth", "the media server asks a question"},
        {"POST /auth/{node}", "the media server asks a question"},
        {"POST /webhook/ready", "a hint of the media server; a repeated one changes nothing"},
        {"POST /webhook/not-ready", "a hint of the media server; a repeated one changes nothing"},
        {"POST /streams/{id}/stop", "nobody edits a stream; a repeated call finds it stopped"},
        {"DELETE /viewers/{id}", "nobody edits a viewer; a repeated call finds it removed"},
        {"POST /playback-tokens/revoke", "a repeated revocation is the same revocation"},
        {"POST /watch/{code}", "a form of the guest page, which has no record"},
        {"POST /session", "its cookie must exist in one browser only"},
        {"DELETE /session", "it ends the session of the caller"},
    };
    return routes;
}

std::string name_of(const Route& route) {
    return fmt::format("{} {}", route.method, route.pattern);
}

/// How a route can be called with success.
struct Trial {
    std::string target;
    std::string body;
};

std::string with_member(const char* member, const std::string& id) {
    return fmt::format(R"({{"{}":"{}"}})", member, id);
}

/// One record of each kind, and a try for each marked route.
class Installation {
public:
    Installation() : server(sealing()) {
        const std::string team = add("/broadcasters", R"({"display_name":"Team"})");
        const std::string key = add("/stream-keys", with_member("broadcaster_id", team));
        const std::string incident = add("/incidents", R"({"name":"Lake"})");
        const std::string link = add("/guest-links", with_member("incident_id", incident));
        const std::string credential =
            add("/credentials", R"({"label":"Map","scopes":["streams:read"]})");
        add("/nodes", R"({"name":"south","api_url":"http://10.0.0.2:9997"})");
        const Reply rotated = server.call("POST", "/playback-keys/rotate");
        REQUIRE(rotated.status() == 201);
        tag_of_playback_key_ = rotated.header("ETag");
        const std::string playback_key = rotated.text("id");
        // An assignment of nothing new changes nothing but the time.
        const std::string assignment = fmt::format(R"({{"stream_key_ids":["{}"]}})", key);

        const auto item = [](const char* list, const std::string& id, const char* action = "") {
            return fmt::format("/{}/{}{}", list, id, action);
        };
        tries_ = {
            {"POST /stream-keys", {"/stream-keys", with_member("broadcaster_id", team)}},
            {"PATCH /stream-keys/{id}", {item("stream-keys", key), R"({"label":"new"})"}},
            {"DELETE /stream-keys/{id}", {item("stream-keys", key), ""}},
            {"POST /stream-keys/{id}/revoke", {item("stream-keys", key, "/revoke"), ""}},
            {"POST /stream-keys/{id}/disable", {item("stream-keys", key, "/disable"), ""}},
            {"POST /stream-keys/{id}/enable", {item("stream-keys", key, "/enable"), ""}},
            {"POST /stream-keys/{id}/rotate", {item("stream-keys", key, "/rotate"), ""}},
            {"POST /broadcasters", {"/broadcasters", R"({"display_name":"B"})"}},
            {"PATCH /broadcasters/{id}", {item("broadcasters", team), R"({"display_name":"B"})"}},
            {"DELETE /broadcasters/{id}", {item("broadcasters", team), ""}},
            {"POST /broadcasters/{id}/disable", {item("broadcasters", team, "/disable"), ""}},
            {"POST /broadcasters/{id}/enable", {item("broadcasters", team, "/enable"), ""}},
            {"POST /incidents", {"/incidents", R"({"name":"Hill"})"}},
            {"PATCH /incidents/{id}", {item("incidents", incident), R"({"name":"Hill"})"}},
            {"POST /incidents/{id}/close", {item("incidents", incident, "/close"), ""}},
            {"POST /incidents/{id}/reopen", {item("incidents", incident, "/reopen"), ""}},
            {"POST /incidents/{id}/assign", {item("incidents", incident, "/assign"), assignment}},
            {"POST /incidents/{id}/unassign",
             {item("incidents", incident, "/unassign"), assignment}},
            {"POST /guest-links", {"/guest-links", with_member("incident_id", incident)}},
            {"PATCH /guest-links/{id}", {item("guest-links", link), R"({"label":"new"})"}},
            {"POST /guest-links/{id}/close", {item("guest-links", link, "/close"), ""}},
            {"POST /nodes", {"/nodes", R"({"name":"north","api_url":"http://10.0.0.3:9997"})"}},
            {"PATCH /nodes/{name}", {"/nodes/south", R"({"label":"new"})"}},
            {"POST /nodes/{name}/enforce", {"/nodes/south/enforce", ""}},
            {"DELETE /nodes/{name}", {"/nodes/south", ""}},
            {"POST /playback-tokens", {"/playback-tokens", R"({"paths":["live/a"]})"}},
            {"POST /playback-keys",
             {"/playback-keys",
              R"({"issuer":"dispatch","paths":["live/*"],"jwk":{"kty":"OKP","crv":"Ed25519",)"
              R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}})"}},
            {"POST /playback-keys/rotate", {"/playback-keys/rotate", ""}},
            {"DELETE /playback-keys/{key}", {item("playback-keys", playback_key), ""}},
            {"POST /credentials",
             {"/credentials", R"({"label":"Other","scopes":["streams:read"]})"}},
            {"PATCH /credentials/{id}", {item("credentials", credential), R"({"label":"new"})"}},
            {"DELETE /credentials/{id}", {item("credentials", credential), ""}},
            {"POST /credentials/{id}/rotate", {item("credentials", credential, "/rotate"), ""}},
            {"POST /credentials/{id}/revoke", {item("credentials", credential, "/revoke"), ""}},
            {"POST /audit-events", {"/audit-events", R"({"event_type":"login"})"}},
        };
        server.test.clock.advance(std::chrono::seconds(1));
    }

    const Trial& trial_of(const Route& route) const {
        const auto found = tries_.find(name_of(route));
        REQUIRE_MESSAGE(found != tries_.end(), "add a try for ", name_of(route));
        return found->second;
    }

    Reply call(const Route& route, const char* header, const std::string& value) {
        const Trial& what = trial_of(route);
        HttpRequest request =
            TestApplication::make_request(std::string(route.method), what.target, what.body);
        request.headers.emplace_back("x-api-key", kSecret);
        request.headers.emplace_back(header, value);
        return server.send(std::move(request));
    }

    /// The ETag of the record that a route changes.
    std::string tag_of(const Route& route) {
        if (route.pattern.starts_with("/playback-keys")) return tag_of_playback_key_;
        const std::string& target = trial_of(route).target;
        const std::string record = target.substr(0, target.find('/', target.find('/', 1) + 1));
        return server.call("GET", record).header("ETag");
    }

    std::string audit_log() { return server.call("GET", "/audit-logs").response.body; }

    TestApplication server;

private:
    static Settings sealing() {
        Settings settings;
        settings.orchestrator.control_secret = Secret("installation");
        return settings;
    }
    std::string add(const std::string& list, const std::string& body) {
        const Reply created = server.call("POST", list, body);
        REQUIRE_MESSAGE(created.status() == 201, list);
        return created.text("id");
    }

    std::map<std::string, Trial> tries_;
    std::string tag_of_playback_key_;
};

template <class Visit>
void for_each_marked_route(bool Route::*mark, Visit visit) {
    for (const Route& route : api_routes()) {
        if (route.*mark) visit(route);
    }
}

TEST_CASE("a route that changes something checks versions or creates, or is named with a reason") {
    std::map<std::string, std::string> named = unmarked_routes();
    for (const Route& route : api_routes()) {
        const bool is_marked = route.checks_version || route.creates;
        if (route.method == "GET") {
            CHECK_MESSAGE(!is_marked, name_of(route));
            continue;
        }
        const bool is_named = named.erase(name_of(route)) == 1;
        CHECK_MESSAGE(is_marked != is_named, name_of(route));
        if (route.method == "POST" || is_named) continue;
        CHECK_MESSAGE(route.checks_version, name_of(route));
    }
    for (const auto& [route, reason] : named) FAIL_CHECK("there is no route ", route);
}

TEST_CASE("every route that checks versions refuses an earlier one and changes nothing") {
    Installation installation;
    const std::string before = installation.audit_log();
    for_each_marked_route(&Route::checks_version, [&](const Route& route) {
        CAPTURE(name_of(route));
        const Reply refused = installation.call(route, "if-match", R"("AAAAAAAAAAAAAAAAAAAAAA")");
        CHECK(refused.status() == 412);
        CHECK(installation.audit_log() == before);
    });
}

TEST_CASE("every route that checks versions makes a change of the version that its record has") {
    for_each_marked_route(&Route::checks_version, [&](const Route& route) {
        CAPTURE(name_of(route));
        Installation installation;
        const std::string tag = installation.tag_of(route);
        REQUIRE(tag.size() > 22);
        const Reply changed = installation.call(route, "if-match", tag);
        // A broadcaster with a key is deleted all the same; an open incident is open already.
        CHECK(changed.status() / 100 == 2);
        if (route.method == "DELETE") return;
        CHECK_FALSE(changed.header("ETag").empty());
    });
}

TEST_CASE("every route that creates something is carried out once for each Idempotency-Key") {
    Installation installation;
    for_each_marked_route(&Route::creates, [&](const Route& route) {
        CAPTURE(name_of(route));
        const Reply first = installation.call(route, "idempotency-key", "one");
        REQUIRE(first.status() / 100 == 2);
        const std::string before = installation.audit_log();
        const Reply repeated = installation.call(route, "idempotency-key", "one");
        CHECK(repeated.header("Idempotency-Replayed") == "true");
        CHECK(repeated.status() == first.status());
        CHECK(repeated.response.body == first.response.body);
        CHECK(repeated.header("ETag") == first.header("ETag"));
        CHECK(installation.audit_log() == before);
    });
}

TEST_CASE("the first token of an installation is made once for each Idempotency-Key, too") {
    Settings settings;
    settings.orchestrator.control_secret = Secret("installation");
    TestApplication server(settings);
    const auto mint = [&] {
        HttpRequest request =
            TestApplication::make_request("POST", "/playback-tokens", R"({"paths":["live/a"]})");
        request.headers.emplace_back("x-api-key", kSecret);
        request.headers.emplace_back("idempotency-key", "one");
        return server.send(std::move(request));
    };
    const Reply first = mint();  // makes the key that signs it
    REQUIRE(first.status() == 201);
    CHECK(mint().text("token") == first.text("token"));
}

}  // namespace
}  // namespace rescuestream::server::testing
