#include "tokens/signature.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include "support/crypto.hpp"

namespace rescuestream::tokens {
namespace {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Pkey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using MdContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

constexpr int kHalf = 32;  // bytes of r and of s

EVP_PKEY* pkey(const std::shared_ptr<void>& key) {
    return static_cast<EVP_PKEY*>(key.get());
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

[[noreturn]] void fail(const char* what) {
    ERR_clear_error();
    throw std::runtime_error(what);
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

// OpenSSL takes an ECDSA signature as DER, a JWS has r and s side by side.
std::string der_of(std::string_view raw) {
    Signature signature(ECDSA_SIG_new());
    BIGNUM* r = BN_bin2bn(bytes_of(raw), kHalf, nullptr);
    BIGNUM* s = BN_bin2bn(bytes_of(raw) + kHalf, kHalf, nullptr);
    if (!signature || r == nullptr || s == nullptr || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return {};
    }
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    std::string text(reinterpret_cast<char*>(der), size > 0 ? static_cast<std::size_t>(size) : 0);
    OPENSSL_free(der);
    return text;
}

std::string raw_of(const unsigned char* der, std::size_t size) {
    const Signature signature(d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(size)));
    std::string raw(2 * kHalf, '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kHalf) != kHalf ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kHalf, kHalf) != kHalf) {
        fail("a signature cannot be written");
    }
    return raw;
}

bool is_p256(EVP_PKEY* key) {
    std::array<char, 64> name{};
    std::size_t size = 0;
    return EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size(),
                                          &size) == 1 &&
           std::string_view(name.data(), size) == "prime256v1";
}

// Everybody can sign for such a key: RSA with an exponent of 1 or 2, where a signature is its
// message or its square.
bool has_weak_exponent(const EVP_PKEY* key) {
    BIGNUM* exponent = nullptr;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1) return true;
    const bool is_weak = BN_is_odd(exponent) == 0 || BN_num_bits(exponent) < 17;  // below 65537
    BN_free(exponent);
    return is_weak;
}

// The same for Ed25519: the points of small order, in every encoding, without the bit of the sign.
// Source: RFC 8032 section 5.1.3; the orders 1, 2, 4 and 8, and what is encoded above the prime.
bool has_small_order(const EVP_PKEY* key) {
    constexpr std::array<std::string_view, 7> kPoints{
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
    std::array<unsigned char, 32> point{};
    std::size_t size = point.size();
    if (EVP_PKEY_get_raw_public_key(key, point.data(), &size) != 1) return true;
    point.back() &= 0x7fU;
    const std::string text = to_hex(point);
    return std::find(kPoints.begin(), kPoints.end(), text) != kPoints.end();
}

}  // namespace

Result<VerifyingKey> VerifyingKey::accepted(Handle key) {
    constexpr const char* kRule =
        "must be a public key on the curve P-256 (ES256) or Ed25519 (EdDSA), or an RSA key of 2048 "
        "to 8192 bits (RS256), and not one that everybody can sign for";
    EVP_PKEY* const given = pkey(key);
    if (given != nullptr) {
        if (EVP_PKEY_is_a(given, "EC") == 1 && is_p256(given)) {
            return VerifyingKey(std::move(key), TokenAlgorithm::kEs256);
        }
        if (EVP_PKEY_is_a(given, "ED25519") == 1 && !has_small_order(given)) {
            return VerifyingKey(std::move(key), TokenAlgorithm::kEdDsa);
        }
        const int bits = EVP_PKEY_get_bits(given);
        if (EVP_PKEY_is_a(given, "RSA") == 1 && bits >= 2'048 && bits <= 8'192 &&
            !has_weak_exponent(given)) {
            return VerifyingKey(std::move(key), TokenAlgorithm::kRs256);
        }
    }
    ERR_clear_error();
    return Error{ErrorCode::kInvalidArgument, kRule, {}, {}};
}

Result<VerifyingKey> VerifyingKey::from_pem(std::string_view pem) {
    if (pem.find("PRIVATE KEY") != std::string_view::npos) {
        return Error{ErrorCode::kInvalidArgument,
                     "must be the public half: a private key belongs only to the program that "
                     "signs with it, so replace this one",
                     {},
                     {}};
    }
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return accepted(
        Handle(bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr) : nullptr,
               [](void* key) { EVP_PKEY_free(static_cast<EVP_PKEY*>(key)); }));
}

bool VerifyingKey::verifies(std::string_view message, std::string_view signature) const {
    std::string der;
    if (algorithm_ == TokenAlgorithm::kEs256) {
        if (signature.size() != 2 * kHalf) return false;
        der = der_of(signature);
        signature = der;
    }
    static const EVP_MD* const sha256_method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    const EVP_MD* const digest = algorithm_ == TokenAlgorithm::kEdDsa ? nullptr : sha256_method;
    const MdContext context(EVP_MD_CTX_new());
    const bool right =
        context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, pkey(key_)) == 1 &&
        EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                         message.size()) == 1;
    ERR_clear_error();  // of a wrong signature
    return right;
}

std::string VerifyingKey::pem() const {
    const Bio bio(BIO_new(BIO_s_mem()));
    if (!bio || PEM_write_bio_PUBKEY(bio.get(), pkey(key_)) != 1) fail("a key cannot be written");
    return text_of(bio.get());
}

std::string VerifyingKey::fingerprint() const {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(pkey(key_), &der);
    if (size <= 0) fail("a key cannot be written");
    const auto digest =
        sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    return base64url_encode(std::span(digest).first(16));
}

std::string VerifyingKey::jwk(std::string_view id) const {
    std::array<unsigned char, 65> point{};
    std::size_t size = 0;
    // Compressed points are read, too; the uncompressed form is written.
    EVP_PKEY_set_utf8_string_param(pkey(key_), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                   "uncompressed");
    if (EVP_PKEY_get_octet_string_param(pkey(key_), OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY,
                                        point.data(), point.size(), &size) != 1 ||
        size != point.size()) {
        fail("a key cannot be written");
    }
    const std::span<const std::uint8_t> all(point);
    return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" + base64url_encode(all.subspan(1, kHalf)) +
           "\",\"y\":\"" + base64url_encode(all.subspan(1 + kHalf, kHalf)) + "\",\"kid\":\"" +
           std::string(id) + "\",\"alg\":\"ES256\",\"use\":\"sig\"}";
}

KeyPair generate_key_pair() {
    const Pkey key(EVP_EC_gen("P-256"));
    const Bio secret(BIO_new(BIO_s_secmem()));
    const Bio open(BIO_new(BIO_s_mem()));
    if (!key || !secret || !open ||
        PEM_write_bio_PKCS8PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                      nullptr) != 1 ||
        PEM_write_bio_PUBKEY(open.get(), key.get()) != 1) {
        fail("a signing key cannot be generated");
    }
    return {Secret(text_of(secret.get())), text_of(open.get())};
}

std::shared_ptr<const SigningKey> SigningKey::from_pem(const Secret& pem) {
    const std::string& text = pem.reveal();
    const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    std::shared_ptr<void> key(
        bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr) : nullptr,
        [](void* each) { EVP_PKEY_free(static_cast<EVP_PKEY*>(each)); });
    if (!key || EVP_PKEY_is_a(pkey(key), "EC") != 1 || !is_p256(pkey(key))) {
        ERR_clear_error();
        return nullptr;
    }
    return std::shared_ptr<const SigningKey>(new SigningKey(std::move(key)));
}

std::string SigningKey::sign(std::string_view message) const {
    const MdContext context(EVP_MD_CTX_new());
    std::array<unsigned char, 128> der{};
    std::size_t size = der.size();
    if (!context ||
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, pkey(key_)) != 1 ||
        EVP_DigestSign(context.get(), der.data(), &size, bytes_of(message), message.size()) != 1) {
        fail("a token cannot be signed");
    }
    return raw_of(der.data(), size);
}

}  // namespace rescuestream::tokens
