#include "support/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

namespace rescuestream {
namespace {

constexpr std::string_view kUrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kStandardAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

template <class Bytes>
std::string encode_base64(const Bytes& bytes, std::string_view alphabet) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t buffer = 0;
    int bits = 0;
    for (const auto byte : bytes) {
        buffer = (buffer << 8U) | static_cast<std::uint8_t>(byte);
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            out += alphabet[(buffer >> static_cast<unsigned>(bits)) & 0x3FU];
        }
    }
    if (bits > 0) out += alphabet[(buffer << static_cast<unsigned>(6 - bits)) & 0x3FU];
    return out;
}

std::optional<std::string> decode_base64(std::string_view text, std::string_view alphabet) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t buffer = 0;
    int bits = 0;
    for (const char c : text) {
        const auto digit = alphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        buffer = (buffer << 6U) | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>((buffer >> static_cast<unsigned>(bits)) & 0xFFU);
        }
    }
    // Remaining bits that do not fill a byte must be zero; otherwise two texts would encode the
    // same bytes.
    if ((buffer & ((1U << static_cast<unsigned>(bits)) - 1U)) != 0) return std::nullopt;
    return out;
}

// The value of each character; kNoDigit: it is not a digit.
constexpr std::uint8_t kNoDigit = 0xFF;
constexpr auto kHexValues = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(kNoDigit);
    for (std::uint8_t digit = 0; digit < 10; ++digit) values['0' + digit] = digit;
    for (std::uint8_t digit = 0; digit < 6; ++digit) {
        values['a' + digit] = values['A' + digit] = static_cast<std::uint8_t>(10 + digit);
    }
    return values;
}();

std::uint8_t hex_value(char c) noexcept {
    return kHexValues[static_cast<unsigned char>(c)];
}

}  // namespace

Sha256Digest sha256(std::string_view data) {
    // Fetched once: OpenSSL 3 would fetch it for each digest, which takes longer than a short
    // digest.
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    Sha256Digest digest{};
    if (algorithm == nullptr ||
        EVP_Digest(data.data(), data.size(), digest.data(), nullptr, algorithm, nullptr) != 1) {
        throw std::runtime_error("SHA-256 is not available");
    }
    return digest;
}

Sha256Digest pbkdf2_sha256(std::string_view secret, std::string_view salt, int rounds) {
    Sha256Digest digest{};
    const auto* bytes = reinterpret_cast<const unsigned char*>(salt.data());
    if (PKCS5_PBKDF2_HMAC(secret.data(), static_cast<int>(secret.size()), bytes,
                          static_cast<int>(salt.size()), rounds, EVP_sha256(),
                          static_cast<int>(digest.size()), digest.data()) != 1) {
        throw std::runtime_error("PBKDF2 is not available");
    }
    return digest;
}

Sha256Digest hmac_sha256(std::string_view key, std::string_view message) {
    Sha256Digest digest{};
    unsigned int length = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, message.size(),
             digest.data(), &length) == nullptr) {
        throw std::runtime_error("HMAC-SHA-256 is not available");
    }
    return digest;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out(bytes.size() * 2, '0');
    char* at = out.data();
    for (const auto byte : bytes) {
        *at++ = kDigits[byte >> 4U];
        *at++ = kDigits[byte & 0x0FU];
    }
    return out;
}

bool from_hex(std::string_view hex, std::span<std::uint8_t> bytes) noexcept {
    if (hex.size() != bytes.size() * 2) return false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::uint8_t high = hex_value(hex[2 * i]);
        const std::uint8_t low = hex_value(hex[2 * i + 1]);
        if (high == kNoDigit || low == kNoDigit) return false;
        bytes[i] = static_cast<std::uint8_t>(high << 4U | low);
    }
    return true;
}

std::optional<std::string> from_hex(std::string_view hex) {
    std::string out(hex.size() / 2, '\0');
    const std::span bytes(reinterpret_cast<std::uint8_t*>(out.data()), out.size());
    return from_hex(hex, bytes) ? std::optional(std::move(out)) : std::nullopt;
}

std::string base64url_encode(std::span<const std::uint8_t> bytes) {
    return encode_base64(bytes, kUrlAlphabet);
}

std::optional<std::string> base64url_decode(std::string_view text) {
    return decode_base64(text, kUrlAlphabet);
}

std::string base64_encode(std::string_view bytes) {
    std::string out = encode_base64(bytes, kStandardAlphabet);
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    return decode_base64(text, kStandardAlphabet);
}

bool constant_time_equal(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace rescuestream
