#include "support/sealing.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <vector>

#include "support/crypto.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Sha256Digest sealing_key(const Secret& installation) {
    return hmac_sha256(installation.reveal(), "rescuestream sealed secrets");
}

const std::uint8_t* bytes_of(std::string_view text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

[[noreturn]] void cipher_failed() {
    throw std::runtime_error("AES-256-GCM is not available");
}

// `step` is EVP_EncryptUpdate or EVP_DecryptUpdate.
template <class Step>
void add_purpose(EVP_CIPHER_CTX* cipher, std::string_view purpose, Step step) {
    int written = 0;
    if (step(cipher, nullptr, &written, bytes_of(purpose), static_cast<int>(purpose.size())) != 1) {
        cipher_failed();
    }
}

}  // namespace

std::string seal(const Secret& installation, std::string_view purpose, std::string_view secret,
                 RandomSource& random) {
    if (installation.empty()) return {};
    const Sha256Digest key = sealing_key(installation);
    std::vector<std::uint8_t> sealed(kNonceBytes + secret.size() + kTagBytes);
    random.fill(std::span(sealed).first(kNonceBytes));
    const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    if (!cipher || EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(),
                                      sealed.data()) != 1) {
        cipher_failed();
    }
    add_purpose(cipher.get(), purpose, EVP_EncryptUpdate);
    std::uint8_t* const text = sealed.data() + kNonceBytes;
    int written = 0;
    int rest = 0;
    if (EVP_EncryptUpdate(cipher.get(), text, &written, bytes_of(secret),
                          static_cast<int>(secret.size())) != 1 ||
        EVP_EncryptFinal_ex(cipher.get(), text + written, &rest) != 1 ||
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, text + secret.size()) !=
            1) {
        cipher_failed();
    }
    return base64url_encode(sealed);
}

std::optional<Secret> unseal(const Secret& installation, std::string_view purpose,
                             std::string_view sealed) {
    auto bytes = base64url_decode(sealed);
    if (installation.empty() || !bytes || bytes->size() < kNonceBytes + kTagBytes) {
        return std::nullopt;
    }
    const Sha256Digest key = sealing_key(installation);
    const std::size_t size = bytes->size() - kNonceBytes - kTagBytes;
    const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    if (!cipher || EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(),
                                      bytes_of(*bytes)) != 1) {
        cipher_failed();
    }
    add_purpose(cipher.get(), purpose, EVP_DecryptUpdate);
    std::string text(size, '\0');
    auto* const out = reinterpret_cast<std::uint8_t*>(text.data());
    int written = 0;
    int rest = 0;
    const bool is_whole =
        EVP_DecryptUpdate(cipher.get(), out, &written, bytes_of(*bytes) + kNonceBytes,
                          static_cast<int>(size)) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes,
                            bytes->data() + kNonceBytes + size) == 1 &&
        EVP_DecryptFinal_ex(cipher.get(), out + written, &rest) == 1;
    Secret secret(std::move(text));
    if (!is_whole) return std::nullopt;
    return secret;
}

}  // namespace rescuestream
