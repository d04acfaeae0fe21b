#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "rescuestream/playback.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"

/// Signatures of tokens (RFC 7515, 7518, 8037), through OpenSSL.
namespace rescuestream::tokens {

/// The public half of a key, ready for use.
///
/// Thread-safety: all methods may be called from any thread.
class VerifyingKey {
public:
    /// Reads SubjectPublicKeyInfo as PEM. kInvalidArgument, with a message that is the end of a
    /// sentence ("must be …"): it is no such key, it is not on the curve P-256 or Ed25519 and no
    /// RSA key of 2048 to 8192 bits, or it is a private key.
    static Result<VerifyingKey> from_pem(std::string_view pem);

    TokenAlgorithm algorithm() const noexcept { return algorithm_; }
    /// Returns false for a signature of the wrong length, too. Its time does not depend on what is
    /// wrong with a signature of the right length.
    bool verifies(std::string_view message, std::string_view signature) const;
    std::string pem() const;
    /// Returns the first 16 bytes of the digest of the key, as base64url.
    std::string fingerprint() const;
    /// Returns the key as a JWK with `kid`, `alg` and `use`. Only for ES256.
    std::string jwk(std::string_view id) const;

private:
    friend Result<VerifyingKey> key_of_jwk(std::string_view json, std::string& id);
    using Handle = std::shared_ptr<void>;  // an EVP_PKEY

    static Result<VerifyingKey> accepted(Handle key);
    VerifyingKey(Handle key, TokenAlgorithm algorithm)
        : key_(std::move(key)), algorithm_(algorithm) {}

    Handle key_;
    TokenAlgorithm algorithm_;
};

/// A pair of keys for ES256.
struct KeyPair {
    Secret private_key;      ///< PKCS #8 as PEM.
    std::string public_key;  ///< PEM.
};
/// Throws std::runtime_error if OpenSSL fails.
KeyPair generate_key_pair();

/// The private half of an ES256 key, ready for use.
class SigningKey {
public:
    /// Empty pointer: it is no such key.
    static std::shared_ptr<const SigningKey> from_pem(const Secret& pem);
    /// Returns the 64 bytes of the signature. Throws std::runtime_error if OpenSSL fails.
    std::string sign(std::string_view message) const;

private:
    explicit SigningKey(std::shared_ptr<void> key) : key_(std::move(key)) {}

    std::shared_ptr<void> key_;
};

}  // namespace rescuestream::tokens
