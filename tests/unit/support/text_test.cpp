#include "support/text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace rescuestream;

TEST_CASE("well-formed UTF-8 without NUL is clean") {
    CHECK(is_clean_utf8("Bergwacht Süd 🚁"));
    CHECK(is_clean_utf8(""));
    CHECK_FALSE(is_clean_utf8(std::string("a\0b", 3)));
    CHECK_FALSE(is_clean_utf8("\xC3"));
    CHECK_FALSE(is_clean_utf8("\xC0\xAF"));          // overlong
    CHECK_FALSE(is_clean_utf8("\xED\xA0\x80"));      // surrogate
    CHECK_FALSE(is_clean_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
    CHECK_FALSE(is_clean_utf8("\xFF"));
}

TEST_CASE("characters are counted, not bytes") {
    CHECK(count_characters("Süd 🚁") == 5);
    CHECK(count_characters("") == 0);
}

TEST_CASE("a text of any white space is blank") {
    CHECK(is_blank(""));
    CHECK(is_blank(" \t\n"));
    CHECK(is_blank("\xC2\xA0\xE2\x80\x8B\xE3\x80\x80"));
    CHECK_FALSE(is_blank(" x "));
}

TEST_CASE("control characters are found") {
    CHECK(has_control_character("a\nb"));
    CHECK(has_control_character("\x7F"));
    CHECK_FALSE(has_control_character("Süd"));
}

TEST_CASE("a number of seconds is also told in larger units") {
    using std::chrono::seconds;
    CHECK(in_units(seconds(60)).empty());
    CHECK(in_units(seconds(150)).empty());
    CHECK(in_units(seconds(120)) == " (2 min)");
    CHECK(in_units(seconds(1'800)) == " (30 min)");
    CHECK(in_units(seconds(3'600)) == " (1 h)");
    CHECK(in_units(seconds(86'400)) == " (24 h)");
    CHECK(in_units(seconds(7 * 86'400)) == " (7 days)");
}
