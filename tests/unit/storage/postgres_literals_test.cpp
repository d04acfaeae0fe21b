#include <doctest/doctest.h>

#include <stdexcept>

#include "storage/postgres/literals.hpp"

using namespace rescuestream::postgres;

TEST_CASE("each parameter of a statement becomes the literal of its value") {
    CHECK(with_literals("SELECT $1, $2::text[], $10",
                        {"a", "{}", "", "", "", "", "", "", "", std::nullopt}) ==
          "SELECT  'a',  '{}'::text[],  NULL ");
    CHECK(with_literals("SELECT 1", {}) == "SELECT 1");
    CHECK(with_literals("x=$1AND", {"b"}) == "x= 'b'AND");
}

TEST_CASE("a literal ends where its value ends, whatever characters the value has") {
    CHECK(literal_of("it's") == " 'it''s'");
    CHECK(literal_of("'; DROP TABLE x; --") == " '''; DROP TABLE x; --'");
    CHECK(literal_of("\\'") == " E'\\\\'''");
    CHECK(literal_of("\\") == " E'\\\\'");
    CHECK(literal_of("$1 é") == " '$1 é'");
}

TEST_CASE("a dollar sign between quotes, or without a number, is no parameter") {
    CHECK(with_literals("'$1' || $1 || '''$1'", {"v"}) == "'$1' ||  'v' || '''$1'");
    CHECK(with_literals("a$ $b $", {}) == "a$ $b $");
    // A value is not searched for parameters.
    CHECK(with_literals("$1 $2", {"$2", "'"}) == " '$2'  ''''");
}

TEST_CASE("a parameter without a value is a defect of the caller") {
    CHECK_THROWS_AS(with_literals("$2", {"a"}), std::out_of_range);
    CHECK_THROWS_AS(with_literals("$0", {"a"}), std::out_of_range);
}
