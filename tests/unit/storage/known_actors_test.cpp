// The names that a PostgreSQL storage does not add to the actors again.
#include "storage/postgres/known_actors.hpp"

#include <doctest/doctest.h>

#include <string>

using rescuestream::postgres::KnownActors;
using std::chrono::seconds;

TEST_CASE("a name is known for a minute after the statement that added it began") {
    KnownActors actors;
    const auto now = KnownActors::Clock::now();
    CHECK_FALSE(actors.knows("alice", now));
    actors.add("alice", now);
    CHECK(actors.knows("alice", now + seconds(59)));
    actors.add("alice", now + seconds(59));  // an entry that has not added the name
    CHECK_FALSE(actors.knows("bob", now));
    CHECK_FALSE(actors.knows("alice", now + seconds(60)));
    actors.add("alice", now + seconds(60));
    CHECK(actors.knows("alice", now + seconds(61)));
}

TEST_CASE("names that others choose do not fill the memory") {
    KnownActors actors;
    const auto now = KnownActors::Clock::now();
    const auto name = [](std::size_t number) { return "actor " + std::to_string(number); };
    for (std::size_t i = 0; i < KnownActors::kMostNames; ++i) actors.add(name(i), now);
    CHECK(actors.knows(name(0), now));
    actors.add("one more", now);
    CHECK(actors.knows("one more", now));
    CHECK_FALSE(actors.knows(name(0), now));
}
