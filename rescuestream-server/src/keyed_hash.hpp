#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace rescuestream::server {

/// A hash with a random key (SipHash-2-4). Without the key nobody can choose texts that collide,
/// nor learn anything about a secret from its hash. Each object has its own key.
///
/// Thread-safety: all methods may be called from any thread.
class KeyedHash {
public:
    using Key = std::array<std::uint8_t, 16>;

    KeyedHash();
    explicit KeyedHash(const Key& key) noexcept;  ///< For tests.

    std::uint64_t operator()(std::string_view text) const noexcept;

private:
    std::uint64_t k0_ = 0;
    std::uint64_t k1_ = 0;
};

}  // namespace rescuestream::server
