#pragma once

#include <string>
#include <string_view>

#include "support/crypto.hpp"
#include "tokens/signature.hpp"

namespace rescuestream::testing {

inline std::string base64url(std::string_view text) {
    return base64url_encode(
        std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

/// Another program that signs tokens: whatever head and claims are asked for.
class TokenSigner {
public:
    TokenSigner() : pair_(tokens::generate_key_pair()) {
        signing_ = tokens::SigningKey::from_pem(pair_.private_key);
    }

    const std::string& public_key() const { return pair_.public_key; }
    std::string sign(std::string_view head, std::string_view claims) const {
        const std::string text = base64url(head) + "." + base64url(claims);
        return text + "." + base64url(signing_->sign(text));
    }

private:
    tokens::KeyPair pair_;
    std::shared_ptr<const tokens::SigningKey> signing_;
};

}  // namespace rescuestream::testing
