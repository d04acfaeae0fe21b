#include <doctest/doctest.h>

#include <string>

#include "support/faulty_storage.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::FaultyStorage;
using rescuestream::testing::StorageFaults;

class HealthCase {
public:
    Reply ask(const std::string& target) {
        return server.send(TestApplication::make_request("GET", target));
    }

    // "database=ok first_poll=failed …"
    static std::string checks_of(const Reply& reply) {
        std::string text;
        for (const auto& check : reply.json["checks"].GetArray()) {
            if (!text.empty()) text += ' ';
            text += std::string(check["name"].GetString()) + '=' + check["status"].GetString();
        }
        return text;
    }

    static std::string reason_of(const Reply& reply, const std::string& name) {
        for (const auto& check : reply.json["checks"].GetArray()) {
            if (check["name"].GetString() != name) continue;
            return check.HasMember("reason") ? check["reason"].GetString() : "";
        }
        return "no such check";
    }

    std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
    TestApplication server{std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                           {}};
};

TEST_CASE_FIXTURE(HealthCase, "/readyz?verbose shows each check, its age and its reason") {
    const Reply before = ask("/readyz?verbose");
    CHECK(before.status() == 503);
    CHECK(checks_of(before) ==
          "database=ok database_space=ok unreadable_rows=ok unwritten_changes=ok keys=ok "
          "first_poll=failed "
          "node:default=warning");
    CHECK(reason_of(before, "first_poll") == "The media server has not been polled yet.");

    server.test->tick();
    server.test.clock.advance(std::chrono::milliseconds(1'500));
    const Reply ready = ask("/readyz?verbose");
    CHECK(ready.status() == 200);
    CHECK(checks_of(ready) ==
          "database=ok database_space=ok unreadable_rows=ok unwritten_changes=ok keys=ok "
          "first_poll=ok "
          "node:default=ok");
    const auto& node = ready.json["checks"][6];
    CHECK(node["age_ms"].GetInt() == 1'500);
    CHECK_FALSE(node.HasMember("reason"));

    server.test.media->set_down(true);
    server.test->tick();
    const Reply down = ask("/readyz?verbose");
    CHECK(down.status() == 200);
    CHECK(reason_of(down, "node:default") == "The media server cannot be reached.");

    faults->fail_method("ping");
    const Reply broken = ask("/readyz?verbose");
    CHECK(broken.status() == 503);
    CHECK(broken.json["checks"][0]["status"].GetString() == std::string("failed"));
    CHECK(reason_of(broken, "database") == StorageFaults::unavailable().message);
}

TEST_CASE_FIXTURE(HealthCase,
                  "/health keeps its form, and adds the checks that concern it when asked") {
    CHECK(ask("/health").response.body == R"({"status":"ok","database":"ok"})");
    const Reply verbose = ask("/health?verbose");
    CHECK(verbose.status() == 200);
    CHECK(verbose.response.body.starts_with(R"({"status":"ok","database":"ok","checks":[)"));
    // A server whose first poll has not ended is healthy and not ready.
    CHECK(checks_of(verbose).find("first_poll") == std::string::npos);
    faults->set_disk_space({1'000'000'000, 150'000'000});
    CHECK(ask("/health?verbose").status() == 200);
}

TEST_CASE_FIXTURE(HealthCase, "/livez?verbose does not ask the database") {
    faults->fail_method("ping");
    const int calls = faults->calls("ping");
    const Reply live = ask("/livez?verbose");
    CHECK(live.status() == 200);
    CHECK(checks_of(live) == "process=ok");
    CHECK(faults->calls("ping") == calls);
}

TEST_CASE_FIXTURE(HealthCase, "verbose is true, false or alone, and anything else is refused") {
    for (const std::string route : {"/health", "/livez", "/readyz"}) {
        CAPTURE(route);
        CHECK(ask(route + "?verbose=true").json.HasMember("checks"));
        CHECK(ask(route + "?verbose=").json.HasMember("checks"));
        CHECK(ask(route + "?verbose=false").response.body == ask(route).response.body);
        CHECK(ask(route + "?verbose=yes").wrong_members() == "/verbose");
        CHECK(ask(route + "?verbose&verbose").wrong_members() == "/verbose");
        CHECK(ask(route + "?verbos").wrong_members() == "/verbos");
    }
}

}  // namespace
}  // namespace rescuestream::server::testing
