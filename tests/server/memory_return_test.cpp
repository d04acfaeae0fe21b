#include "http/memory_return.hpp"

#include <doctest/doctest.h>

using namespace rescuestream::server;
using std::chrono::seconds;

namespace {

constexpr std::size_t kMiB = 1024 * 1024;
const MemoryReturn::Instant kStart{std::chrono::hours(1)};

}  // namespace

TEST_CASE("memory is given back once, when a flood is over, and not again within 30 seconds") {
    MemoryReturn memory;
    CHECK_FALSE(memory.is_due(0, kStart));
    CHECK_FALSE(memory.is_due(60 * kMiB, kStart));
    CHECK_FALSE(memory.is_due(30 * kMiB, kStart));
    CHECK(memory.is_due(15 * kMiB, kStart));
    CHECK_FALSE(memory.is_due(15 * kMiB, kStart + seconds(40)));
    CHECK_FALSE(memory.is_due(0, kStart + seconds(40)));
    CHECK_FALSE(memory.is_due(60 * kMiB, kStart + seconds(41)));
    CHECK(memory.is_due(0, kStart + seconds(42)));
    CHECK_FALSE(memory.is_due(60 * kMiB, kStart + seconds(43)));
    CHECK_FALSE(memory.is_due(0, kStart + seconds(71)));
    // It is not forgotten meanwhile.
    CHECK(memory.is_due(0, kStart + seconds(72)));
    CHECK_FALSE(memory.is_due(0, kStart + seconds(110)));
}
