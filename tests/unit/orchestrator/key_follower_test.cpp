// Publish requests that are decided from memory, with a second server that changes the keys.

#include <doctest/doctest.h>

#include "support/faulty_storage.hpp"
#include "support/test_orchestrator.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Two servers on one storage.
struct TwoServers {
    TwoServers() {
        here->start();
        REQUIRE(decides_from_memory(here));
    }
    ~TwoServers() {
        here->stop();
        there->stop();
    }

    std::unique_ptr<Storage> open() { return std::make_unique<FaultyStorage>(shared, faults); }

    PublishDecision guess(TestOrchestrator& server, const std::string& connection) {
        PublishRequest request;
        request.path = "live/x";
        request.password = Secret("sk_" + std::string(43, 'A'));
        request.protocol = Protocol::kRtmp;
        request.connection = ConnectionId{connection};
        return server->decide_publish(request).value();
    }
    int claims() { return faults->calls("claim"); }
    // Waits until an unknown value is refused without a call of the storage.
    bool decides_from_memory(TestOrchestrator& server) {
        return eventually([&] {
            const int before = claims();
            REQUIRE(guess(server, "guess").refusal == PublishRefusal::kUnknownKey);
            return claims() == before;
        });
    }

    std::shared_ptr<Storage> shared = TestOrchestrator::open_memory();
    std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
    TestOrchestrator here{open(), TestOrchestrator::default_settings()};
    TestOrchestrator there{open(), TestOrchestrator::default_settings()};
};

}  // namespace

TEST_CASE("a viewer of a public path is accepted from the start, however many keys are read then") {
    const std::shared_ptr<Storage> storage = TestOrchestrator::open_memory();
    const auto faults = std::make_shared<StorageFaults>();
    TestOrchestrator server{std::make_unique<FaultyStorage>(storage, faults),
                            TestOrchestrator::default_settings()};
    ReadRequest request;
    request.path = "live/a";
    request.protocol = Protocol::kRtsp;
    SUBCASE("while the storage answers") {
        server->start();
        CHECK(server->decide_read(request).accepted());
    }
    SUBCASE("while the storage does not answer, nobody is accepted") {
        faults->fail_method("key_facts_after", StorageFaults::unavailable());
        CHECK_FALSE(server->load());
        server->start();
        CHECK_FALSE(server->decide_read(request).accepted());
        faults->clear();
        CHECK(eventually([&] { return server->decide_read(request).accepted(); }));
    }
    server->stop();
}

TEST_CASE_FIXTURE(TwoServers, "refusals that depend on the key alone never reach the storage") {
    const auto key = here.key("live/a");
    REQUIRE(decides_from_memory(here));
    const int before = claims();
    for (int i = 0; i < 10; ++i) {
        CHECK(guess(here, "c").refusal == PublishRefusal::kUnknownKey);
    }
    PublishRequest elsewhere;
    elsewhere.path = "live/b";
    elsewhere.password = key.value;
    elsewhere.connection = ConnectionId{"c"};
    const auto decision = here->decide_publish(elsewhere).value();
    CHECK(decision.refusal == PublishRefusal::kWrongPath);
    CHECK(decision.stream_key_id == key.key.id);
    CHECK(claims() == before);
    CHECK(here.ask(key, "c").accepted());
    CHECK(claims() == before + 1);
}

TEST_CASE_FIXTURE(TwoServers, "a server knows its own changes at once") {
    for (int i = 0; i < 50; ++i) {
        const auto key = here.key("live/n" + std::to_string(i));
        CHECK(here.ask(key, "c").accepted());
        here->revoke_stream_key(key.key.id, here.caller).value();
        CHECK(here.ask(key, "d").refusal == PublishRefusal::kRevoked);
    }
}

TEST_CASE_FIXTURE(TwoServers,
                  "another server's new key is accepted here soon, even without a notification") {
    const auto key = there.key("live/a");
    CHECK(eventually([&] { return here.ask(key, "c").accepted(); }));
    there->revoke_stream_key(key.key.id, there.caller).value();
    CHECK(here.ask(key, "d").refusal == PublishRefusal::kRevoked);  // the claim reaches the storage
}

TEST_CASE_FIXTURE(TwoServers,
                  "after a notification no request is refused before the change has been read") {
    faults->hold_method("key_facts_after");
    const auto key = there.key("live/b");
    faults->tell_changes();
    CHECK(here.ask(key, "c").accepted());
    faults->release();
}

TEST_CASE_FIXTURE(
    TwoServers,
    "while the storage is unreachable, keys that were refused before are refused at once") {
    const auto key = here.key("live/a");
    REQUIRE(here->revoke_stream_key(key.key.id, here.caller).has_value());
    REQUIRE(decides_from_memory(here));
    faults->fail_method("key_facts_after");
    faults->fail_method("claim");
    here.clock.advance(seconds(2));
    PublishRequest request;
    request.path = "live/a";
    request.password = key.value;
    request.connection = ConnectionId{"c"};
    CHECK(eventually([&] {
        const auto decision = here->decide_publish(request);
        return decision && decision->refusal == PublishRefusal::kRevoked;
    }));
}

TEST_CASE_FIXTURE(TwoServers, "a fact that was confirmed too long ago is not used for a refusal") {
    faults->fail_method("key_facts_after");
    here.clock.advance(seconds(2));
    const int before = claims();
    CHECK(guess(here, "c").refusal == PublishRefusal::kUnknownKey);
    CHECK(claims() == before + 1);
    const auto key = there.key("live/a");
    CHECK(here.ask(key, "c").accepted());
    faults->clear();
    CHECK(decides_from_memory(here));
}

TEST_CASE_FIXTURE(TwoServers, "a known key expires, and a block ends, without any message") {
    NewStreamKey input;
    input.broadcaster_id = here.broadcaster().id;
    input.playback_path = "live/a";
    input.expires_at = here->now() + seconds(60);
    const auto key = here->create_stream_key(input, here.caller).value();
    CHECK(here.ask(key, "c").accepted());
    here.clock.advance(seconds(61));
    REQUIRE(decides_from_memory(here));
    const int before = claims();
    CHECK(here.ask(key, "d").refusal == PublishRefusal::kExpired);
    CHECK(claims() == before);
}
