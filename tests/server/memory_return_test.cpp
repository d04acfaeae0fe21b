#include "http/memory_return.hpp"

#include <doctest/doctest.h>

using namespace rescuestream::server;
using std::chrono::seconds;

namespace {

constexpr std::size_t kMiB = 1024 * 1024;
const MemoryReturn::Instant kIdle{std::chrono::hours(1)};

}  // namespace

TEST_CASE("free memory is returned once after a flood, and not again within 30 seconds") {
    MemoryReturn memory;
    CHECK_FALSE(memory.is_due(0, kIdle));
    CHECK_FALSE(memory.is_due(60 * kMiB, kIdle));
    CHECK_FALSE(memory.is_due(30 * kMiB, kIdle));
    CHECK(memory.is_due(15 * kMiB, kIdle));
    CHECK_FALSE(memory.is_due(15 * kMiB, kIdle + seconds(40)));
    CHECK_FALSE(memory.is_due(0, kIdle + seconds(40)));
    CHECK_FALSE(memory.is_due(60 * kMiB, kIdle + seconds(41)));
    CHECK(memory.is_due(0, kIdle + seconds(42)));
    CHECK_FALSE(memory.is_due(60 * kMiB, kIdle + seconds(43)));
    CHECK_FALSE(memory.is_due(0, kIdle + seconds(71)));
    // A flood during that time is handled afterwards.
    CHECK(memory.is_due(0, kIdle + seconds(72)));
    CHECK_FALSE(memory.is_due(0, kIdle + seconds(110)));
}
