// What the API answers beside a row of the database that another program has written badly.
#include <doctest/doctest.h>

#include <string>

#include "rescuestream/storage.hpp"
#include "storage/sqlite/connection.hpp"
#include "support/temporary_directory.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

class DamagedRowsOfApi {
public:
    DamagedRowsOfApi() { start(); }

    void start() {
        server.reset();
        auto storage = open_storage("sqlite:" + file_).value();
        storage->migrate(std::nullopt, Timestamp{}).value();
        server = std::make_unique<TestApplication>(std::move(storage), Settings{});
    }
    void execute(const std::string& script) const {
        sqlite::Connection connection(file_, sqlite::Connection::Durability::kFull,
                                      sqlite::Connection::Deadline::max());
        connection.script("PRAGMA foreign_keys = OFF; " + script);
    }
    std::string make(const std::string& target, const std::string& body,
                     const char* member = "id") {
        const Reply reply = server->call("POST", target, body);
        REQUIRE(reply.status() == 201);
        return reply.json[member].GetString();
    }
    int with_credential(const std::string& secret) {
        auto request = TestApplication::make_request("GET", "/stream-keys");
        request.headers.emplace_back("authorization", "Bearer " + secret);
        return server->send(std::move(request)).status();
    }

    std::unique_ptr<TestApplication> server;

private:
    rescuestream::testing::TemporaryDirectory directory_;
    std::string file_ = directory_.file("live.db");
};

}  // namespace

TEST_CASE_FIXTURE(DamagedRowsOfApi,
                  "one row that cannot be read stops no list, and can be removed") {
    const auto owner = make("/broadcasters", R"({"display_name":"bad"})");
    make("/broadcasters", R"({"display_name":"good"})");
    const auto key = make("/stream-keys", R"({"broadcaster_id":")" + owner +
                                              R"(","label":"bad","playback_path":"live/bad"})");
    make("/stream-keys",
         R"({"broadcaster_id":")" + owner + R"(","label":"good","playback_path":"live/good"})");
    const auto incident = make("/incidents", R"({"name":"bad"})");
    make("/incidents", R"({"name":"good"})");
    const auto link = make("/guest-links", R"({"label":"bad","stream_key_ids":[")" + key +
                                               R"("],"expires_at":"2999-01-01T00:00:00Z"})");
    make("/guest-links", R"({"label":"good","stream_key_ids":[")" + key +
                             R"("],"expires_at":"2999-01-01T00:00:00Z"})");
    const Reply credential =
        server->call("POST", "/credentials", R"({"label":"bad","scopes":["keys:read"]})");
    REQUIRE(credential.status() == 201);
    const std::string id = credential.json["id"].GetString();
    const std::string bad = credential.json["secret"].GetString();
    const auto good = make("/credentials", R"({"label":"good","scopes":["keys:read"]})", "secret");
    REQUIRE(with_credential(bad) == 200);
    execute(
        "UPDATE broadcasters SET metadata = 'x' WHERE display_name = 'bad';"
        "UPDATE stream_keys SET policies = 'x' WHERE label = 'bad';"
        "UPDATE incidents SET metadata = 'x' WHERE name = 'bad';"
        "UPDATE guest_links SET targets = 'x' WHERE label = 'bad';"
        "UPDATE credentials SET allowed_addresses = 'x' WHERE label = 'bad';"
        "UPDATE credential_changes SET number = number + 1;"
        "INSERT INTO playback_revocations (kind, value, revoked_at, expires_at, version) "
        "VALUES ('x', 'somebody', 1, 4000000000000000, 1);"
        "INSERT INTO playback_tokens (digest, claims, expires_at, version) "
        "VALUES (x'00', 'x', 4000000000000000, 1);"
        "INSERT OR REPLACE INTO playback_versions (id, version) VALUES (1, 1);");
    for (const bool restarts : {false, true}) {
        CAPTURE(restarts);
        if (restarts) start();
        for (const char* list :
             {"/broadcasters", "/stream-keys", "/incidents", "/guest-links", "/credentials"}) {
            CAPTURE(list);
            const Reply reply = server->call("GET", list);
            CHECK(reply.status() == 200);
            CHECK(reply.response.body.find("good") != std::string::npos);
            CHECK(reply.response.body.find("\"bad\"") == std::string::npos);
        }
        CHECK(server->call("GET", "/playback-keys").status() == 200);
        CHECK(with_credential(good) == 200);
        CHECK(with_credential(bad) == 401);
        CHECK(server->call("POST", "/playback-tokens/revoke", R"({"viewer_id":"v"})").status() ==
              200);
        for (const auto& one : {"/broadcasters/" + owner, "/stream-keys/" + key,
                                "/incidents/" + incident, "/guest-links/" + link}) {
            CAPTURE(one);
            const Reply reply = server->call("GET", one);
            CHECK(reply.status() == 500);
            const std::string detail = reply.json["detail"].GetString();
            CHECK(detail.find("A row of the database cannot be read: column ") == 0);
            CHECK(detail.find(one.substr(one.rfind('/') + 1)) != std::string::npos);
        }
    }
    const Reply health = server->call("GET", "/health?verbose");
    CHECK(health.status() == 200);
    CHECK(health.response.body.find("column policies of the row " + key +
                                    " of the table stream_keys") != std::string::npos);

    CHECK(server->call("DELETE", "/stream-keys/" + key).status() == 204);
    CHECK(server->call("POST", "/guest-links/" + link + "/close").status() == 200);
    CHECK(server->call("POST", "/incidents/" + incident + "/close").status() == 200);
    CHECK(server->call("DELETE", "/credentials/" + id).status() == 204);
    CHECK(server->call("POST", "/broadcasters/" + owner + "/disable").status() == 200);
    CHECK(server->call("DELETE", "/broadcasters/" + owner).status() == 204);
}

}  // namespace rescuestream::server::testing
