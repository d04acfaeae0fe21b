#include "json/document.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace rescuestream;

TEST_CASE("a JSON text that breaks a rule is refused with a sentence that names it") {
    const auto problem = [](const std::string& text) {
        const auto result = json::parse(text, {.max_bytes = 100, .max_depth = 4});
        return result ? std::string("accepted") : result.error().message;
    };
    CHECK(problem("{\"a\":[1,2,{\"b\":null}]}") == "accepted");
    CHECK(problem("").find("not valid JSON") != std::string::npos);
    CHECK(problem("{\"a\":}").find("at byte 5") != std::string::npos);
    CHECK(problem("{} {}").find("not valid JSON") != std::string::npos);
    CHECK(problem("[[[[[1]]]]]").find("deeper than 4 levels") != std::string::npos);
    CHECK(problem("\"a\\u0000b\"").find("NUL") != std::string::npos);
    CHECK(problem("{\"a\":1,\"b\":{\"a\":1},\"a\":2}").find("twice") != std::string::npos);
    CHECK(problem("{\"a\":1,\"b\":{\"a\":1}}") == "accepted");
    CHECK(problem("\"\xC3\"").find("not valid JSON") != std::string::npos);
    CHECK(problem("\"" + std::string(100, 'x') + "\"").find("larger than 100") !=
          std::string::npos);
}

TEST_CASE("a hundred thousand levels of nesting are refused, not followed") {
    const std::string hostile(100'000, '[');
    const auto result = json::parse(hostile);
    REQUIRE_FALSE(result);
    CHECK(result.error().message.find("deeper than 32 levels") != std::string::npos);
}
