#include "tokens/signature.hpp"

#include <doctest/doctest.h>

#include "tokens/jwk.hpp"

using namespace rescuestream;
using namespace rescuestream::tokens;

namespace signature_test {
namespace {

// RFC 8037, appendix A.2 and A.4.
const std::string kEdJwk =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
// RFC 7515, appendix A.3.1.
const std::string kEcJwk =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"rfc"})";

}  // namespace

TEST_CASE("a signature is right for its message and its key, and for no other") {
    const auto pair = generate_key_pair();
    const auto signing = SigningKey::from_pem(pair.private_key);
    REQUIRE(signing);
    const auto key = VerifyingKey::from_pem(pair.public_key).value();
    CHECK(key.algorithm() == TokenAlgorithm::kEs256);
    const std::string signature = signing->sign("message");
    CHECK(signature.size() == 64);
    CHECK(key.verifies("message", signature));
    CHECK_FALSE(key.verifies("messagE", signature));
    CHECK_FALSE(VerifyingKey::from_pem(generate_key_pair().public_key)
                    .value()
                    .verifies("message", signature));
    for (std::size_t i : {0U, 31U, 32U, 63U}) {
        std::string changed = signature;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        CHECK_FALSE(key.verifies("message", changed));
    }
    for (const auto& wrong : {std::string(), signature.substr(1), signature + "x",
                              std::string(64, '\0'), std::string(64, '\xFF')}) {
        CHECK_FALSE(key.verifies("message", wrong));
    }
}

TEST_CASE("a JWK and the PEM of the same key are the same key") {
    std::string id;
    const auto ec = key_of_jwk(kEcJwk, id);
    REQUIRE(ec);
    CHECK(id == "rfc");
    CHECK(ec->algorithm() == TokenAlgorithm::kEs256);
    const auto again = VerifyingKey::from_pem(ec->pem()).value();
    CHECK(again.fingerprint() == ec->fingerprint());
    CHECK(again.jwk("rfc").find("\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"") !=
          std::string::npos);
    std::string id_of_again;
    CHECK(key_of_jwk(again.jwk("rfc"), id_of_again)->fingerprint() == ec->fingerprint());
    const auto ed = key_of_jwk(kEdJwk, id);
    REQUIRE(ed);
    CHECK(ed->algorithm() == TokenAlgorithm::kEdDsa);
    CHECK(id.empty());
}

TEST_CASE("a key that no token may be signed with is refused in words") {
    const auto refusal = [](const std::string& jwk) {
        std::string id;
        const auto key = key_of_jwk(jwk, id);
        return key ? std::string("accepted") : key.error().message;
    };
    const auto with = [](std::string text, const std::string& from, const std::string& to) {
        return text.replace(text.find(from), from.size(), to);
    };
    const std::string rule = "must be a public key on the curve P-256";
    CHECK(refusal(with(kEcJwk, "P-256", "P-384")).find(rule) == 0);
    CHECK(refusal(with(kEcJwk, "f83", "f84")).find(rule) == 0);  // not on the curve
    CHECK(refusal(with(kEdJwk, "Ed25519", "X25519")).find(rule) == 0);
    CHECK(refusal(R"({"kty":"oct","k":"c2VjcmV0"})").find("must be the public half") == 0);
    CHECK(refusal(with(kEcJwk, "}", ",\"d\":\"x\"}")).find("must be the public half") == 0);
    CHECK(refusal(with(kEcJwk, "}", ",\"alg\":\"RS256\"}")).find("names another algorithm") == 0);
    CHECK(refusal(R"({"kty":"RSA","n":"wrong","e":"AQAB"})").find(rule) == 0);  // 5 bytes
    // Everybody can sign for these: points of small order, and an exponent of 1.
    for (const std::string x : {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                "7P________________________________________8"}) {
        CHECK(refusal(with(kEdJwk, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", x)).find(rule) ==
              0);
    }
    const std::string modulus = std::string(341, '_') + "w";
    CHECK(refusal(R"({"kty":"RSA","e":"AQAB","n":")" + modulus + "\"}") == "accepted");
    CHECK(refusal(R"({"kty":"RSA","e":"AQ","n":")" + modulus + "\"}").find(rule) == 0);
    CHECK(refusal("[]").find("must be a JWK") == 0);
    CHECK(refusal("{}").find("is not a JWK") == 0);
    const auto pair = generate_key_pair();
    CHECK(VerifyingKey::from_pem(pair.private_key.reveal())
              .error()
              .message.find("must be the public half") == 0);
    for (const char* pem :
         {"", "x", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"}) {
        CHECK(VerifyingKey::from_pem(pem).error().message.find(rule) == 0);
    }
}

}  // namespace signature_test
