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

TEST_CASE("a number of seconds is also shown in larger units") {
    using std::chrono::seconds;
    CHECK(in_units(seconds(60)).empty());
    CHECK(in_units(seconds(150)).empty());
    CHECK(in_units(seconds(120)) == " (2 min)");
    CHECK(in_units(seconds(1'800)) == " (30 min)");
    CHECK(in_units(seconds(3'600)) == " (1 h)");
    CHECK(in_units(seconds(86'400)) == " (24 h)");
    CHECK(in_units(seconds(7 * 86'400)) == " (7 days)");
}

TEST_CASE("a NUL character or a malformed one is found at every position of a longer text") {
    for (std::size_t size = 1; size < 40; ++size) {
        const std::string plain(size, 'x');
        CHECK(is_clean_utf8(plain));
        for (std::size_t at = 0; at < size; ++at) {
            for (const char wrong : {'\0', '\x80', '\xC3', '\xFF'}) {
                std::string text = plain;
                text[at] = wrong;
                INFO(size, " ", at);
                CHECK_FALSE(is_clean_utf8(text));
            }
            std::string text = plain;
            text.replace(at, 1, "\xC3\xBC");
            CHECK(is_clean_utf8(text));
            text += '\0';
            CHECK_FALSE(is_clean_utf8(text));
            text.back() = '\x01';
            CHECK(is_clean_utf8(text));
        }
    }
}

TEST_CASE("characters that are invisible or that hide others are written as escapes") {
    CHECK(escape_unprintable("a\nb\rc\td") == "a\\nb\\rc\\td");
    CHECK(escape_unprintable("\x1b[2J\x7f") == "\\u001b[2J\\u007f");
    CHECK(escape_unprintable(std::string("a\0b", 3)) == "a\\u0000b");
    CHECK(escape_unprintable("x\xC2\x9By\xC2\x85") == "x\\u009by\\u0085");
    CHECK(escape_unprintable("\xD8\x9C") == "\\u061c");
    CHECK(escape_unprintable("\xE2\x80\x8E\xE2\x80\x8F") == "\\u200e\\u200f");
    CHECK(escape_unprintable("\xE2\x80\xA8\xE2\x80\xA9") == "\\u2028\\u2029");
    CHECK(escape_unprintable("evil\xE2\x80\xAEgpj.exe") == "evil\\u202egpj.exe");
    CHECK(escape_unprintable("\xE2\x81\xA6\xE2\x81\xA9") == "\\u2066\\u2069");
    CHECK(escape_unprintable("\xFFz\xC3") == "\\xffz\\xc3");
}

TEST_CASE("every character of the escaped ranges is escaped, and their neighbours are not") {
    const auto utf8 = [](int character) {
        std::string out;
        if (character < 0x80) return std::string(1, static_cast<char>(character));
        if (character < 0x800) {
            out += static_cast<char>(0xC0 | (character >> 6));
        } else {
            out += static_cast<char>(0xE0 | (character >> 12));
            out += static_cast<char>(0x80 | ((character >> 6) & 0x3F));
        }
        return out += static_cast<char>(0x80 | (character & 0x3F));
    };
    int escaped = 0;
    for (int character = 0; character < 0xD800; ++character) {
        const std::string text = utf8(character);
        if (escape_unprintable(text) != text) ++escaped;
    }
    // C0 and DEL, C1, U+061C, U+200E and F, U+2028 to U+202E, U+2066 to U+2069.
    CHECK(escaped == 33 + 32 + 1 + 2 + 7 + 4);
    for (const int neighbour :
         {0x20, 0x7E, 0xA0, 0x061B, 0x061D, 0x200D, 0x2010, 0x2027, 0x202F, 0x2065, 0x206A}) {
        CHECK(escape_unprintable(utf8(neighbour)) == utf8(neighbour));
    }
    CHECK(escape_unprintable("Süd 🚁 日本 \\u202e") == "Süd 🚁 日本 \\u202e");
}

TEST_CASE("a text is shortened only between characters") {
    CHECK(shortened("abc", 3) == "abc");
    CHECK(shortened("abcd", 3) == "abc");
    CHECK(shortened("aüb", 2) == "a");
    CHECK(shortened("🚁", 3).empty());
}
