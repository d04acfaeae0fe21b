// A primary and a backup encoder with a key each on one path.

#include <doctest/doctest.h>

#include <algorithm>

#include "rescuestream/forwarding_storage.hpp"
#include "rescuestream/refused_attempts.hpp"
#include "support/faulty_storage.hpp"
#include "support/test_orchestrator.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

using std::chrono::seconds;

OrchestratorSettings with_window() {
    OrchestratorSettings settings = TestOrchestrator::default_settings();
    settings.reconnect_window = seconds(60);
    return settings;
}

/// Counts how often the keys of a path are read.
class CountingStorage final : public ForwardingStorage {
public:
    CountingStorage(std::unique_ptr<Storage> next, std::shared_ptr<int> reads)
        : ForwardingStorage(std::move(next)), reads_(std::move(reads)) {}
    Result<std::vector<Session>> sessions_at_path(const std::string& path) override {
        ++*reads_;
        return ForwardingStorage::sessions_at_path(path);
    }

private:
    const std::shared_ptr<int> reads_;
};

/// Two keys on `live/a`, of one broadcaster.
struct TwoKeys {
    explicit TwoKeys(OrchestratorSettings settings = with_window())
        : t(std::make_unique<CountingStorage>(TestOrchestrator::open_memory(), reads),
            std::move(settings)),
          owner(t.broadcaster().id) {
        primary = key(80);
        backup = key(20);
    }

    CreatedStreamKey key(std::optional<std::uint32_t> priority,
                         std::optional<PlaybackPolicy> policy = std::nullopt) {
        NewStreamKey input;
        input.broadcaster_id = owner;
        input.label = "priority " + std::to_string(priority.value_or(0));
        input.playback_path = "live/a";
        input.policies.priority = priority;
        input.policies.playback_policy = policy;
        return t->create_stream_key(input, t.caller).value();
    }

    /// A round of the poll, in which the publisher sends or does not.
    void poll(bool sends = true) {
        t.clock.advance(seconds(2));
        if (sends && t.media->find_path("live/a")) t.media->receive_bytes("live/a", 1'000);
        t->tick();
    }

    std::string publisher() {
        const auto path = t.media->find_path("live/a");
        return path && path->source ? path->source->id.value : std::string();
    }

    StreamKeyId live_key() {
        const auto live = t.live();
        REQUIRE(live.size() == 1);
        return live.front().stream_key_id;
    }

    Stream last_stream_of(const CreatedStreamKey& key) {
        StreamFilter filter;
        filter.stream_key_id = key.key.id;
        return t->list_streams(filter).value().items.front();
    }

    const std::shared_ptr<int> reads = std::make_shared<int>(0);
    TestOrchestrator t;
    BroadcasterId owner;
    CreatedStreamKey primary;
    CreatedStreamKey backup;
};

}  // namespace

TEST_CASE("a backup is refused while its primary is live, and told which key has the path") {
    TwoKeys keys;
    REQUIRE(keys.t.publish(keys.primary, "p"));
    keys.poll();
    const auto refused = keys.t.ask(keys.backup, "b");
    CHECK(refused.refusal == PublishRefusal::kPathInUse);
    CHECK(refused.holder == keys.primary.key.id);
    CHECK(keys.publisher() == "p");
    CHECK(keys.live_key() == keys.primary.key.id);
}

TEST_CASE("a backup is admitted when its primary is gone, and the primary takes the path back") {
    TwoKeys keys;
    REQUIRE(keys.t.publish(keys.primary, "p"));
    keys.poll();
    keys.t.media->disconnect({"p"});
    keys.poll();
    keys.poll();
    REQUIRE(keys.t.publish(keys.backup, "b"));
    keys.poll();
    CHECK(keys.live_key() == keys.backup.key.id);

    // The primary is accepted at once. As long as it does not begin, the backup stays.
    REQUIRE(keys.t.ask(keys.primary, "p2").accepted());
    keys.poll();
    CHECK(keys.live_key() == keys.backup.key.id);
    CHECK(keys.publisher() == "b");

    keys.t.media->publish(ConnectionKind::kRtmp, {"p2"}, "live/a");
    REQUIRE(keys.t->source_available({"live/a", "rtmpConn", ConnectionId{"p2"}}));
    keys.poll();
    CHECK(keys.publisher() == "p2");
    CHECK(keys.live_key() == keys.primary.key.id);
    CHECK(keys.last_stream_of(keys.primary).generation == 2);  // the same stream goes on
    const Stream ended = keys.last_stream_of(keys.backup);
    CHECK(ended.state == StreamState::kEnded);
    CHECK(ended.end_reason == EndReason::kTakenOver);
    CHECK(keys.t.ask(keys.backup, "b2").refusal == PublishRefusal::kPathInUse);
}

TEST_CASE("without a hook the poll finds the takeover, too") {
    TwoKeys keys;
    REQUIRE(keys.t.publish(keys.backup, "b"));
    keys.poll();
    REQUIRE(keys.t.ask(keys.primary, "p").accepted());
    keys.t.media->publish(ConnectionKind::kRtmp, {"p"}, "live/a");
    keys.poll();
    keys.poll();
    CHECK(keys.live_key() == keys.primary.key.id);
    CHECK(keys.last_stream_of(keys.backup).end_reason == EndReason::kTakenOver);
    CHECK(keys.publisher() == "p");
}

TEST_CASE("a shared path on which nothing changes is not read in each poll") {
    TwoKeys keys;
    REQUIRE(keys.t.publish(keys.primary, "p"));
    keys.poll();
    keys.poll();
    const int before = *keys.reads;
    for (int i = 0; i < 40; ++i) {
        keys.t.clock.advance(std::chrono::seconds(1));
        keys.t.media->receive_bytes("live/a", 1'000);
        keys.t->tick();
    }
    const int read = *keys.reads - before;
    CHECK(read >= 9);  // every four seconds, in case that somebody else has a claim by then
    CHECK(read <= 12);
}

TEST_CASE("a takeover ends the backup's stream on another path of the media server, too") {
    TwoKeys keys;
    // The backup's device can only send a path.
    PublishRequest request;
    request.path = keys.backup.value.reveal();
    request.protocol = Protocol::kRtmp;
    request.connection = ConnectionId{"b"};
    request.remote_address = "192.0.2.8";
    REQUIRE(keys.t->decide_publish(request).value().accepted());
    keys.t.media->publish(ConnectionKind::kRtmp, {"b"}, request.path);
    REQUIRE(keys.t->source_available({request.path, "rtmpConn", ConnectionId{"b"}}));
    keys.poll();
    CHECK(keys.live_key() == keys.backup.key.id);

    PublishRequest primary = request;
    primary.path = keys.primary.value.reveal();
    primary.connection = ConnectionId{"p"};
    REQUIRE(keys.t->decide_publish(primary).value().accepted());
    keys.t.media->publish(ConnectionKind::kRtmp, {"p"}, primary.path);
    REQUIRE(keys.t->source_available({primary.path, "rtmpConn", ConnectionId{"p"}}));
    keys.poll();
    keys.poll();
    CHECK(keys.live_key() == keys.primary.key.id);
    CHECK_FALSE(keys.t.media->find_path(request.path).has_value());
    CHECK(keys.t.media->find_path(primary.path).has_value());
    CHECK(keys.last_stream_of(keys.backup).end_reason == EndReason::kTakenOver);
    const auto relay = keys.t.media->find_path_config("live/a");
    REQUIRE(relay.has_value());
    CHECK(relay->source.find(primary.path) != std::string::npos);
}

TEST_CASE("a backup takes over from a frozen primary, which displaces it when it delivers again") {
    auto settings = with_window();
    settings.on_duplicate = OnDuplicate::kRejectIfHealthy;
    TwoKeys keys(settings);
    REQUIRE(keys.t.publish(keys.primary, "p"));
    keys.poll();
    for (int i = 0; i < 4; ++i) keys.poll(false);
    // On this media server, the backup throws the frozen connection out.
    REQUIRE(keys.t.publish(keys.backup, "b"));
    keys.poll();
    CHECK(keys.live_key() == keys.backup.key.id);
    CHECK(keys.publisher() == "b");
    CHECK(keys.last_stream_of(keys.primary).state == StreamState::kReconnecting);
}

TEST_CASE("a connection of a backup that waits is removed when its primary's source begins") {
    auto settings = with_window();
    settings.on_duplicate = OnDuplicate::kRejectIfHealthy;
    TwoKeys keys(settings);
    REQUIRE(keys.t.publish(keys.primary, "p"));
    keys.poll();
    for (int i = 0; i < 4; ++i) keys.poll(false);
    REQUIRE(keys.t.ask(keys.backup, "b").accepted());
    keys.t.media->connect(ConnectionKind::kRtmp, {"b"}, "192.0.2.7");
    // The primary delivers again before the backup has begun.
    keys.poll();
    keys.poll();
    CHECK(keys.live_key() == keys.primary.key.id);
    CHECK(keys.publisher() == "p");
    const auto waiting = keys.t.media->list_connections(ConnectionKind::kRtmp).value();
    CHECK(std::none_of(waiting.begin(), waiting.end(),
                       [](const MediaConnection& each) { return each.id.value == "b"; }));
}

TEST_CASE("revoking one key of a path leaves the other one on air") {
    TwoKeys keys;
    REQUIRE(keys.t.publish(keys.backup, "b"));
    keys.poll();
    SUBCASE("that of the other encoder") {
        keys.t->revoke_stream_key(keys.primary.key.id, keys.t.caller).value();
        keys.poll();
        CHECK(keys.publisher() == "b");
        CHECK(keys.live_key() == keys.backup.key.id);
    }
    SUBCASE("that of the encoder on air") {
        keys.t->revoke_stream_key(keys.backup.key.id, keys.t.caller).value();
        CHECK(keys.publisher().empty());
        CHECK(keys.last_stream_of(keys.backup).end_reason == EndReason::kKeyRevoked);
        REQUIRE(keys.t.publish(keys.primary, "p"));
        keys.poll();
        CHECK(keys.publisher() == "p");
    }
}

TEST_CASE("the cut-off of a displaced connection does not remove the source that displaced it") {
    TwoKeys keys;
    REQUIRE(keys.t.publish(keys.backup, "b"));
    keys.poll();
    REQUIRE(keys.t.publish(keys.primary, "p"));
    // The backup's key is revoked while its stream still counts, and the primary has the path.
    const int kicked = keys.t.media->kick_count();
    keys.t->revoke_stream_key(keys.backup.key.id, keys.t.caller).value();
    CHECK(keys.publisher() == "p");
    CHECK(keys.t.media->kick_count() == kicked);
    keys.poll();
    CHECK(keys.live_key() == keys.primary.key.id);
}

TEST_CASE("an unknown publisher at a shared path is removed, also with UNKNOWN_PUBLISHER=adopt") {
    auto settings = with_window();
    settings.unknown_publisher = UnknownPublisher::kAdopt;
    TwoKeys keys(settings);
    keys.t.media->publish(ConnectionKind::kRtmp, {"x"}, "live/a");
    for (int i = 0; i < 3; ++i) keys.poll();
    CHECK(keys.publisher().empty());
    CHECK(keys.t.live().empty());
}

TEST_CASE("PATH_MISMATCH=adopt moves no key with a priority, and none to a shared path") {
    auto settings = with_window();
    settings.path_mismatch = PathMismatch::kAdopt;
    TwoKeys keys(settings);
    const auto alone = keys.t.key("live/alone");
    const auto ask_at = [&](const CreatedStreamKey& key, const std::string& path) {
        PublishRequest request;
        request.path = path;
        request.password = key.value;
        request.protocol = Protocol::kRtmp;
        request.connection = ConnectionId{"c"};
        return keys.t->decide_publish(request).value().refusal;
    };
    CHECK(ask_at(keys.primary, "live/elsewhere") == PublishRefusal::kWrongPath);
    CHECK(ask_at(keys.backup, "live/elsewhere") == PublishRefusal::kWrongPath);
    CHECK(ask_at(alone, "live/a") == PublishRefusal::kWrongPath);
    CHECK(keys.t->find_stream_key(keys.primary.key.id)->playback_path == "live/a");
    CHECK(keys.t->find_stream_key(alone.key.id)->playback_path == "live/alone");
}

TEST_CASE("viewers of a shared path are judged by the strictest policy of its keys") {
    auto settings = with_window();
    settings.playback_policy = PlaybackPolicy::kSigned;
    TwoKeys keys(settings);
    const auto may_watch = [&] {
        ReadRequest request;
        request.path = "live/a";
        request.protocol = Protocol::kRtsp;
        request.connection = ConnectionId{"viewer"};
        return keys.t->decide_read(request).accepted();
    };
    StreamKeyPatch patch;
    patch.policies.playback_policy = PlaybackPolicy::kPublic;
    CHECK_FALSE(may_watch());
    keys.t->update_stream_key(keys.primary.key.id, patch, keys.t.caller).value();
    CHECK_FALSE(may_watch());  // the other key has the installation's policy
    keys.t->update_stream_key(keys.backup.key.id, patch, keys.t.caller).value();
    CHECK(may_watch());
    keys.key(10);
    CHECK_FALSE(may_watch());
}

namespace {

/// A running server with two keys, on a storage that the test makes unreachable.
struct SharedOutage {
    SharedOutage()
        : server(std::make_unique<FaultyStorage>(TestOrchestrator::open_memory(), faults),
                 settings()) {
        server->start();
        const auto owner = server.broadcaster().id;
        const auto make = [&](std::uint32_t priority) {
            NewStreamKey input;
            input.broadcaster_id = owner;
            input.playback_path = "live/a";
            input.policies.priority = priority;
            return server->create_stream_key(input, server.caller).value();
        };
        primary = make(80);
        backup = make(20);
        for (const auto* key : {&primary, &backup}) {
            REQUIRE(eventually([&] {
                const int before = faults->calls("claim");
                REQUIRE_FALSE(ask(*key, "probe", "live/elsewhere").value().accepted());
                return faults->calls("claim") == before;
            }));
        }
    }
    ~SharedOutage() { server->stop(); }

    static OrchestratorSettings settings() {
        OrchestratorSettings settings = TestOrchestrator::default_settings();
        settings.on_duplicate = OnDuplicate::kTakeover;
        settings.database_outage = DatabaseOutage::kGrace;
        settings.outage_grace = seconds(60);
        settings.poll_interval = std::chrono::milliseconds(20);
        return settings;
    }
    void begin() {
        for (const char* method :
             {"claim", "key_facts_after", "open_sessions", "sessions_at_path", "hold_lease"}) {
            faults->fail_method(method);
        }
    }
    Result<PublishDecision> ask(const CreatedStreamKey& key, const std::string& connection,
                                const std::string& path = "live/a") {
        PublishRequest request;
        request.path = path;
        request.password = key.value;
        request.protocol = Protocol::kRtmp;
        request.connection = ConnectionId{connection};
        request.remote_address = "192.0.2.7";
        request.user_agent = "FMLE/3.0";
        return server->decide_publish(request);
    }
    bool accepts(const CreatedStreamKey& key, const std::string& connection) {
        return ask(key, connection).value().accepted();
    }

    std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
    TestOrchestrator server;
    CreatedStreamKey primary;
    CreatedStreamKey backup;
};

}  // namespace

TEST_CASE("without the database only one key of a path is accepted, whatever the priorities are") {
    SharedOutage outage;
    outage.begin();
    SUBCASE("the backup asks first") {
        REQUIRE(outage.accepts(outage.backup, "b"));
        const auto refused = outage.ask(outage.primary, "p").value();
        CHECK(refused.refusal == PublishRefusal::kPathInUse);
        CHECK(refused.holder == outage.backup.key.id);
        CHECK(outage.accepts(outage.backup, "b"));
        // It delivers, and keeps the path.
        outage.server.media->publish(ConnectionKind::kRtmp, {"b"}, "live/a");
        outage.server.clock.advance(seconds(31));
        CHECK(eventually([&] {
            outage.server.media->receive_bytes("live/a", 100);
            return outage.ask(outage.primary, "p2").value().refusal == PublishRefusal::kPathInUse;
        }));
    }
    SUBCASE("the primary asks first") {
        REQUIRE(outage.accepts(outage.primary, "p"));
        CHECK(outage.ask(outage.backup, "b").value().holder == outage.primary.key.id);
    }
    SUBCASE("the accepted one never begins") {
        REQUIRE(outage.accepts(outage.primary, "p"));
        outage.server.clock.advance(seconds(31));
        CHECK(outage.accepts(outage.backup, "b"));
    }
    outage.faults->clear();
}

TEST_CASE("who publishes when the database goes away keeps the path while it delivers") {
    SharedOutage outage;
    REQUIRE(outage.server.publish(outage.backup, "b"));
    // The poll has seen it.
    const int before = outage.faults->calls("open_sessions");
    REQUIRE(eventually([&] { return outage.faults->calls("open_sessions") >= before + 4; }));
    outage.begin();
    outage.server.media->receive_bytes("live/a", 100);
    CHECK(outage.ask(outage.primary, "p").value().refusal == PublishRefusal::kPathInUse);
    outage.server.media->disconnect({"b"});
    // As soon as the media server does not list it any more.
    CHECK(eventually([&] { return outage.ask(outage.primary, "p").value().accepted(); }));
    CHECK(outage.ask(outage.backup, "b2").value().refusal == PublishRefusal::kPathInUse);
    outage.faults->clear();
}

TEST_CASE("a key that is revoked while the disk is full removes no encoder of another key") {
    SharedOutage outage;
    const auto rounds_pass = [&] {
        const int before = outage.faults->calls("open_sessions");
        REQUIRE(eventually([&] { return outage.faults->calls("open_sessions") >= before + 4; }));
    };
    const auto publisher = [&] {
        const auto path = outage.server.media->find_path("live/a");
        return path && path->source ? path->source->id.value : std::string();
    };
    REQUIRE(outage.server.publish(outage.primary, "p"));
    rounds_pass();
    outage.faults->fill_disk();
    CHECK_FALSE(
        outage.server->revoke_stream_key(outage.backup.key.id, outage.server.caller).has_value());
    CHECK(outage.ask(outage.backup, "b").value().refusal == PublishRefusal::kRevoked);
    rounds_pass();
    CHECK(publisher() == "p");
    CHECK_FALSE(
        outage.server->revoke_stream_key(outage.primary.key.id, outage.server.caller).has_value());
    CHECK(eventually([&] { return publisher().empty(); }));
    outage.faults->make_room();
}

TEST_CASE("a refusal because of another key of the path says in words which key had it") {
    RefusedAttempt attempt;
    attempt.reason = "path_in_use";
    attempt.path = "live/a";
    CHECK(explain_refusal(attempt).starts_with("Several keys share this path"));
    attempt.holder_key_id = StreamKeyId(Uuid());
    attempt.holder_label = "Primary";
    CHECK(explain_refusal(attempt).starts_with(
        "Several keys share the path live/a, and the key \"Primary\" (00000000-"));
}
