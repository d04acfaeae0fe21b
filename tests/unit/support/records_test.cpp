#include "rescuestream/records.hpp"

#include <doctest/doctest.h>

#include "rescuestream/paging.hpp"

using namespace rescuestream;

TEST_CASE("path names follow MediaMTX's rules") {
    for (const char* name : {"live", "live/a", "a-b_c.d/e1", "sk_x"}) {
        CAPTURE(name);
        CHECK(is_valid_path_name(name));
    }
    for (const char* name :
         {"", "/live", "live/", "live//a", ".", "live/..", "./a", "a b", "ä", "a?b"}) {
        CAPTURE(name);
        CHECK_FALSE(is_valid_path_name(name));
    }
    for (const char* name : {"all", "all_others", "~", "~^live/", "~^.*$"}) {
        CAPTURE(name);
        CHECK(is_reserved_path_name(name));
        CHECK_FALSE(is_valid_path_name(name));
    }
    for (const char* name : {"All", "all/a", "live/all", "all_others/x", "a~"}) {
        CAPTURE(name);
        CHECK_FALSE(is_reserved_path_name(name));
    }
    CHECK(is_valid_path_name(std::string(255, 'a')));
    CHECK_FALSE(is_valid_path_name(std::string(256, 'a')));
}

TEST_CASE("a JSON object keeps its text except for white space") {
    const auto object =
        JsonObject::parse("{ \"b\" : 1.50, \"a\" : \" x \\\" y \", \"c\":[ 1, 2 ] }");
    REQUIRE(object);
    CHECK(object->text() == R"({"b":1.50,"a":" x \" y ","c":[1,2]})");
    CHECK(JsonObject{}.text() == "{}");
}

TEST_CASE("a text that is not a JSON object is refused") {
    const std::string deep = "{\"a\":" + std::string(40, '[') + std::string(40, ']') + "}";
    for (const std::string& text :
         {std::string("[]"), std::string("1"), std::string("null"), std::string("{"),
          std::string(""), std::string("{} x"), std::string("{\"a\":1,\"a\":2}"),
          std::string("{\"a\":\"\\u0000\"}"), std::string("{\"a\":\"\xFF\"}"), deep,
          "{\"a\":\"" + std::string(17'000, 'x') + "\"}"}) {
        CAPTURE(text.substr(0, 60));
        CHECK_FALSE(JsonObject::parse(text));
    }
}

TEST_CASE("a key is expired from the time of its expiry on, and revoked for ever") {
    const Timestamp now{std::chrono::seconds(1'000)};
    StreamKey key;
    CHECK(key.status_at(now) == StreamKeyStatus::kActive);
    key.expires_at = now;
    CHECK(key.status_at(now) == StreamKeyStatus::kExpired);
    CHECK(key.status_at(now - std::chrono::microseconds(1)) == StreamKeyStatus::kActive);
    key.revoked_at = now;
    CHECK(key.status_at(now) == StreamKeyStatus::kRevoked);
}

TEST_CASE("every name of an enumeration is read as its value") {
    CHECK(parse_enum<EndReason>("node_lost") == EndReason::kNodeLost);
    CHECK(parse_enum<OnDuplicate>(to_string(OnDuplicate::kRejectIfHealthy)) ==
          OnDuplicate::kRejectIfHealthy);
    CHECK(parse_enum<Protocol>("webrtc") == Protocol::kWebRtc);
    CHECK_FALSE(parse_enum<StreamState>("LIVE"));
    CHECK_FALSE(parse_enum<StreamState>(""));
}

TEST_CASE("a uuid is read in either case and written in lower case") {
    const auto uuid = Uuid::parse("928E45D1-dcdc-49fa-93f4-dcb655ab9837");
    REQUIRE(uuid);
    CHECK(uuid->to_string() == "928e45d1-dcdc-49fa-93f4-dcb655ab9837");
    for (const char* text :
         {"", "928e45d1dcdc49fa93f4dcb655ab9837", "928e45d1-dcdc-49fa-93f4-dcb655ab983",
          "928e45d1-dcdc-49fa-93f4-dcb655ab983g", "{28e45d1-dcdc-49fa-93f4-dcb655ab9837}"}) {
        CAPTURE(text);
        CHECK_FALSE(Uuid::parse(text));
    }
}

TEST_CASE("a cursor is read as it was written, and any other text is refused") {
    const Cursor cursor{Timestamp(std::chrono::microseconds(-5)),
                        *Uuid::parse("928e45d1-dcdc-49fa-93f4-dcb655ab9837")};
    CHECK(Cursor::decode(cursor.encode()) == cursor);
    CHECK_FALSE(Cursor::decode(""));
    CHECK_FALSE(Cursor::decode("abc"));
    CHECK_FALSE(Cursor::decode(cursor.encode() + "A"));
    CHECK_FALSE(Cursor::decode("g" + std::string(31, 'A')));  // before the year 1
}
