// Playback tokens: a token is read only if it is exactly one, and none is right without the key.
#include "fuzz/fuzz.hpp"
#include "support/token_text.hpp"
#include "tokens/token.hpp"

using namespace rescuestream;
using rescuestream::testing::base64url;

namespace {

void check_claims(const PlaybackGrant& grant) {
    FUZZ_CHECK(!grant.id.empty() && !grant.issuer.empty() && !grant.paths.empty());
    for (const auto& path : grant.paths) FUZZ_CHECK(is_valid_path_name(path));
    FUZZ_CHECK(tokens::read_claims(tokens::write_claims(grant)) == grant);
}

}  // namespace

// The first line is a token, the second line the head and the rest the claims of another.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const rescuestream::testing::TokenSigner kSigner;
    static const auto kKey = tokens::VerifyingKey::from_pem(kSigner.public_key()).value();
    std::string_view rest = fuzz::as_text(data, size);
    const std::string_view given = fuzz::take_line(rest);
    const std::string_view head = fuzz::take_line(rest);
    const std::string made = base64url(head) + "." + base64url(rest) + ".c2lnbmF0dXJl";
    for (const std::string_view text : {given, std::string_view(made)}) {
        const auto token = tokens::read_token(text);
        if (!token) continue;
        FUZZ_CHECK(tokens::is_key_id(token->key_id));
        FUZZ_CHECK(text.starts_with(token->signed_part));
        FUZZ_CHECK(tokens::looks_like_token(text));
        FUZZ_CHECK(!kKey.verifies(token->signed_part, token->signature));
        auto claims = token->grant;
        claims.key_id.clear();
        check_claims(claims);
    }
    if (const auto grant = tokens::read_claims(rest)) check_claims(*grant);
    return 0;
}
