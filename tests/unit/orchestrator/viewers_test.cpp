// Viewers as sessions: who watches is known, and who may not watch any more is removed.
#include <doctest/doctest.h>

#include "rescuestream/forwarding_storage.hpp"
#include "support/faulty_storage.hpp"
#include "support/test_orchestrator.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::seconds;

namespace viewers_test {
namespace {

OrchestratorSettings viewer_settings() {
    auto settings = TestOrchestrator::default_settings();
    settings.control_secret = Secret("installation");
    return settings;
}

struct ViewersCase {
    ViewersCase() : ViewersCase(TestOrchestrator::open_memory()) {}
    explicit ViewersCase(std::unique_ptr<Storage> storage)
        : t(std::move(storage), viewer_settings()) {
        NewStreamKey input;
        input.broadcaster_id = t.broadcaster().id;
        input.playback_path = "live/a";
        input.policies.playback_policy = PlaybackPolicy::kSigned;
        key = t->create_stream_key(input, t.caller).value();
        REQUIRE(t.publish(key, "encoder"));
    }

    MintedPlaybackToken mint(NewPlaybackToken input = {}) {
        input.paths = {"live/a"};
        return t->mint_playback_token(input, t.caller).value();
    }
    ViewerDecision ask(const std::string& id, const Secret& token,
                       Protocol protocol = Protocol::kWebRtc,
                       const std::string& address = "192.0.2.7") {
        ReadRequest request;
        request.path = "live/a";
        request.protocol = protocol;
        request.password = token;
        request.remote_address = address;
        request.connection = ConnectionId{id};
        return t->decide_read(request).decision;
    }
    // A viewer who is accepted and appears in the media server's list.
    void join(const std::string& id, const Secret& token, Protocol protocol = Protocol::kWebRtc,
              const std::string& type = "webRTCSession") {
        REQUIRE(ask(id, token, protocol) == ViewerDecision::kAccepted);
        t.media->add_reader("live/a", type, {id});
    }
    void tick(int rounds = 1) {
        for (int i = 0; i < rounds; ++i) {
            t.media->receive_bytes("live/a", 1'000);
            t->tick();
            t.clock.advance(seconds(1));
        }
    }
    std::vector<std::string> readers() {
        std::vector<std::string> ids;
        for (const auto& reader : t.media->find_path("live/a").value().readers) {
            ids.push_back(reader.id.value);
        }
        return ids;
    }
    std::vector<Viewer> viewers(bool present_only = true) {
        ViewerFilter filter;
        filter.present_only = present_only;
        return t->list_viewers(filter).value().items;
    }

    TestOrchestrator t;
    CreatedStreamKey key;
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(ViewersCase, "who is accepted is listed from acceptance to the end") {
    NewPlaybackToken input;
    input.viewer_id = "tablet";
    const auto minted = mint(input);
    join("v1", minted.token);
    tick(2);
    REQUIRE(viewers().size() == 1);
    const Viewer viewer = viewers()[0];
    CHECK(viewer.id.value == "v1");
    CHECK(viewer.path == "live/a");
    CHECK(viewer.node == "default");
    CHECK(viewer.remote_address == "192.0.2.7");
    REQUIRE(viewer.grants.size() == 1);
    CHECK(viewer.grants[0].id == minted.grant.id);
    CHECK(viewer.grants[0].viewer_id == "tablet");
    t.media->disconnect({"v1"});
    tick(2);
    CHECK(viewers().empty());
    REQUIRE(viewers(false).size() == 1);
    CHECK(viewers(false)[0].until);
}

TEST_CASE_FIXTURE(ViewersCase, "a viewer who was accepted and never appeared ends after a while") {
    CHECK(ask("v1", mint().token) == ViewerDecision::kAccepted);
    tick(10);
    CHECK(viewers().size() == 1);
    tick(25);
    CHECK(viewers().empty());
}

TEST_CASE_FIXTURE(ViewersCase, "the end of a token ends its sessions, and no others") {
    NewPlaybackToken input;
    input.expires_in = seconds(5);
    join("short", mint(input).token);
    join("long", mint().token);
    tick(3);
    CHECK(readers() == Ids{"short", "long"});
    tick(4);
    CHECK(readers() == Ids{"long"});
    tick(2);
    CHECK(viewers().size() == 1);
}

TEST_CASE_FIXTURE(ViewersCase, "a revocation ends the sessions of its tokens") {
    NewPlaybackToken input;
    input.viewer_id = "v";
    input.owner = "guest-link:1";
    const auto one = mint(input);
    input.is_short = true;
    const auto two = mint(input);
    join("one", one.token);
    join("two", two.token, Protocol::kSrt, "srtConn");
    join("other", mint().token, Protocol::kRtmp, "rtmpConn");
    tick();
    CHECK(readers().size() == 3);
    SUBCASE("of a token") {
        REQUIRE(t->revoke_playback_tokens(RevokedBy::kToken, one.grant.id, t.caller));
        tick();
        CHECK(readers() == Ids{"two", "other"});
    }
    SUBCASE("of a viewer") {
        REQUIRE(t->revoke_playback_tokens(RevokedBy::kViewer, "v", t.caller));
        tick();
        CHECK(readers() == Ids{"other"});
    }
    SUBCASE("of an owner") {
        REQUIRE(t->revoke_playback_tokens(RevokedBy::kOwner, "guest-link:1", t.caller));
        tick();
        CHECK(readers() == Ids{"other"});
    }
    SUBCASE("of a path") {
        REQUIRE(t->revoke_playback_tokens(RevokedBy::kPath, "live/a", t.caller));
        tick();
        CHECK(readers().empty());
    }
    SUBCASE("of the key, which ends signed tokens") {
        const auto signing = t->list_playback_keys()->front().id;
        REQUIRE(t->end_playback_key(signing, t.caller));
        tick();
        CHECK(readers() == Ids{"two"});
    }
}

TEST_CASE_FIXTURE(ViewersCase, "a kick without an effect is repeated until the viewer is gone") {
    const auto minted = mint();
    join("v1", minted.token);
    tick();
    t.media->lose_next_kicks(2);
    REQUIRE(t->revoke_playback_tokens(RevokedBy::kToken, minted.grant.id, t.caller));
    tick(2);
    CHECK(readers() == Ids{"v1"});
    tick(1);
    CHECK(readers().empty());
}

TEST_CASE_FIXTURE(ViewersCase, "hundreds of viewers are removed in one round, HLS sessions aside") {
    const auto minted = mint();
    join("hls", minted.token, Protocol::kHls, "hlsSession");
    for (int i = 0; i < 50; ++i) {
        const std::string number = std::to_string(i);
        join("srt" + number, minted.token, Protocol::kSrt, "srtConn");
        join("rtmp" + number, minted.token, Protocol::kRtmp, "rtmpConn");
        join("webrtc" + number, minted.token);
        join("other" + number, mint().token);
    }
    tick();
    REQUIRE(readers().size() == 201);
    REQUIRE(t->revoke_playback_tokens(RevokedBy::kToken, minted.grant.id, t.caller));
    tick();
    const auto left = readers();
    CHECK(left.size() == 51);
    CHECK(t.media->kick_count() == 150);
    for (const auto& id : left) CHECK((id == "hls" || id.starts_with("other")));
    tick(2);
    CHECK(t.media->kick_count() == 150);
    CHECK(viewers().size() == 51);
}

TEST_CASE_FIXTURE(ViewersCase, "viewers are removed when a media server that was away answers") {
    const auto minted = mint();
    for (int i = 0; i < 20; ++i) join("v" + std::to_string(i), minted.token);
    tick();
    t.media->set_down(true);
    REQUIRE(t->revoke_playback_tokens(RevokedBy::kToken, minted.grant.id, t.caller));
    tick(2);
    t.media->set_down(false);
    CHECK(readers().size() == 20);
    tick(2);
    CHECK(readers().empty());
}

TEST_CASE_FIXTURE(ViewersCase, "when a path becomes signed, viewers without a token are removed") {
    StreamKeyPatch patch;
    patch.policies.playback_policy = PlaybackPolicy::kPublic;
    REQUIRE(t->update_stream_key(key.key.id, patch, t.caller));
    join("guest", Secret());
    join("helper", Secret());
    tick(5);
    CHECK(readers().size() == 2);
    CHECK(viewers().size() == 2);
    patch.policies.playback_policy = PlaybackPolicy::kSigned;
    REQUIRE(t->update_stream_key(key.key.id, patch, t.caller));
    tick();
    CHECK(readers().empty());
}

TEST_CASE_FIXTURE(ViewersCase, "a reader of a signed path whom nobody has accepted is removed") {
    t.media->add_reader("live/a", "rtspSession", {"unknown"});
    tick(2);  // another program may have accepted it and not have stored it yet
    CHECK(readers() == Ids{"unknown"});
    tick(3);
    CHECK(readers().empty());
}

TEST_CASE_FIXTURE(ViewersCase, "HLS sessions are never kicked") {
    const auto minted = mint();
    join("hls", minted.token, Protocol::kHls, "hlsSession");
    REQUIRE(t->revoke_playback_tokens(RevokedBy::kToken, minted.grant.id, t.caller));
    tick(5);
    CHECK(readers() == Ids{"hls"});
    CHECK(t.media->kick_count() == 0);
    CHECK(ask("hls2", minted.token, Protocol::kHls) == ViewerDecision::kTokenRevoked);
}

TEST_CASE_FIXTURE(ViewersCase, "one viewer is removed by its id, and its token stays valid") {
    const auto minted = mint();
    join("v1", minted.token);
    join("v2", minted.token);
    tick();
    REQUIRE(t->remove_viewer({"v1"}, t.caller));
    tick();
    CHECK(readers() == Ids{"v2"});
    CHECK(ask("v3", minted.token) == ViewerDecision::kAccepted);
    CHECK(t->remove_viewer({"none"}, t.caller).error().code == ErrorCode::kNotFound);
    CHECK(t->remove_viewer({"v1"}, t.caller));
}

TEST_CASE_FIXTURE(ViewersCase, "the audit log tells that a viewer by HLS was not removed") {
    const auto minted = mint();
    join("v1", minted.token);
    join("hls", minted.token, Protocol::kHls, "hlsSession");
    tick();
    CHECK_FALSE(t->remove_viewer({"hls"}, t.caller).value().is_gone);
    t.clock.advance(seconds(1));
    REQUIRE(t->remove_viewer({"v1"}, t.caller));
    AuditFilter filter;
    filter.resource_type = "viewer";
    const auto entries = t->list_audit(filter).value().entries;
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].outcome == AuditOutcome::kSuccess);
    CHECK(entries[1].outcome == AuditOutcome::kFailure);
    CHECK(entries[1].failure_reason.value().find("HLS") != std::string::npos);
}

TEST_CASE_FIXTURE(ViewersCase, "a token permits as many sessions at once as it says") {
    NewPlaybackToken input;
    input.max_sessions = 2;
    const auto minted = mint(input);
    join("v1", minted.token);
    join("v2", minted.token);
    CHECK(ask("v3", minted.token) == ViewerDecision::kTokenInUse);
    CHECK(ask("v2", minted.token) == ViewerDecision::kAccepted);  // the same session
    tick();
    t.media->disconnect({"v1"});
    tick(3);
    CHECK(ask("v3", minted.token) == ViewerDecision::kAccepted);
}

TEST_CASE_FIXTURE(ViewersCase, "an RTSP viewer is listed once, and counts once") {
    NewPlaybackToken input;
    input.max_sessions = 1;
    const auto minted = mint(input);
    CHECK(ask("connection", minted.token, Protocol::kRtsp) == ViewerDecision::kAccepted);
    CHECK(viewers(false).empty());
    ReadRequest request;
    request.path = "live/a";
    request.protocol = Protocol::kRtsp;
    request.password = minted.token;
    request.remote_address = "192.0.2.7";
    request.user_agent = "GStreamer/1.22.0";
    request.connection = ConnectionId{"session"};
    CHECK(t->decide_read(request).accepted());
    t.media->add_reader("live/a", "rtspSession", {"session"});
    tick(20);
    REQUIRE(viewers(false).size() == 1);
    CHECK(viewers()[0].id.value == "session");
    CHECK(readers() == Ids{"session"});
    CHECK(ask("other", minted.token, Protocol::kRtsp) == ViewerDecision::kTokenInUse);
}

TEST_CASE_FIXTURE(ViewersCase, "sessions beyond those that a token permits are removed") {
    NewPlaybackToken input;
    input.max_sessions = 1;
    const auto minted = mint(input);
    // Questions without a name may be about a connection and a session of one client.
    join("s1", minted.token, Protocol::kRtsp, "rtspSession");
    join("s2", minted.token, Protocol::kRtsp, "rtspSession");
    tick(3);
    CHECK(readers().size() == 1);
}

TEST_CASE("after a restart of the program its viewers are known, and their tokens count on") {
    auto storage = std::shared_ptr<Storage>(TestOrchestrator::open_memory());
    ViewersCase first(std::make_unique<ForwardingStorage>(storage));
    NewPlaybackToken input;
    input.expires_in = seconds(20);
    first.join("v1", first.mint(input).token);
    first.tick();
    TestOrchestrator second(std::make_unique<ForwardingStorage>(storage), viewer_settings());
    second.clock.advance(first.t.clock.now() - second.clock.now());
    second.media->publish(ConnectionKind::kRtmp, {"encoder"}, "live/a");
    second.media->add_reader("live/a", "webRTCSession", {"v1"});
    const auto count = [&] { return second.media->find_path("live/a").value().readers.size(); };
    for (int i = 0; i < 10; ++i) {
        second.media->receive_bytes("live/a", 1'000);
        second->tick();
        second.clock.advance(seconds(1));
    }
    CHECK(count() == 1);
    for (int i = 0; i < 12; ++i) {
        second.media->receive_bytes("live/a", 1'000);
        second->tick();
        second.clock.advance(seconds(1));
    }
    CHECK(count() == 0);
}

TEST_CASE_FIXTURE(ViewersCase,
                  "nobody is removed while what decides about viewers was never read") {
    auto storage = std::shared_ptr<Storage>(TestOrchestrator::open_memory());
    const auto faults = std::make_shared<StorageFaults>();
    TestOrchestrator other(std::make_unique<FaultyStorage>(storage, faults), viewer_settings());
    const auto owned = other.key("live/b");
    REQUIRE(other.publish(owned, "encoder"));
    other.media->add_reader("live/b", "webRTCSession", {"v1"});
    faults->fail_method("key_facts_after");
    faults->fail_method("playback_changes_after");
    faults->fail_method("viewers_after");
    for (int i = 0; i < 8; ++i) {
        other.media->receive_bytes("live/b", 1'000);
        other->tick();
        other.clock.advance(seconds(1));
    }
    CHECK(other.media->find_path("live/b").value().readers.size() == 1);
}

}  // namespace viewers_test
