#include <doctest/doctest.h>

#include <string>

#include "rescuestream/storage.hpp"

using namespace rescuestream;

TEST_CASE("memory: opens an empty storage in memory") {
    const auto storage = open_storage("memory:");
    REQUIRE(storage.has_value());
    CHECK((*storage)->backend() == "memory");
    CHECK((*storage)->ping().has_value());
    CHECK((*storage)->list_broadcasters({}).value().items.empty());
}

TEST_CASE("an address of no storage is refused with a message that does not repeat it") {
    for (const char* uri : {"", "memory", "memory:x", "Memory:", ":", "sqlite:", "sqlite::memory:",
                            "sqlite://data.db", "mysql://u:pa55word@h/db", "postgresql:pa55word",
                            "postgres:/pa55word", "http://pa55word", "/var/lib/pa55word.db",
                            "sqlite:pa55word\xFF", "postgresql", " memory:"}) {
        CAPTURE(uri);
        const auto storage = open_storage(uri);
        REQUIRE_FALSE(storage.has_value());
        CHECK(storage.error().code == ErrorCode::kInvalidArgument);
        CHECK_FALSE(storage.error().message.empty());
        CHECK(storage.error().message.find("pa55word") == std::string::npos);
        CHECK(storage.error().detail.find("pa55word") == std::string::npos);
    }
    CHECK(open_storage(std::string("sqlite:a\0b", 10)).error().code == ErrorCode::kInvalidArgument);
}

TEST_CASE("opening a storage succeeds while its PostgreSQL server is down") {
    for (const char* uri :
         {"postgresql://user:pa55word@127.0.0.1:1/db", "postgres://user:pa55word@127.0.0.1:1/db"}) {
        const auto storage = open_storage(uri);
        REQUIRE(storage.has_value());
        CHECK((*storage)->backend() == "postgresql");
        CHECK((*storage)->description().find("pa55word") == std::string::npos);
        const auto ping = (*storage)->ping();
        REQUIRE_FALSE(ping.has_value());
        CHECK(ping.error().code == ErrorCode::kUnavailable);
        CHECK(ping.error().message.find("pa55word") == std::string::npos);
        CHECK(ping.error().detail.find("pa55word") == std::string::npos);
    }
}

TEST_CASE("every claim decision has a name") {
    CHECK(to_string(ClaimDecision::kGranted) == "granted");
    CHECK(to_string(ClaimDecision::kInUse) == "in_use");
}
