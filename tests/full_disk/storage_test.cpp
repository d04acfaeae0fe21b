// How a storage behaves when its disk is full.
#include <doctest/doctest.h>

#include <algorithm>

#include "full_disk/place.hpp"
#include "full_disk/world.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE("a full disk is reported by an error of its own, and writes succeed when there is room") {
    const auto place = make_place();
    Lines lines;
    World world(*place, lines);
    const auto before =
        world.orchestrator->create_broadcaster({"Before", {}}, world.caller).value();

    place->disk().fill();
    std::vector<BroadcasterId> acknowledged{before.id};
    const Error error = world.create_until_full(acknowledged);
    CHECK(error.code == ErrorCode::kStorageFull);
    CHECK(error.message.find("full") != std::string::npos);
    CHECK(world.orchestrator->health().storage_full);
    CHECK(world.orchestrator->health().storage_reachable);
    // Stored records can still be read.
    CHECK(world.orchestrator->find_broadcaster(before.id).has_value());
    CHECK(world.broadcasters() == acknowledged.size());

    place->disk().make_room();
    CHECK(eventually([&] { return !world.orchestrator->health().storage_full; }));
    CHECK(world.orchestrator->create_broadcaster({"After", {}}, world.caller).has_value());
    CHECK(world.broadcasters() == acknowledged.size() + 1);
    for (const auto id : acknowledged) {
        CHECK(world.orchestrator->find_broadcaster(id).has_value());
    }
}

TEST_CASE("the log has one line when the disk becomes full and one when there is room again") {
    const auto place = make_place();
    Lines lines;
    World world(*place, lines);
    place->disk().fill();
    std::vector<BroadcasterId> acknowledged;
    world.create_until_full(acknowledged);
    for (int i = 0; i < 50; ++i) world.create_until_full(acknowledged);
    CHECK(lines.count("the database cannot write") == 1);
    CHECK(lines.count("the database can write again") == 0);
    place->disk().make_room();
    CHECK(eventually([&] { return lines.count("the database can write again") == 1; }));
    CHECK(lines.count("the database cannot write") == 1);
}

TEST_CASE(
    "opening a database on a full disk fails with the reason, and succeeds when there is room") {
    const auto place = make_place();
    {
        Lines lines;
        World world(*place, lines);
        world.orchestrator->create_broadcaster({"Before", {}}, world.caller).value();
    }
    place->disk().fill();
    const auto opened = open_storage(place->uri());
    // A PostgreSQL server opens its own files.
    if (is_sqlite()) {
        REQUIRE_FALSE(opened.has_value());
        CHECK(opened.error().code == ErrorCode::kStorageFull);
        CHECK(opened.error().message.find("test.db") != std::string::npos);
    }
    place->disk().make_room();
    const auto again = open_storage(place->uri());
    REQUIRE(again.has_value());
    CHECK((*again)->list_broadcasters({})->items.size() == 1);
}

TEST_CASE("a storage on SQLite reports the free room on its disk") {
    if (!is_sqlite()) return;
    const auto place = make_place();
    const auto storage = open_storage(place->uri()).value();
    const auto space = storage->disk_space();
    REQUIRE(space.has_value());
    CHECK(space->total_bytes == 24U * 1024 * 1024);
    CHECK(space->free_bytes < space->total_bytes);
    place->disk().fill();
    CHECK(storage->disk_space()->free_bytes == 0);
}
