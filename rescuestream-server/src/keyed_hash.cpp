#include "keyed_hash.hpp"

#include <bit>
#include <cstring>

#include "rescuestream/random_source.hpp"

namespace rescuestream::server {
namespace {

std::uint64_t little_endian(const std::uint8_t* bytes, std::size_t count) noexcept {
    std::uint64_t value = 0;
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(&value, bytes, count);
    } else {
        for (std::size_t i = 0; i < count; ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
    }
    return value;
}

std::uint64_t little_endian(std::string_view bytes) noexcept {
    return little_endian(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

// Source: Aumasson, Bernstein, "SipHash: a fast short-input PRF", section 2.
struct State {
    std::uint64_t v0, v1, v2, v3;

    void round() noexcept {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }
    void take(std::uint64_t word) noexcept {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }
};

}  // namespace

KeyedHash::KeyedHash() {
    Key key{};
    system_random().fill(key);
    *this = KeyedHash(key);
}

KeyedHash::KeyedHash(const Key& key) noexcept
    : k0_(little_endian(key.data(), 8)), k1_(little_endian(key.data() + 8, 8)) {}

std::uint64_t KeyedHash::operator()(std::string_view text) const noexcept {
    State state{k0_ ^ 0x736f6d6570736575U, k1_ ^ 0x646f72616e646f6dU, k0_ ^ 0x6c7967656e657261U,
                k1_ ^ 0x7465646279746573U};
    const std::uint64_t length = text.size();
    while (text.size() >= 8) {
        state.take(little_endian(text.substr(0, 8)));
        text.remove_prefix(8);
    }
    state.take(little_endian(text) | length << 56);
    state.v2 ^= 0xFF;
    for (int i = 0; i < 4; ++i) state.round();
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace rescuestream::server
