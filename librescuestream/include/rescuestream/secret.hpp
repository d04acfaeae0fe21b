#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "rescuestream/random_source.hpp"
#include "rescuestream/redaction.hpp"

namespace rescuestream {

/// SHA-256 of a key value. Only this digest is stored, never the value.
using KeyDigest = std::array<std::uint8_t, 32>;

/// A text that must not be shown: it has no `<<`, is compared in constant time, and overwrites its
/// memory when it is destroyed. It can be copied; each copy does the same.
///
/// Thread-safety: as a `std::string`.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    /// Returns the value itself. The caller is responsible for what happens to it.
    const std::string& reveal() const noexcept { return value_; }
    bool empty() const noexcept { return value_.empty(); }

    /// Compares in constant time for texts of one length. (The time may reveal the lengths.)
    bool equals(std::string_view other) const noexcept;

private:
    void wipe() noexcept;

    std::string value_;
};

/// Returns a new key value: `sk_` and 43 base64url characters that encode 32 random bytes. Throws
/// std::runtime_error if the random source fails, so that no weak key is created.
Secret generate_key_value(RandomSource& random);

/// True for `sk_` and 43 characters of the base64url alphabet. Only such a text can be a key value.
bool looks_like_key_value(std::string_view text) noexcept;

/// Returns the key value that the path of a publisher consists of or ends with: `sk_…`, or
/// `live/sk_…` from an encoder that insists on an application and a stream key. Such a path is a
/// secret. Returns an empty text if the last segment of the path is not a key value.
std::string_view key_value_of_path(std::string_view path) noexcept;

/// Returns SHA-256 of the bytes of `key_value`.
KeyDigest digest_key_value(std::string_view key_value);

}  // namespace rescuestream
