// Answers to callers when the database has no room.
#include <doctest/doctest.h>

#include "server/test_server.hpp"
#include "support/faulty_storage.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::server;
using namespace rescuestream::server::testing;
using rescuestream::testing::eventually;
using rescuestream::testing::FaultyStorage;
using rescuestream::testing::StorageFaults;

namespace {

struct FullDisk {
    FullDisk()
        : server(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults), {}) {
        server.test->tick();
        server.test->start();
    }
    ~FullDisk() { server.test->stop(); }

    Reply ask(const char* target) {
        return server.send(TestApplication::make_request("GET", target));
    }

    std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
    TestApplication server;
};

}  // namespace

TEST_CASE("answers, /health and /readyz report a full disk until there is room") {
    FullDisk disk;
    disk.faults->fill_disk();
    const Reply refused = disk.server.call("POST", "/broadcasters", R"({"display_name":"A"})");
    CHECK(refused.status() == 507);
    CHECK(refused.text("type") == "/errors/storage-full");
    CHECK(refused.text("detail").find("full") != std::string::npos);

    const Reply health = disk.ask("/health");
    CHECK(health.status() == 503);
    CHECK(health.text("status") == "degraded");
    CHECK(health.text("database") == "full");
    CHECK_FALSE(health.text("detail").empty());
    CHECK(disk.ask("/readyz").status() == 503);
    CHECK(disk.ask("/readyz").text("database") == "full");
    CHECK(disk.ask("/livez").status() == 200);
    CHECK(disk.server.call("GET", "/broadcasters").status() == 200);

    disk.faults->make_room();
    CHECK(disk.ask("/health").response.body == R"({"status":"ok","database":"ok"})");
    CHECK(disk.ask("/readyz").status() == 200);
    CHECK(disk.server.call("POST", "/broadcasters", R"({"display_name":"A"})").status() == 201);
}

TEST_CASE(
    "a revocation that cannot be written answers 507 and says what takes effect nevertheless") {
    FullDisk disk;
    const auto key = disk.server.test.key();
    REQUIRE(disk.server.test.publish(key, "c1"));
    REQUIRE(eventually([&] {
        const auto asked = disk.server.test.ask(key, "c1");
        return asked.accepted();
    }));
    disk.faults->fill_disk();
    const std::string target = "/stream-keys/" + key.key.id.to_string();
    // The server knows a new key after a short time.
    Reply revoked = disk.server.call("DELETE", target);
    CHECK(eventually([&] {
        revoked = disk.server.call("DELETE", target);
        return revoked.text("detail").find("not written yet") != std::string::npos;
    }));
    CHECK(revoked.status() == 507);
    CHECK(revoked.text("detail").find("This server refuses the key from now on.") !=
          std::string::npos);
    const Reply asked = disk.server.media(
        "/auth", R"({"action":"publish","path":"live/drone1","protocol":"rtmp","id":"c2","ip":)"
                 R"("192.0.2.9","password":")" +
                     key.value.reveal() + "\"}");
    CHECK(asked.status() == 401);
    CHECK(asked.text("type") == "/errors/stream-key-revoked");
    CHECK(disk.ask("/health").json["unwritten_changes"].GetInt() == 1);

    disk.faults->make_room();
    CHECK(eventually([&] {
        return disk.server.call("GET", target).text("status") == "revoked" &&
               !disk.ask("/health").json.HasMember("unwritten_changes");
    }));
    CHECK(disk.server.call("DELETE", target).status() == 204);
}

TEST_CASE("a disk that is nearly full is a warning in /health, which stays 200") {
    FullDisk disk;
    disk.faults->set_disk_space({150'000'000, 1'000'000'000});
    const Reply health = disk.ask("/health");
    CHECK(health.status() == 200);
    CHECK(health.text("status") == "ok");
    CHECK(health.text("warning").find("150 MB (15 %)") != std::string::npos);
}
