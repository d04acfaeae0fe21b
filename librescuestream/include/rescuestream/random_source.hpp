#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace rescuestream {

/// Where unpredictable bytes come from. Inject one to make ids and keys repeatable in a test.
///
/// Thread-safety: implementations are called from any thread.
class RandomSource {
public:
    virtual ~RandomSource() = default;

    /// Fills all of `out`. Throws std::runtime_error when it cannot.
    virtual void fill(std::span<std::uint8_t> out) = 0;
};

/// The operating system's generator (getrandom(2)). Lives for the whole program.
RandomSource& system_random();

}  // namespace rescuestream
