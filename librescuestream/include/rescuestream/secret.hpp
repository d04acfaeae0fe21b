#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "rescuestream/random_source.hpp"
#include "rescuestream/redaction.hpp"

namespace rescuestream {

/// SHA-256 of a key value: all that is ever stored of it.
using KeyDigest = std::array<std::uint8_t, 32>;

/// A value that must not be shown: it has no `<<`, compares in constant time, and is wiped when it
/// goes. Copying is allowed and each copy wipes itself.
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

    /// The value itself. Whoever calls this answers for where it goes.
    const std::string& reveal() const noexcept { return value_; }
    bool empty() const noexcept { return value_.empty(); }

    /// Takes the same time wherever the two differ (their lengths may be learned).
    bool equals(std::string_view other) const noexcept;

private:
    void wipe() noexcept;

    std::string value_;
};

/// `sk_` followed by 43 base64url characters of 32 random bytes.
/// Throws std::runtime_error if the random source fails: a weak key must never exist.
Secret generate_key_value(RandomSource& random);

/// True for `sk_` + 43 characters of the base64url alphabet: only such a text can be a key value.
bool looks_like_key_value(std::string_view text) noexcept;

/// SHA-256 of the bytes of `key_value`.
KeyDigest digest_key_value(std::string_view key_value);

}  // namespace rescuestream
