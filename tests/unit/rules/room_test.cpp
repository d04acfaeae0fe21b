// Who may make one more of a limited number of records.
#include "rules/room.hpp"

#include <doctest/doctest.h>

namespace room_test {

using rescuestream::rules::has_room;
using rescuestream::rules::Occupancy;

TEST_CASE("whoever may do everything can use all that there is") {
    CHECK(has_room({999, 0, 0}, 1'000, false));
    CHECK(has_room({999, 900, 500}, 1'000, false));
    CHECK_FALSE(has_room({1'000, 0, 0}, 1'000, false));
    CHECK_FALSE(has_room({1'001, 900, 0}, 1'000, false));
}

TEST_CASE("the others have nine tenths together, and each of them half") {
    CHECK(has_room({899, 899, 499}, 1'000, true));
    CHECK_FALSE(has_room({900, 900, 0}, 1'000, true));
    CHECK(has_room({500, 500, 0}, 1'000, true));
    CHECK_FALSE(has_room({500, 500, 500}, 1'000, true));
    // What administrators use takes nothing of the share of the others, as long as there is room.
    CHECK(has_room({999, 400, 400}, 1'000, true));
    CHECK_FALSE(has_room({1'000, 0, 0}, 1'000, true));
}

}  // namespace room_test
