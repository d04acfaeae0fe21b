#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "json/document.hpp"
#include "rescuestream/records.hpp"
#include "support/hostile_numbers.hpp"

using namespace rescuestream;

TEST_CASE("numbers that crash RapidJSON's reader are refused, wherever they are") {
    for (const std::string& number : testing::refused_numbers()) {
        CAPTURE(number.substr(0, 100));
        for (const std::string& text : {number, "[" + number + "]", "{\"x\":" + number + "}",
                                        "{\"a\":[{\"x\":" + number + "}]}", "{\"x\":" + number}) {
            CHECK_FALSE(json::parse(text));
        }
    }
}

TEST_CASE("the error for a refused number names its member") {
    const auto result = json::parse("{\"a\":{\"b/c\":[0,1e12345]}}");
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::kInvalidArgument);
    REQUIRE(result.error().fields.size() == 1);
    CHECK(result.error().fields.front().pointer == "/a/b~1c/1");
    CHECK(result.error().message.find("64 characters") != std::string::npos);
}

TEST_CASE("a number of up to 64 characters and four digits of exponent is read exactly") {
    const auto value = [](const std::string& number) {
        const auto document = json::parse("[" + number + "]");
        REQUIRE(document);
        return (*document)[0].GetDouble();
    };
    CHECK(value("0") == 0);
    CHECK(value("-12.5e1") == -125);
    CHECK(value("0.1") == 0.1);
    CHECK(value("1.7976931348623157e308") == std::numeric_limits<double>::max());
    CHECK(value("5e-324") == std::numeric_limits<double>::denorm_min());
    CHECK(value("1e-9999") == 0);
    CHECK(value("0." + std::string(62, '0')) == 0);
    CHECK(value("1" + std::string(63, '0')) == 1e63);
}

TEST_CASE("whole numbers keep every digit, and have the type in which they fit") {
    const auto document = json::parse(
        "[2147483647,-2147483648,9223372036854775807,-9223372036854775808,18446744073709551615,"
        "18446744073709551616,-9223372036854775809,-0,1.0,1e2]");
    REQUIRE(document);
    const auto& list = *document;
    CHECK(list[0].GetInt() == std::numeric_limits<int>::max());
    CHECK(list[1].GetInt() == std::numeric_limits<int>::min());
    CHECK(list[2].GetInt64() == std::numeric_limits<std::int64_t>::max());
    CHECK(list[3].GetInt64() == std::numeric_limits<std::int64_t>::min());
    CHECK(list[4].GetUint64() == std::numeric_limits<std::uint64_t>::max());
    CHECK_FALSE(list[4].IsInt64());
    CHECK(list[5].IsDouble());
    CHECK(list[6].IsDouble());
    CHECK(list[7].GetInt() == 0);
    CHECK_FALSE(list[8].IsInt64());
    CHECK_FALSE(list[9].IsUint64());
}

TEST_CASE("a string is not read as a number, and a number is not read as a string") {
    const auto document = json::parse("{\"text\":\"12\",\"number\":12}");
    REQUIRE(document);
    CHECK((*document)["text"].IsString());
    CHECK((*document)["number"].IsInt());
    CHECK_FALSE((*document)["number"].IsString());
}

TEST_CASE("metadata keeps its numbers as they were written, whatever their length") {
    // Stored rows from before there was a limit must stay readable.
    for (const std::string& number :
         {std::string("1.50"), std::string("-0"), std::string("1E+2"), std::string("1e-9999"),
          std::string("12345678901234567890123"), "0." + std::string(500, '7'),
          "0." + std::string(20, '0') + "1e-2147483639"}) {
        const std::string text = "{\"n\":" + number + "}";
        CAPTURE(text);
        const auto object = JsonObject::parse(text);
        REQUIRE(object);
        CHECK(object->text() == text);
    }
}
