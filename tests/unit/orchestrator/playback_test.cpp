// Who may watch: policies of keys, playback tokens of this installation and of others, revocations.
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rescuestream/forwarding_storage.hpp"
#include "support/test_orchestrator.hpp"
#include "support/token_text.hpp"
#include "support/url.hpp"
#include "tokens/signature.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::hours;
using std::chrono::seconds;

namespace playback_test {
namespace {

OrchestratorSettings playback_settings() {
    auto settings = TestOrchestrator::default_settings();
    settings.control_secret = Secret("installation");
    settings.relay_secret = Secret("relay");
    return settings;
}

struct WatchingCase {
    explicit WatchingCase(OrchestratorSettings settings = playback_settings())
        : t(std::move(settings)) {
        NewStreamKey input;
        input.broadcaster_id = t.broadcaster().id;
        input.playback_path = "live/drone1";
        input.policies.playback_policy = PlaybackPolicy::kSigned;
        key = t->create_stream_key(input, t.caller).value();
    }

    MintedPlaybackToken mint(NewPlaybackToken input = {}) {
        if (input.paths.empty()) input.paths = {"live/drone1"};
        return t->mint_playback_token(input, t.caller).value();
    }
    static ReadRequest request(const std::string& path = "live/drone1") {
        ReadRequest request;
        request.path = path;
        request.protocol = Protocol::kRtsp;
        request.remote_address = "192.0.2.7";
        return request;
    }
    ViewerDecision decide(const std::string& token, const std::string& path = "live/drone1") {
        auto asked = request(path);
        asked.password = Secret(token);
        return t->decide_read(asked).decision;
    }
    ViewerDecision decide(const MintedPlaybackToken& minted,
                          const std::string& path = "live/drone1") {
        return decide(minted.token.reveal(), path);
    }
    PlaybackKey import(const TokenSigner& signer, std::vector<std::string> paths = {"live/*"},
                       const std::string& id = "theirs") {
        NewPlaybackKey input;
        input.id = id;
        input.public_key = signer.public_key();
        input.issuer = "dispatch";
        input.paths = std::move(paths);
        return t->import_playback_key(input, t.caller).value();
    }
    std::string claims(const std::string& more = "", const std::string& path = "live/drone1",
                       const std::string& issuer = "dispatch") {
        const auto now = std::chrono::floor<seconds>(t->now().time_since_epoch()).count();
        return R"({"iss":")" + issuer + R"(","aud":"rescuestream:playback","jti":"j1","paths":[")" +
               path + R"("],"exp":)" + std::to_string(now + 600) + more + "}";
    }

    TestOrchestrator t;
    CreatedStreamKey key;
};

const std::string kTheirHead = R"({"alg":"ES256","kid":"theirs"})";

}  // namespace

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

TEST_CASE("a credential that may not mint cannot import a key to make tokens with") {
    TestOrchestrator t(TestOrchestrator::open_memory(), playback_settings());
    NewPlaybackKey input;
    input.issuer = "dispatch";
    input.paths = {"live/**"};
    input.public_key = tokens::generate_key_pair().public_key;
    const auto import_with = [&](const Scopes& scopes) {
        ApiCredential credential;
        credential.scopes = scopes;
        Caller caller = t.caller;
        caller.credential = std::make_shared<const ApiCredential>(credential);
        return t->import_playback_key(input, caller);
    };
    const auto refused = import_with({Scope::kCredentialsWrite});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::kForbidden);
    CHECK(t->list_playback_keys().value().empty());
    CHECK(import_with({Scope::kCredentialsWrite, Scope::kPlaybackMint}).has_value());
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
                  "keys rotate with an overlap, and the JWKS shows those that count") {
    const auto before = mint();
    const auto count = [&] {
        const std::string jwks = t->playback_jwks().value();
        std::size_t found = 0;
        for (auto at = jwks.find("\"kid\""); at != std::string::npos;
             at = jwks.find("\"kid\"", at + 1)) {
            ++found;
        }
        return found;
    };
    CHECK(count() == 1);
    t.clock.advance(seconds(10));
    REQUIRE(t->rotate_playback_key(seconds(60), t.caller));
    CHECK(count() == 2);
    t.clock.advance(seconds(10));
    const auto after = mint();
    CHECK(decide(before) == ViewerDecision::kAccepted);
    CHECK(decide(after) == ViewerDecision::kAccepted);
    CHECK(before.token.reveal().substr(0, 60) != after.token.reveal().substr(0, 60));  // the kid
    t.clock.advance(seconds(60));
    CHECK(decide(before) == ViewerDecision::kTokenInvalid);
    CHECK(decide(after) == ViewerDecision::kAccepted);
    CHECK(count() == 1);
}

TEST_CASE_FIXTURE(WatchingCase,
                  "a rotation that keeps the replaced keys is refused beyond a thousand keys") {
    for (int i = 0; i < 1'000; ++i) REQUIRE(t->rotate_playback_key(seconds(60), t.caller));
    CHECK(t->rotate_playback_key(seconds(60), t.caller).error().code == ErrorCode::kConflict);
    // When a key was stolen, there is always a way out.
    CHECK(t->rotate_playback_key(seconds(0), t.caller));
    t.clock.advance(seconds(1));
    CHECK(t->rotate_playback_key(seconds(60), t.caller));
}

TEST_CASE_FIXTURE(WatchingCase, "another program on the same storage signs and verifies alike") {
    auto storage = std::shared_ptr<Storage>(TestOrchestrator::open_memory());
    TestOrchestrator first(std::make_unique<ForwardingStorage>(storage), playback_settings());
    TestOrchestrator second(std::make_unique<ForwardingStorage>(storage), playback_settings());
    auto settings = playback_settings();
    settings.control_secret = Secret("another");
    TestOrchestrator stranger(std::make_unique<ForwardingStorage>(storage), settings);
    NewStreamKey input;
    input.broadcaster_id = first.broadcaster().id;
    input.playback_path = "live/drone1";
    input.policies.playback_policy = PlaybackPolicy::kSigned;
    REQUIRE(first->create_stream_key(input, first.caller));
    NewPlaybackToken wanted;
    wanted.paths = {"live/drone1"};
    auto asked = request();
    asked.password = first->mint_playback_token(wanted, first.caller)->token;
    CHECK(second->may_read(asked));
    CHECK(second->list_playback_keys()->size() == 1);
    asked.password = second->mint_playback_token(wanted, first.caller)->token;
    CHECK(first->may_read(asked));
    CHECK(second->list_playback_keys()->size() == 1);
    // A program with another secret cannot use the private half and makes a key of its own.
    asked.password = stranger->mint_playback_token(wanted, first.caller)->token;
    CHECK(first->may_read(asked));
    CHECK(first->list_playback_keys()->size() == 2);
    REQUIRE(second->revoke_playback_tokens(RevokedBy::kPath, "live/drone1", first.caller));
    CHECK(first->decide_read(asked).decision == ViewerDecision::kTokenRevoked);
}

TEST_CASE_FIXTURE(WatchingCase, "an imported key opens the paths of its patterns, and no other") {
    const TokenSigner signer;
    const std::string token = signer.sign(kTheirHead, claims());
    CHECK(decide(token) == ViewerDecision::kTokenInvalid);
    import(signer);
    CHECK(decide(token) == ViewerDecision::kAccepted);
    REQUIRE(t->end_playback_key("theirs", t.caller));
    CHECK(decide(token) == ViewerDecision::kTokenInvalid);
    import(signer, {"cam/*"}, "cams");
    CHECK(decide(signer.sign(R"({"alg":"ES256","kid":"cams"})", claims())) ==
          ViewerDecision::kTokenInvalid);
}

TEST_CASE_FIXTURE(WatchingCase, "the key decides how a token is verified, never the token") {
    const TokenSigner signer;
    const TokenSigner other;
    import(signer);
    import(other, {"live/*"}, "other");
    const std::string good = signer.sign(kTheirHead, claims());
    REQUIRE(decide(good) == ViewerDecision::kAccepted);
    const auto refuses = [&](const std::string& token) {
        return decide(token) == ViewerDecision::kTokenInvalid;
    };
    // None, another algorithm, and the public key as the secret of an HMAC.
    for (const char* algorithm : {"none", "None", "HS256", "RS256", "EdDSA", "es256", ""}) {
        CAPTURE(algorithm);
        const std::string head = R"({"alg":")" + std::string(algorithm) + R"(","kid":"theirs"})";
        CHECK(refuses(signer.sign(head, claims())));
        CHECK(refuses(base64url(head) + "." + base64url(claims()) + "."));
        const std::string text = base64url(head) + "." + base64url(claims());
        const auto mac = hmac_sha256(signer.public_key(), text);
        CHECK(refuses(text + "." + base64url_encode(mac)));
    }
    // The id of another issuer's key, or of an own key.
    CHECK(refuses(signer.sign(R"({"alg":"ES256","kid":"other"})", claims())));
    (void)mint();
    const auto own = t->list_playback_keys()->front().id;
    CHECK(refuses(signer.sign(R"({"alg":"ES256","kid":")" + own + "\"}",
                              claims("", "live/drone1", "rescuestream"))));
    CHECK(refuses(signer.sign(kTheirHead, claims("", "live/drone1", "rescuestream"))));
    CHECK(refuses(signer.sign(R"({"alg":"ES256","kid":"../theirs"})", claims())));
    CHECK(refuses(signer.sign(R"({"alg":"ES256","kid":"nobody"})", claims())));
    // A signed part with other claims.
    const std::string changed = base64url(kTheirHead) + "." + base64url(claims("", "live/drone2")) +
                                good.substr(good.rfind('.'));
    CHECK(decide(changed, "live/drone2") == ViewerDecision::kAccepted);  // public
    CHECK(refuses(changed));
    CHECK(refuses(signer.sign(kTheirHead, claims(R"(,"jti":"j2")"))));
    CHECK(refuses(good + good));
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

TEST_CASE("a program without a secret that others share signs nothing, and says so") {
    auto settings = playback_settings();
    settings.control_secret = Secret();
    WatchingCase c(settings);
    NewPlaybackToken input;
    input.paths = {"live/drone1"};
    CHECK(c.t->mint_playback_token(input, c.t.caller).error().code == ErrorCode::kConflict);
    input.is_short = true;
    CHECK(c.decide(c.mint(input)) == ViewerDecision::kAccepted);
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
