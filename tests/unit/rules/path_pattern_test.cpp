// Patterns of path names.
#include "rules/path_pattern.hpp"

#include <doctest/doctest.h>

using rescuestream::rules::check_path_pattern;
using rescuestream::rules::matches;
using rescuestream::rules::matches_any;

TEST_CASE("a pattern without stars matches its own name only") {
    CHECK(matches("cam/1", "cam/1"));
    for (const char* other : {"cam/10", "cam", "cam/1/low", "xcam/1", "Cam/1", ""}) {
        CAPTURE(other);
        CHECK_FALSE(matches("cam/1", other));
    }
}

TEST_CASE("a star stands for any characters of one segment") {
    CHECK(matches("cam/*", "cam/1"));
    CHECK(matches("cam*/low", "cam7/low"));
    CHECK(matches("cam*/low", "cam/low"));
    CHECK(matches("*-a*-b", "x-a-a-b"));
    CHECK_FALSE(matches("cam/*", "cam"));
    CHECK_FALSE(matches("cam/*", "cam/1/low"));
    CHECK_FALSE(matches("*-a-b", "x-a-c"));
}

TEST_CASE("two stars stand for one or more whole segments") {
    CHECK(matches("cam/**", "cam/1"));
    CHECK(matches("cam/**", "cam/1/low"));
    CHECK(matches("**/low", "cam/1/low"));
    CHECK(matches("a/**/b/**/c", "a/x/b/y/b/z/c"));
    CHECK_FALSE(matches("cam/**", "cam"));
    CHECK_FALSE(matches("cam/**", "camera/1"));
    CHECK_FALSE(matches("**/low", "low"));
    CHECK_FALSE(matches("a/**/b", "a/b"));
}

TEST_CASE("one matching pattern of a list is enough, and an empty list matches nothing") {
    CHECK(matches_any({"x/*", "cam/*"}, "cam/1"));
    CHECK_FALSE(matches_any({"x/*"}, "cam/1"));
    CHECK_FALSE(matches_any({}, "cam/1"));
}

TEST_CASE("patterns that MediaMTX could not have as paths, or that match all paths, are refused") {
    for (const char* good : {"cam/1", "cam/*", "cam/**", "**/low", "c*m-1.x/_"}) {
        CAPTURE(good);
        CHECK_FALSE(check_path_pattern(good).has_value());
    }
    for (const char* bad : {"", "/cam", "cam/", "cam//1", "cam/../x", "ca m", "~^cam", "all",
                            "all_others", "*", "**", "*/**", "cam/a**", "cam?", "cam/***"}) {
        CAPTURE(bad);
        CHECK(check_path_pattern(bad).has_value());
    }
}
