// Who may watch: policies of keys, playback tokens, revocations.
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rescuestream/forwarding_storage.hpp"
#include "support/url.hpp"
#include "unit/orchestrator/watching_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::hours;
using std::chrono::seconds;

namespace playback_test {

TEST_CASE_FIXTURE(WatchingCase, "a signed path is for tokens alone, others stay public") {
    CHECK(t->decide_read(request()).decision == ViewerDecision::kTokenRequired);
    CHECK(t->may_read(request("live/other")));
    CHECK(decide("viewer") == ViewerDecision::kTokenRequired);
    CHECK(decide(mint()) == ViewerDecision::kAccepted);
    StreamKeyPatch patch;
    patch.policies.playback_policy = PlaybackPolicy::kPublic;
    REQUIRE(t->update_stream_key(key.key.id, patch, t.caller));
    CHECK(t->may_read(request()));
    patch = {};
    patch.reset = {"playback_policy"};
    REQUIRE(t->update_stream_key(key.key.id, patch, t.caller));
    CHECK(t->may_read(request()));
}

TEST_CASE_FIXTURE(WatchingCase, "no other spelling of a signed path opens its recordings") {
    for (const char* path : {"live//drone1", "live///drone1", "/live/drone1", "live/drone1/",
                             "live/./drone1", "live/x/../drone1", "./live/drone1", "/"}) {
        CAPTURE(path);
        auto asked = request(path);
        asked.protocol = Protocol::kUnknown;
        CHECK(t->decide_read(asked).decision == ViewerDecision::kTokenRequired);
        CHECK(decide(mint(), path) == ViewerDecision::kTokenWrongPath);
    }
    CHECK(t->may_read(request("live/drone.1")));
    CHECK(t->may_read(request("live/.drone")));
}

TEST_CASE_FIXTURE(WatchingCase,
                  "a signed path stays signed when its key is revoked and another gets it") {
    REQUIRE(t->revoke_stream_key(key.key.id, t.caller));
    t.clock.advance(hours(1));
    CHECK(t->decide_read(request()).decision == ViewerDecision::kTokenRequired);
    NewStreamKey input;
    input.broadcaster_id = t.broadcaster().id;
    input.playback_path = "live/drone1";
    input.policies.playback_policy = PlaybackPolicy::kPublic;
    const auto other = t->create_stream_key(input, t.caller).value();
    CHECK(t->decide_read(request()).decision == ViewerDecision::kTokenRequired);
    REQUIRE(t->revoke_stream_key(other.key.id, t.caller));
    CHECK(t->decide_read(request()).decision == ViewerDecision::kTokenRequired);
    CHECK(decide(mint()) == ViewerDecision::kAccepted);
}

TEST_CASE("where the installation's policy is signed, no answer tells whether a path exists") {
    auto settings = playback_settings();
    settings.playback_policy = PlaybackPolicy::kSigned;
    WatchingCase c(settings);
    const auto token = c.mint();
    for (const char* path : {"live/drone1", "live/none", "x"}) {
        CHECK(c.t->decide_read(c.request(path)).decision == ViewerDecision::kTokenRequired);
    }
    CHECK(c.decide(token, "live/none") == ViewerDecision::kTokenWrongPath);
    CHECK(c.decide(token) == ViewerDecision::kAccepted);
}

TEST_CASE_FIXTURE(WatchingCase, "a token for a path opens no path that begins with its name") {
    NewPlaybackToken input;
    input.paths = {"live/drone"};
    const auto token = mint(input);
    CHECK(decide(token) == ViewerDecision::kTokenWrongPath);
    CHECK(decide(token, "live/drone1/") != ViewerDecision::kTokenExpired);
}

TEST_CASE_FIXTURE(WatchingCase,
                  "a token may stand in token, password, or query, encoded or pasted") {
    for (const bool is_short : {false, true}) {
        NewPlaybackToken input;
        input.paths = {"live/drone1"};
        input.is_short = is_short;
        const auto minted = mint(input);
        const std::string& text = minted.token.reveal();
        const auto accepts = [&](auto set) {
            auto asked = request();
            set(asked);
            return t->may_read(asked);
        };
        CHECK(accepts([&](ReadRequest& asked) { asked.token = Secret(text); }));
        CHECK(accepts([&](ReadRequest& asked) { asked.token = Secret("Bearer " + text + "\n"); }));
        CHECK(accepts([&](ReadRequest& asked) {
            asked.user = "anybody";
            asked.password = asked.token = Secret(text);
        }));
        for (const char* name : {"jwt", "token", "pass"}) {
            CHECK(accepts([&](ReadRequest& asked) {
                asked.query = Secret("a=1&" + std::string(name) + "=" + text);
            }));
        }
        CHECK(accepts(
            [&](ReadRequest& asked) { asked.query = Secret("jwt=" + percent_encode(text, "")); }));
        CHECK(accepts([&](ReadRequest& asked) {
            asked.user = "u";
            asked.password = Secret("hunter2");  // what a player asked its user for
            asked.query = Secret("jwt=" + text);
        }));
        CHECK_FALSE(accepts([&](ReadRequest& asked) { asked.user = text; }));
        CHECK_FALSE(accepts([&](ReadRequest& asked) { asked.query = Secret("x=" + text); }));
    }
}

TEST_CASE_FIXTURE(WatchingCase, "two tokens at once must both be valid") {
    NewPlaybackToken input;
    input.paths = {"live/other"};
    const auto right = mint();
    const auto other = mint(input);
    auto asked = request();
    asked.password = right.token;
    asked.query = Secret("jwt=" + other.token.reveal());
    CHECK(t->decide_read(asked).decision == ViewerDecision::kTokenWrongPath);
    asked.query = Secret("jwt=" + right.token.reveal() + "&jwt=" + mint().token.reveal());
    CHECK(t->decide_read(asked).accepted());
    asked.query = Secret("jwt=" + right.token.reveal() + "x");
    CHECK(t->decide_read(asked).decision == ViewerDecision::kTokenInvalid);
    asked.query = Secret("jwt=" + mint().token.reveal() + "&jwt=" + mint().token.reveal() +
                         "&jwt=" + mint().token.reveal() + "&token=" + mint().token.reveal());
    CHECK(t->decide_read(asked).decision == ViewerDecision::kTooManyTokens);
}

TEST_CASE_FIXTURE(WatchingCase, "what is given as a token beside a valid one must be valid, too") {
    const auto valid = mint().token;
    const std::string& text = valid.reveal();
    struct Place {
        const char* name;
        std::function<void(ReadRequest&, const std::string&)> put;
        bool is_token;  // a player may fill in a password of its own
    };
    const auto in_query = [](const char* name) {
        return [name](ReadRequest& asked, const std::string& value) {
            asked.query = Secret(asked.query.reveal() + "&" + name + "=" + value);
        };
    };
    const auto as_token = [](ReadRequest& asked, const std::string& value) {
        asked.token = Secret(value);
    };
    const auto as_password = [](ReadRequest& asked, const std::string& value) {
        asked.user = "viewer";
        asked.password = Secret(value);
        if (asked.token.empty()) asked.token = asked.password;  // as MediaMTX does
    };
    const std::vector<Place> places{{"jwt", in_query("jwt"), true},
                                    {"token", in_query("token"), true},
                                    {"member", as_token, true},
                                    {"pass", in_query("pass"), false},
                                    {"password", as_password, false}};
    for (const auto& good : places) {
        for (const auto& bad : places) {
            CAPTURE(good.name);
            CAPTURE(bad.name);
            const bool is_same = std::string(good.name) == bad.name;
            const bool can_hold_both =
                std::string(good.name) != "member" && std::string(good.name) != "password";
            if (is_same && !can_hold_both) continue;
            for (const bool bad_first : {false, true}) {
                for (const std::string& wrong : {std::string("x"), text + "x", std::string()}) {
                    CAPTURE(wrong);
                    auto asked = request();
                    if (bad_first) bad.put(asked, wrong);
                    good.put(asked, text);
                    if (!bad_first) bad.put(asked, wrong);
                    const bool is_given = !wrong.empty() && (bad.is_token || wrong != "x");
                    CHECK(t->decide_read(asked).decision ==
                          (is_given ? ViewerDecision::kTokenInvalid : ViewerDecision::kAccepted));
                }
            }
        }
    }
    // Alone it is a wrong token, not a missing one.
    auto asked = request();
    asked.query = Secret("jwt=x");
    CHECK(t->decide_read(asked).decision == ViewerDecision::kTokenInvalid);
}

TEST_CASE_FIXTURE(WatchingCase, "a token is refused from the second in which it expires") {
    NewPlaybackToken input;
    input.expires_in = seconds(10);
    const auto minted = mint(input);
    const auto left = minted.grant.expires_at - t->now();
    t.clock.advance(std::chrono::duration_cast<std::chrono::milliseconds>(left) -
                    std::chrono::milliseconds(1));
    CHECK(decide(minted) == ViewerDecision::kAccepted);
    t.clock.advance(std::chrono::milliseconds(2));
    CHECK(decide(minted) == ViewerDecision::kTokenExpired);
}

TEST_CASE_FIXTURE(WatchingCase, "a token for addresses and protocols is refused with others") {
    NewPlaybackToken input;
    input.addresses = {AddressRange::parse("198.51.100.0/24").value()};
    CHECK(decide(mint(input)) == ViewerDecision::kTokenWrongAddress);
    input.addresses = {AddressRange::parse("::ffff:192.0.2.7").value()};
    CHECK(decide(mint(input)) == ViewerDecision::kAccepted);
    input.protocols = {Protocol::kHls};
    CHECK(decide(mint(input)) == ViewerDecision::kTokenWrongProtocol);
}

TEST_CASE("a credential that may mint leaves room for the revocations of others") {
    auto storage = TestOrchestrator::open_memory();
    const Timestamp then = ManualClock().now();
    for (int i = 0; i < 50'000; ++i) {
        const PlaybackRevocation revocation{RevokedBy::kViewer, "nobody " + std::to_string(i), then,
                                            then + hours(24)};
        REQUIRE(storage->revoke_playback(revocation, then, AuditEntry{}));
    }
    TestOrchestrator t(std::move(storage), playback_settings());
    ApiCredential credential;
    credential.scopes = {Scope::kPlaybackMint};
    Caller limited = t.caller;
    limited.credential = std::make_shared<const ApiCredential>(credential);
    REQUIRE(t->revoke_playback_tokens(RevokedBy::kViewer, "v1", t.caller));
    const auto refused = t->revoke_playback_tokens(RevokedBy::kViewer, "v2", limited);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::kConflict);
    CHECK(t->revoke_playback_tokens(RevokedBy::kOwner, "guest-link:1", limited));
    CHECK(t->revoke_playback_tokens(RevokedBy::kToken, "t1", t.caller));
}

TEST_CASE_FIXTURE(WatchingCase, "tokens are revoked by id, viewer, path and owner") {
    NewPlaybackToken of_viewer;
    of_viewer.viewer_id = "v1";
    of_viewer.owner = "guest-link:1";
    const auto one = mint(of_viewer);
    of_viewer.is_short = true;
    const auto two = mint(of_viewer);
    const auto three = mint();
    REQUIRE(t->revoke_playback_tokens(RevokedBy::kToken, one.grant.id, t.caller));
    CHECK(decide(one) == ViewerDecision::kTokenRevoked);
    CHECK(decide(two) == ViewerDecision::kAccepted);
    SUBCASE("viewer") {
        REQUIRE(t->revoke_playback_tokens(RevokedBy::kViewer, "v1", t.caller));
    }
    SUBCASE("owner") {
        REQUIRE(t->revoke_playback_tokens(RevokedBy::kOwner, "guest-link:1", t.caller));
    }
    CHECK(decide(two) == ViewerDecision::kTokenRevoked);
    CHECK(decide(three) == ViewerDecision::kAccepted);
    REQUIRE(t->revoke_playback_tokens(RevokedBy::kPath, "live/drone1", t.caller));
    CHECK(decide(three) == ViewerDecision::kTokenRevoked);
    t.clock.advance(seconds(1));
    CHECK(decide(mint()) == ViewerDecision::kAccepted);
}

TEST_CASE_FIXTURE(WatchingCase,
                  "the media server reads secret paths, and its helpers signed ones") {
    auto asked = request();
    asked.user = "helper";
    asked.password = Secret("wrong");
    CHECK_FALSE(t->may_read(asked));
    CHECK(t->decide_read(request(key.value.reveal())).decision == ViewerDecision::kSecretPath);
    // A token for the public path does not open the secret one.
    CHECK(decide(mint(), key.value.reveal()) == ViewerDecision::kSecretPath);
}

TEST_CASE_FIXTURE(WatchingCase, "a wrong request for a token names each member and makes nothing") {
    NewPlaybackToken input;
    input.paths = {"live/a", "live/a", "/x", "live/%2e", key.value.reveal()};
    input.expires_in = hours(25);
    input.max_sessions = 0;
    input.viewer_id = "a\nb";
    const auto minted = t->mint_playback_token(input, t.caller);
    REQUIRE_FALSE(minted);
    std::vector<std::string> pointers;
    for (const auto& field : minted.error().fields) pointers.push_back(field.pointer);
    CHECK(pointers == std::vector<std::string>{"/paths/1", "/paths/2", "/paths/3", "/paths/4",
                                               "/expires_in", "/viewer_id", "/max_sessions"});
    CHECK(t->mint_playback_token({}, t.caller).error().fields.at(0).pointer == "/paths");
    NewPlaybackToken unknown;
    unknown.stream_key_id = StreamKeyId(key.key.broadcaster_id.uuid());
    CHECK(t->mint_playback_token(unknown, t.caller).error().code == ErrorCode::kNotFound);
    CHECK(t->list_playback_keys()->empty());
    unknown.stream_key_id = key.key.id;
    CHECK(t->mint_playback_token(unknown, t.caller)->grant.paths ==
          std::vector<std::string>{"live/drone1"});
}

TEST_CASE_FIXTURE(WatchingCase, "addresses contain the token; SRT's only if it is short enough") {
    NewPlaybackToken input;
    input.is_short = true;
    const auto minted = mint(input);
    const std::string& text = minted.token.reveal();
    REQUIRE(minted.playback.size() == 1);
    CHECK(minted.playback[0].hls.ends_with("/live/drone1/index.m3u8?jwt=" + text));
    CHECK(minted.playback[0].webrtc.ends_with("/live/drone1/whep?jwt=" + text));
    CHECK(minted.playback[0].rtsp.ends_with("/live/drone1?jwt=" + text));
    CHECK(minted.playback[0].srt.ends_with("?streamid=read:live/drone1:viewer:" + text));
    input = {};
    for (int i = 0; i < 10; ++i)
        input.paths.push_back("live/a-rather-long-name-" + std::to_string(i));
    CHECK(mint(input).playback[0].srt.empty());
}

TEST_CASE_FIXTURE(WatchingCase, "a token for some protocols comes with the addresses of those") {
    NewPlaybackToken input;
    input.is_short = true;
    input.protocols = {Protocol::kHls, Protocol::kSrt};
    const auto addresses = mint(input).playback.at(0);
    CHECK_FALSE(addresses.hls.empty());
    CHECK_FALSE(addresses.srt.empty());
    CHECK(addresses.page.empty());
    CHECK(addresses.webrtc.empty());
    CHECK(addresses.rtsp.empty());
    CHECK(addresses.rtmp.empty());
}

TEST_CASE_FIXTURE(WatchingCase,
                  "a token of an incident opens the paths of its keys, and ends with it") {
    NewIncident opened;
    opened.name = "Lake";
    const Incident incident = t->create_incident(opened, t.caller).value();
    NewPlaybackToken input;
    input.incident_id = incident.id;
    const auto refused = t->mint_playback_token(input, t.caller);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::kConflict);
    REQUIRE(t->assign_to_incident(incident.id, {{}, {key.key.id}}, t.caller));
    input.is_short = true;
    const auto one = t->mint_playback_token(input, t.caller).value();
    input.is_short = false;
    const auto two = t->mint_playback_token(input, t.caller).value();
    CHECK(one.grant.paths == std::vector<std::string>{"live/drone1"});
    const auto other = mint();
    CHECK(decide(one) == ViewerDecision::kAccepted);
    CHECK(decide(two) == ViewerDecision::kAccepted);
    REQUIRE(t->close_incident(incident.id, t.caller));
    CHECK(decide(one) == ViewerDecision::kTokenRevoked);
    CHECK(decide(two) == ViewerDecision::kTokenRevoked);
    CHECK(decide(other) == ViewerDecision::kAccepted);
    CHECK(t->mint_playback_token(input, t.caller).error().code == ErrorCode::kConflict);
    t.clock.advance(seconds(1));
    REQUIRE(t->reopen_incident(incident.id, t.caller));
    REQUIRE(t->assign_to_incident(incident.id, {{}, {key.key.id}}, t.caller));
    CHECK(decide(two) == ViewerDecision::kTokenRevoked);
    CHECK(decide(t->mint_playback_token(input, t.caller).value()) == ViewerDecision::kAccepted);
    input.incident_id = IncidentId::parse("0197c2a0-0a00-7000-8000-000000000001");
    CHECK(t->mint_playback_token(input, t.caller).error().code == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(WatchingCase,
                  "a revocation tells whether anything is known to which it applies") {
    NewPlaybackToken input;
    input.viewer_id = "signed only";
    const auto jwt = mint(input);
    input.viewer_id = "short";
    input.is_short = true;
    const auto opaque = mint(input);
    const auto knows = [&](RevokedBy by, const std::string& value) {
        return t->revoke_playback_tokens(by, value, t.caller).value().is_known;
    };
    CHECK(knows(RevokedBy::kToken, jwt.grant.id));
    CHECK(knows(RevokedBy::kToken, opaque.grant.id));
    CHECK(knows(RevokedBy::kViewer, "short"));
    CHECK(knows(RevokedBy::kPath, "live/drone1"));
    CHECK_FALSE(knows(RevokedBy::kToken, "a slip of the pen"));
    CHECK_FALSE(knows(RevokedBy::kViewer, "nobody"));
    CHECK_FALSE(knows(RevokedBy::kPath, "live/drone2"));
    CHECK_FALSE(knows(RevokedBy::kViewer, "signed only"));  // until it is used
}

TEST_CASE_FIXTURE(WatchingCase,
                  "the tokens of one owner permit so many sessions together as they say") {
    NewPlaybackToken input;
    input.owner = "guest-link:1";
    input.owner_sessions = 2;
    const auto one = mint(input);
    input.is_short = true;
    const auto two = mint(input);
    const auto ask = [&](const char* id, const MintedPlaybackToken& minted) {
        auto asked = request();
        asked.protocol = Protocol::kSrt;
        asked.password = minted.token;
        asked.connection = ConnectionId{id};
        return t->decide_read(asked).decision;
    };
    CHECK(ask("v1", one) == ViewerDecision::kAccepted);
    CHECK(ask("v2", two) == ViewerDecision::kAccepted);
    CHECK(ask("v3", two) == ViewerDecision::kTokenInUse);
    CHECK(ask("v3", one) == ViewerDecision::kTokenInUse);
    CHECK(ask("v3", mint()) == ViewerDecision::kAccepted);
}

}  // namespace playback_test
