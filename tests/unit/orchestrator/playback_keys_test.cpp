// The keys that sign and verify playback tokens: those of this installation, and imported ones.
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rescuestream/forwarding_storage.hpp"
#include "tokens/signature.hpp"
#include "unit/orchestrator/watching_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::hours;
using std::chrono::seconds;

namespace playback_keys_test {

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

}  // namespace playback_keys_test
