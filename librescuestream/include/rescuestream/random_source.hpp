#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace rescuestream {

/// A source of unpredictable bytes. Tests inject one to get repeatable ids and keys.
///
/// Thread-safety: implementations are called from any thread.
class RandomSource {
public:
    virtual ~RandomSource() = default;

    /// Fills all of `out`. Throws std::runtime_error when it cannot.
    virtual void fill(std::span<std::uint8_t> out) = 0;
};

/// The operating system's generator (getrandom(2)). It exists as long as the program.
RandomSource& system_random();

}  // namespace rescuestream
