#include "tokens/token.hpp"

#include <doctest/doctest.h>

#include "support/token_text.hpp"

using namespace rescuestream;
using namespace rescuestream::tokens;
using rescuestream::testing::base64url;

namespace token_test {
namespace {

const std::string kHead = R"({"alg":"ES256","typ":"JWT","kid":"k1"})";
const std::string kClaims =
    R"("iss":"i","aud":"rescuestream:playback","jti":"t","paths":["live/a"],"exp":1768644600)";

std::string token_of(const std::string& head, const std::string& claims) {
    return base64url(head) + "." + base64url(claims) + "." + base64url("signature");
}
bool reads(const std::string& head, const std::string& claims) {
    return read_token(token_of(head, claims)).has_value();
}
// With one more member, or a member in place of another.
bool reads_with(const std::string& more) {
    return reads(kHead, "{" + kClaims + "," + more + "}");
}
std::string replaced(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}
bool reads_replaced(const std::string& from, const std::string& to) {
    return reads(kHead, "{" + replaced(kClaims, from, to) + "}");
}

}  // namespace

TEST_CASE("claims are read as they were written") {
    PlaybackGrant grant;
    grant.id = "0197c2a0-0a00-7000-8000-000000000001";
    grant.issuer = "rescuestream";
    grant.paths = {"live/a", "live/b"};
    grant.viewer_id = "tablet \"7\" \xC3\xBC";
    grant.owner = "guest-link:1";
    grant.addresses = {AddressRange::parse("192.0.2.0/24").value(),
                       AddressRange::parse("2001:db8::1").value()};
    grant.protocols = {Protocol::kHls, Protocol::kSrt};
    grant.max_sessions = 3;
    grant.issued_at = Timestamp(std::chrono::seconds(1'768'644'000));
    grant.not_before = Timestamp(std::chrono::seconds(1'768'644'010));
    grant.expires_at = Timestamp(std::chrono::seconds(1'768'647'600));
    CHECK(read_claims(write_claims(grant)) == grant);
    const std::string text = signed_part("k-1_A", grant) + "." + base64url("s");
    const auto token = read_token(text);
    REQUIRE(token);
    CHECK(token->key_id == "k-1_A");
    CHECK(token->algorithm == "ES256");
    grant.key_id = "k-1_A";
    CHECK(token->grant == grant);
    CHECK(token->signature == "s");
    CHECK(token->signed_part == signed_part("k-1_A", grant));
}

TEST_CASE("a minimal token is read, and unknown claims are ignored") {
    CHECK(reads(kHead, "{" + kClaims + "}"));
    CHECK(reads_with(R"("name":"x","nested":{"a":[1,2]})"));
    CHECK(reads_replaced(R"("rescuestream:playback")", R"(["x","rescuestream:playback"])"));
}

TEST_CASE("a claim that is missing, of the wrong type or out of range refuses the token") {
    for (const char* claim : {R"("iss":"i",)", R"("aud":"rescuestream:playback",)", R"("jti":"t",)",
                              R"("paths":["live/a"],)", R"(,"exp":1768644600)"}) {
        CAPTURE(claim);
        CHECK_FALSE(reads_replaced(claim, ""));
    }
    for (const char* paths :
         {"[]", R"("live/a")", "[1]", R"(["live/a/"])", R"(["/live/a"])", R"(["live/../a"])",
          R"(["live/./a"])", R"(["live//a"])", R"(["live%2Fa"])", R"(["live/*"])",
          R"(["live/\u0430"])", R"([""])", R"(["all_others"])", R"(["~^live"])", "null"}) {
        CAPTURE(paths);
        CHECK_FALSE(reads_replaced(R"(["live/a"])", paths));
    }
    for (const char* time : {"-1", "1768644600.5", "\"1768644600\"", "1e9", "9999999999999999999",
                             "253402300800", "null", "0.00000000000000000001e-2147483639"}) {
        CAPTURE(time);
        CHECK_FALSE(reads_replaced("1768644600", time));
    }
    for (const char* audience : {R"("rescuestream")", R"("RESCUESTREAM:PLAYBACK")", "[]", "[1]",
                                 R"({"a":1})", R"(["x"])"}) {
        CAPTURE(audience);
        CHECK_FALSE(reads_replaced(R"("rescuestream:playback")", audience));
    }
    for (const char* more :
         {R"("ip":[])", R"("ip":["192.0.2.1/24"])", R"("ip":["192.0.2.0/33"])", R"("ip":["x"])",
          R"("ip":"192.0.2.1")", R"("ip":["192.0.2.0/-1"])", R"("protocols":[])",
          R"("protocols":["unknown"])", R"("protocols":["HLS"])", R"("max_sessions":0)",
          R"("max_sessions":-1)", R"("max_sessions":1.5)", R"("max_sessions":99999)", R"("sub":7)",
          R"("sub":"")", R"("sub":"a\nb")", R"("iat":"x")", R"("nbf":-5)",
          R"("iat":1768558199)"}) {  // a life of 24 h and 1 s
        CAPTURE(more);
        CHECK_FALSE(reads_with(more));
    }
    CHECK(reads_with(R"("iat":1768558200)"));
}

TEST_CASE("a claim that is given twice refuses the token, in its head too") {
    CHECK_FALSE(reads_with(R"("exp":1768644600)"));
    CHECK_FALSE(reads_with(R"("jti":"t")"));
    CHECK_FALSE(reads_with(R"("x":1,"x":1)"));
    CHECK_FALSE(reads(R"({"alg":"ES256","kid":"k1","kid":"k2"})", "{" + kClaims + "}"));
}

TEST_CASE("a head without a usable key id, or with an extension, refuses the token") {
    for (const char* head :
         {R"({"alg":"ES256"})", R"({"kid":"k1"})", R"({"alg":"ES256","kid":""})",
          R"({"alg":"ES256","kid":"../../etc/passwd"})", R"({"alg":"ES256","kid":"k1' OR 1=1"})",
          R"({"alg":"ES256","kid":7})", R"({"alg":"ES256","kid":"k1","crit":["b64"]})",
          R"(["ES256"])", "", "null"}) {
        CAPTURE(head);
        CHECK_FALSE(reads(head, "{" + kClaims + "}"));
    }
}

TEST_CASE("what is not exactly one token is refused: parts, alphabet, padding, size, depth") {
    const std::string good = token_of(kHead, "{" + kClaims + "}");
    REQUIRE(read_token(good));
    for (const std::string& text :
         {std::string(), std::string("."), std::string(".."), good + ".x", "." + good, good + "=",
          good + " ", " " + good, good + "\n", replaced(good, ".", "=."), replaced(good, ".", "+."),
          good.substr(0, good.rfind('.')), good + std::string("\0", 1)}) {
        CAPTURE(text);
        CHECK_FALSE(read_token(text));
    }
    CHECK_FALSE(read_token(base64url(good) + "." + base64url(good) + "." + base64url(good)));
    CHECK_FALSE(reads_with("\"x\":\"" + std::string(kMaxTokenLength, 'x') + "\""));
    CHECK_FALSE(reads_with("\"x\":" + std::string(50, '[') + std::string(50, ']')));
    CHECK_FALSE(reads_with("\"x\":\"\xC0\x80\""));
}

TEST_CASE("a short token has 24 characters after its prefix, and no two are equal") {
    const Secret one = make_short_token(system_random());
    CHECK(looks_like_short_token(one.reveal()));
    CHECK(looks_like_token(one.reveal()));
    CHECK_FALSE(one.equals(make_short_token(system_random()).reveal()));
    for (const std::string& text : {one.reveal() + "a", one.reveal().substr(1), std::string("rsp_"),
                                    "RSP_" + one.reveal().substr(4), std::string(28, 'a')}) {
        CHECK_FALSE(looks_like_short_token(text));
    }
    CHECK_FALSE(looks_like_token("viewer"));
    CHECK_FALSE(looks_like_token(""));
}

}  // namespace token_test
