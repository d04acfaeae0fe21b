// Publishers while the storage is unreachable, and what happens to them when it is back.

#include <doctest/doctest.h>

#include "support/faulty_storage.hpp"
#include "support/test_orchestrator.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

using std::chrono::seconds;

OrchestratorSettings with_policy(DatabaseOutage policy) {
    OrchestratorSettings settings = TestOrchestrator::default_settings();
    settings.on_duplicate = OnDuplicate::kRejectIfHealthy;
    settings.database_outage = policy;
    settings.outage_grace = seconds(60);
    settings.poll_interval = std::chrono::milliseconds(20);
    return settings;
}

bool publishes(FakeMediaServer& media, const std::string& connection, const std::string& path) {
    const auto found = media.find_path(path);
    return found && found->source && found->source->id == ConnectionId{connection};
}

/// A running server, on a storage that the test makes unreachable.
struct Outage {
    explicit Outage(DatabaseOutage policy = DatabaseOutage::kGrace)
        : server(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                 with_policy(policy)) {
        server->start();
    }
    ~Outage() { server->stop(); }

    CreatedStreamKey known_key(const std::string& path = "live/a") {
        auto key = server.key(path);
        // The key is in memory when a wrong path is refused without a call of the storage.
        REQUIRE(eventually([&] {
            const int before = faults->calls("claim");
            PublishRequest request;
            request.path = "live/elsewhere";
            request.password = key.value;
            request.connection = ConnectionId{"probe"};
            REQUIRE_FALSE(server->decide_publish(request).value().accepted());
            return faults->calls("claim") == before;
        }));
        return key;
    }
    void begin() {
        for (const char* method :
             {"claim", "key_facts_after", "open_sessions", "sessions_at_path", "hold_lease"}) {
            faults->fail_method(method);
        }
    }
    void end() { faults->clear(); }
    Result<PublishDecision> ask(const CreatedStreamKey& key, const std::string& connection,
                                const std::string& address = "192.0.2.7") {
        PublishRequest request;
        request.path = key.key.playback_path;
        request.password = key.value;
        request.protocol = Protocol::kRtmp;
        request.connection = ConnectionId{connection};
        request.remote_address = address;
        request.user_agent = "FMLE/3.0";
        return server->decide_publish(request);
    }
    bool is_live(const std::string& connection) {
        const auto live = server.live();
        return live.size() == 1 && live.front().source_id == ConnectionId{connection};
    }
    std::vector<AuditEntry> records() {
        AuditFilter filter;
        filter.action = "publish_in_outage";
        return server->list_audit(filter).value().entries;
    }

    std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
    TestOrchestrator server;
};

}  // namespace

TEST_CASE("by default publishers are refused while the storage is unreachable") {
    Outage outage(DatabaseOutage::kDeny);
    const auto key = outage.known_key();
    outage.begin();
    CHECK_FALSE(outage.ask(key, "c1").has_value());
    outage.end();
    CHECK(outage.ask(key, "c1").value().accepted());
}

TEST_CASE("with grace a known key may publish, and its claim is written when the storage is back") {
    Outage outage;
    const auto key = outage.known_key();
    outage.begin();
    const auto decision = outage.ask(key, "c1").value();
    CHECK(decision.accepted());
    CHECK(decision.in_outage);
    CHECK(decision.stream_key_id == key.key.id);
    outage.server.media->publish(ConnectionKind::kRtmp, {"c1"}, "live/a");
    CHECK(outage.ask(key, "c1").value().accepted());
    outage.end();
    CHECK(eventually([&] { return outage.is_live("c1"); }));
    CHECK(eventually([&] { return outage.records().size() == 1; }));
    CHECK(outage.records().front().resource_id == key.key.id.to_string());
    CHECK(publishes(*outage.server.media, "c1", "live/a"));
    CHECK_FALSE(outage.ask(key, "c1").value().in_outage);
}

TEST_CASE("grace applies to keys that were valid, on their own path, and for a limited time") {
    Outage outage;
    const auto key = outage.known_key();
    const auto revoked = outage.known_key("live/b");
    outage.server->revoke_stream_key(revoked.key.id, outage.server.caller).value();
    REQUIRE(eventually([&] {
        const int before = outage.faults->calls("claim");
        REQUIRE_FALSE(outage.ask(revoked, "c").value().accepted());
        return outage.faults->calls("claim") == before;
    }));
    outage.begin();
    PublishRequest unknown;
    unknown.path = "live/a";
    unknown.password = Secret("sk_" + std::string(43, 'A'));
    unknown.connection = ConnectionId{"c2"};
    const auto stranger = outage.server->decide_publish(unknown);
    CHECK_FALSE((stranger.has_value() && stranger->accepted()));
    const auto dead = outage.ask(revoked, "c3");
    CHECK_FALSE((dead.has_value() && dead->accepted()));
    CHECK(outage.ask(key, "c1").value().accepted());
    outage.server.clock.advance(seconds(61));
    CHECK_FALSE(outage.ask(key, "c1").has_value());
}

TEST_CASE("also in an outage a second encoder is refused while the first one delivers") {
    Outage outage;
    const auto key = outage.known_key();
    REQUIRE(outage.ask(key, "c1").value().accepted());
    outage.server.media->publish(ConnectionKind::kRtmp, {"c1"}, "live/a");
    REQUIRE(eventually([&] { return outage.is_live("c1"); }));
    outage.begin();
    // The media server is polled nevertheless.
    CHECK(outage.ask(key, "c2", "198.51.100.1").value().refusal == PublishRefusal::kInUse);
    CHECK(outage.ask(key, "c1").value().accepted());
}

TEST_CASE(
    "the first of two new connections in an outage keeps the key until its reservation ends") {
    Outage outage;
    const auto key = outage.known_key();
    outage.begin();
    REQUIRE(outage.ask(key, "c1").value().accepted());
    CHECK(outage.ask(key, "c2", "198.51.100.1").value().refusal == PublishRefusal::kInUse);
    CHECK(outage.ask(key, "c3").value().accepted());  // the same device again
    outage.server.clock.advance(seconds(31));
    CHECK(outage.ask(key, "c4", "198.51.100.1").value().accepted());
}

TEST_CASE("a publisher whose key another server revoked meanwhile is removed after the outage") {
    auto shared = std::shared_ptr<Storage>(TestOrchestrator::open_memory());
    auto faults = std::make_shared<StorageFaults>();
    TestOrchestrator elsewhere(
        std::make_unique<FaultyStorage>(shared, std::make_shared<StorageFaults>()),
        TestOrchestrator::default_settings());
    TestOrchestrator here(std::make_unique<FaultyStorage>(shared, faults),
                          with_policy(DatabaseOutage::kGrace));
    const auto key = elsewhere.key("live/a");
    here->start();
    REQUIRE(eventually([&] { return here.ask(key, "c0").accepted(); }));
    here.media->publish(ConnectionKind::kRtmp, {"c0"}, "live/a");
    REQUIRE(eventually([&] { return here.live().size() == 1; }));
    here.media->disconnect({"c0"});
    REQUIRE(eventually([&] { return here.live().empty(); }));
    for (const char* method : {"claim", "key_facts_after", "open_sessions", "hold_lease"}) {
        faults->fail_method(method);
    }
    REQUIRE(here.ask(key, "c1").in_outage);
    here.media->publish(ConnectionKind::kRtmp, {"c1"}, "live/a");
    elsewhere->revoke_stream_key(key.key.id, elsewhere.caller).value();
    faults->clear();
    CHECK(eventually([&] { return !publishes(*here.media, "c1", "live/a"); }));
    CHECK(here.live().empty());
    here->stop();
}
