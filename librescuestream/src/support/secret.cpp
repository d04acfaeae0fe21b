#include "rescuestream/secret.hpp"

#include <openssl/crypto.h>

#include "support/crypto.hpp"

namespace rescuestream {
namespace {

constexpr std::string_view kPrefix = "sk_";
constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kTailLength = 43;
constexpr std::string_view kMask = "sk_***";

bool is_base64url(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

// Length of one base64url character at `text[at]`, plain or percent-encoded (once or twice); 0:
// none.
std::size_t encoded_length(std::string_view text, std::size_t at) {
    if (is_base64url(text[at])) return 1;
    if (text[at] != '%') return 0;
    std::size_t digits = at + 1;
    while (text.substr(digits, 2) == "25") digits += 2;
    const auto byte = from_hex(text.substr(digits, 2));
    if (!byte || byte->size() != 1 || !is_base64url(byte->front())) return 0;
    return digits + 2 - at;
}

// End of a prefix `sk_` at `at`, plain or with encoded characters; npos: none.
std::size_t match_prefix(std::string_view text, std::size_t at) {
    for (const char expected : kPrefix) {
        if (at >= text.size()) return std::string_view::npos;
        const std::size_t length = encoded_length(text, at);
        if (length == 0) return std::string_view::npos;
        const char found =
            length == 1 ? text[at] : from_hex(text.substr(at + length - 2, 2))->front();
        if (found != expected) return std::string_view::npos;
        at += length;
    }
    return at;
}

}  // namespace

Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) {
    other.wipe();
}

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        wipe();
        value_ = other.value_;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        value_ = std::move(other.value_);
        other.wipe();
    }
    return *this;
}

Secret::~Secret() {
    wipe();
}

void Secret::wipe() noexcept {
    // The whole buffer: a moved-from small string keeps its characters.
    value_.resize(value_.capacity());
    OPENSSL_cleanse(value_.data(), value_.size());
    value_.clear();
}

bool Secret::equals(std::string_view other) const noexcept {
    return constant_time_equal(value_, other);
}

Secret generate_key_value(RandomSource& random) {
    std::array<std::uint8_t, kRandomBytes> bytes{};
    random.fill(bytes);
    std::string value(kPrefix);
    value += base64url_encode(bytes);
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return Secret(std::move(value));
}

bool looks_like_key_value(std::string_view text) noexcept {
    if (text.size() != kPrefix.size() + kTailLength || !text.starts_with(kPrefix)) return false;
    for (const char c : text.substr(kPrefix.size())) {
        if (!is_base64url(c)) return false;
    }
    return true;
}

KeyDigest digest_key_value(std::string_view key_value) {
    return sha256(key_value);
}

std::string redact_key_values(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t tail = match_prefix(text, at);
        std::size_t end = tail;
        std::size_t count = 0;
        while (tail != std::string_view::npos && end < text.size()) {
            const std::size_t length = encoded_length(text, end);
            if (length == 0) break;
            end += length;
            ++count;
        }
        if (tail != std::string_view::npos && count >= kTailLength) {
            out += kMask;
            at = end;
        } else {
            out += text[at++];
        }
    }
    return out;
}

}  // namespace rescuestream
