#include "json/document.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace rescuestream;

TEST_CASE("a JSON text that breaks a rule is refused with a message that names the rule") {
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

TEST_CASE("a fault in a JSON text names the member that it is in") {
    const auto place = [](const std::string& text) {
        const auto result = json::parse(text);
        REQUIRE_FALSE(result);
        return result.error().fields.empty() ? std::string("none")
                                             : result.error().fields.front().pointer;
    };
    CHECK(place("{\"a\":1,\"b\":\"x\\u0000\"}") == "/b");
    CHECK(place("{\"a\":[true,{\"b\":null,\"c/d~\":[0,\"\\u0000\"]}]}") == "/a/1/c~1d~0/1");
    CHECK(place("{\"a\":{\"\\u0000\":1}}") == "/a");
    CHECK(place("{\"\\u0000\":1}").empty());
    CHECK(place("\"\\u0000\"").empty());
    CHECK(place("{\"a\":{\"b\":1,\"b\":2}}") == "/a/b");
    CHECK(place("[[],{},[1e-99999]]") == "/2/0");
    CHECK(place("{\"a\":") == "none");
    // The place ends before a name that is too long to be read.
    CHECK(place("{\"a\":{\"" + std::string(5'000, 'x') + "\":{\"b\":\"\\u0000\"}}}") == "/a");
}

TEST_CASE("a search finds a text at any depth, as a value and as a name") {
    const auto find = [](const std::string& text) {
        return json::find_text(text, [](std::string_view each) { return each == "xyz"; });
    };
    CHECK_FALSE(find("{}"));
    CHECK_FALSE(find("{\"a\":[1,true,null,\"xy\",{\"z\":{}}]}"));
    CHECK(find("{\"a\":[1,{\"b\":[\"no\",\"x\\u0079z\"]}]}") == "/a/1/b/1");
    CHECK(find("{\"a\":{\"xyz\":1}}") == "/a/xyz");
    CHECK(find("\"xyz\"") == "");
}

TEST_CASE("strings of a text that is parsed in place point into that text") {
    std::string text = "{\"a\":\"x\\ty\",\"n\":[1.5,-3]}";
    json::SmallMemory memory;
    const auto document = json::parse_in_place(text, memory);
    REQUIRE(document);
    const char* a = (*document)["a"].GetString();
    CHECK(std::string(a) == "x\ty");
    CHECK((a >= text.data() && a < text.data() + text.size()));
    CHECK((*document)["n"][0].GetDouble() == 1.5);
    CHECK((*document)["n"][1].GetInt() == -3);
    for (std::string bad : {std::string("{"), std::string(""), std::string("{} x"),
                            std::string("{\"a\":1e-99999}"), std::string(100'000, '[')}) {
        json::SmallMemory own;
        CHECK_FALSE(json::parse_in_place(bad, own));
    }
}
