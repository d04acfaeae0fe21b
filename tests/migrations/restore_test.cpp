// Which copies of an SQLite database can be restored, by their schema.
#include <doctest/doctest.h>

#include "migrations/place.hpp"
#include "rescuestream/backup.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE("a copy whose schema this program does not know is not restored") {
    const std::vector<std::pair<std::string, std::string>> changes{
        {"UPDATE schema_migrations SET checksum = 'x' WHERE version = 2", "another migration 2"},
        {"INSERT INTO schema_migrations VALUES (999, 'later', 'x', 0)", "use a newer"},
        {"INSERT INTO schema_migrations VALUES (1000000, 'unfinished copy', 'x', 0)",
         "unfinished copy"}};
    for (const auto& [change, reason] : changes) {
        CAPTURE(change);
        const auto source = make_place("sqlite");
        source->open()->migrate(std::nullopt, kNow).value();
        source->execute(change);
        const auto target = make_place("sqlite");
        target->open()->migrate(1, kNow).value();
        const auto file = source->uri().substr(std::string("sqlite:").size()) + ".copy";
        REQUIRE(back_up_database(source->uri(), file).has_value());

        const auto refused = restore_database(target->uri(), file, kNow);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == ErrorCode::kConflict);
        CHECK(refused.error().message.find(reason) != std::string::npos);
        CHECK(target->open()->schema_status().value().current == 1);
    }
}

TEST_CASE("a copy with the schema of an older release can be restored") {
    const auto source = make_place("sqlite");
    source->open()->migrate(2, kNow).value();
    const auto file = source->uri().substr(std::string("sqlite:").size()) + ".copy";
    REQUIRE(back_up_database(source->uri(), file).has_value());
    const auto target = make_place("sqlite");
    REQUIRE(restore_database(target->uri(), file, kNow).has_value());
    CHECK(target->open()->schema_status().value().current == 2);
    CHECK(target->open()->migrate(std::nullopt, kNow).has_value());
}
