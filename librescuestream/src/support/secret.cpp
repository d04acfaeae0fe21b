#include "rescuestream/secret.hpp"

#include <openssl/crypto.h>

#include <optional>
#include <vector>

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

/// A text with its percent-encoding undone, and that which comes to light by it, until no escape is
/// left: whoever undoes some of it finds nothing that is not in here.
struct Undone {
    std::string text;
    std::vector<std::size_t> begins;  ///< Where each character was in the source; then its end.
};

std::optional<char> escape_at_end(std::string_view text) {
    if (text.size() < 3 || text[text.size() - 3] != '%') return std::nullopt;
    const auto byte = from_hex(text.substr(text.size() - 2));
    return byte ? std::optional<char>(byte->front()) : std::nullopt;
}

// Each escape takes two characters away for good, so the time is linear however they are nested.
Undone undo_escapes(std::string_view source) {
    Undone out;
    out.text.reserve(source.size());
    out.begins.reserve(source.size() + 1);
    for (std::size_t at = 0; at < source.size(); ++at) {
        out.text += source[at];
        out.begins.push_back(at);
        while (const auto undone = escape_at_end(out.text)) {
            out.text.resize(out.text.size() - 2);
            out.text.back() = *undone;
            out.begins.resize(out.text.size());
        }
    }
    out.begins.push_back(source.size());
    return out;
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
    const auto npos = std::string_view::npos;
    if (text.find(kPrefix) == npos && text.find('%') == npos) return std::string(text);
    const Undone undone = undo_escapes(text);
    const std::string_view plain = undone.text;
    std::string out;
    out.reserve(text.size());
    std::size_t copied = 0;
    for (auto at = plain.find(kPrefix); at != npos; at = plain.find(kPrefix, at)) {
        std::size_t end = at + kPrefix.size();
        while (end < plain.size() && is_base64url(plain[end])) ++end;
        if (end - at >= kPrefix.size() + kTailLength) {
            out += text.substr(copied, undone.begins[at] - copied);
            out += kMask;
            copied = undone.begins[end];
        }
        at = end;
    }
    out += text.substr(copied);
    return out;
}

}  // namespace rescuestream
