#include "rescuestream/secret.hpp"

#include <openssl/crypto.h>

#include "support/ascii.hpp"
#include "support/crypto.hpp"
#include "support/key_form.hpp"

namespace rescuestream {

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
    // The whole buffer, because a moved-from small string keeps its characters.
    value_.resize(value_.capacity());
    OPENSSL_cleanse(value_.data(), value_.size());
    value_.clear();
}

bool Secret::equals(std::string_view other) const noexcept {
    return constant_time_equal(value_, other);
}

Secret generate_key_value(RandomSource& random) {
    std::array<std::uint8_t, kKeyRandomBytes> bytes{};
    random.fill(bytes);
    std::string value(kKeyPrefix);
    value += base64url_encode(bytes);
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return Secret(std::move(value));
}

bool looks_like_key_value(std::string_view text) noexcept {
    if (text.size() != kKeyPrefix.size() + kKeyTailLength || !text.starts_with(kKeyPrefix))
        return false;
    for (const char c : text.substr(kKeyPrefix.size())) {
        if (!is_base64url(c)) return false;
    }
    return true;
}

std::string_view key_value_of_path(std::string_view path) noexcept {
    const auto slash = path.rfind('/');
    const auto last = slash == std::string_view::npos ? path : path.substr(slash + 1);
    return looks_like_key_value(last) ? last : std::string_view{};
}

KeyDigest digest_key_value(std::string_view key_value) {
    return sha256(key_value);
}

}  // namespace rescuestream
