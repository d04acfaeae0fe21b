// Addresses that are written for other clients of PostgreSQL.
#include <doctest/doctest.h>

#include "rescuestream/storage.hpp"
#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/foreign_parameters.hpp"

using namespace rescuestream;
using namespace rescuestream::postgres;

namespace {

std::string message_of(std::string_view uri) {
    const auto storage = open_storage(uri);
    REQUIRE_FALSE(storage.has_value());
    CHECK(storage.error().code == ErrorCode::kInvalidArgument);
    return storage.error().message;
}

}  // namespace

TEST_CASE("parameters of Go's pgx are left out of the address, and each is noted") {
    const auto address = without_foreign_parameters(
        "postgres://u:p@h:5432/d?sslmode=disable&pool_max_conns=25&pool_min_conns=2&"
        "pool_max_conn_lifetime=1h&pool_max_conn_idle_time=30m&pool_health_check_period=1m&"
        "search_path=app&application_name=x&default_query_exec_mode=cache_statement");
    REQUIRE(address.has_value());
    CHECK(address->uri == "postgres://u:p@h:5432/d?sslmode=disable&application_name=x");
    CHECK(address->notes.size() == 7);
    CHECK(address->notes[0].name == "pool_max_conns");
    CHECK(address->notes[0].meaning.find("DATABASE_CONNECTIONS") != std::string::npos);
    CHECK_FALSE(address->names_pooler);
}

TEST_CASE("a parameter by which other clients are told of a pooler tells us of it too") {
    for (const char* query : {"default_query_exec_mode=simple_protocol",
                              "default_query_exec_mode=exec", "sslmode=require&pgbouncer=true"}) {
        CAPTURE(query);
        CHECK(make_conninfo(std::string("postgresql://h/d?") + query, std::chrono::seconds(1))
                  .value()
                  .names_pooler);
    }
    CHECK_FALSE(make_conninfo("postgresql://h/d?pgbouncer=false", std::chrono::seconds(1))
                    .value()
                    .names_pooler);
}

TEST_CASE("an address without foreign parameters stays as it is") {
    for (const char* uri :
         {"postgresql://h/d", "postgresql://", "postgresql://h/d?", "postgresql:///d?host=/run",
          "postgresql://h/d?ssl=true&connect_timeout=3", "postgresql://h/d?options=-c%20x%3D1"}) {
        const auto address = without_foreign_parameters(uri);
        REQUIRE(address.has_value());
        CHECK(address->uri + (std::string_view(uri).ends_with('?') ? "?" : "") == uri);
        CHECK(address->notes.empty());
    }
}

TEST_CASE("a parameter that nobody knows is named") {
    CHECK(message_of("postgresql://u:pa55word@h/d?sslmod=require").find("parameter sslmod") !=
          std::string::npos);
}

TEST_CASE("no part of a password with a question mark is taken for the name of a parameter") {
    const std::string_view uri = "postgresql://u:pa55?pool_max_conns=x@h/d";
    CHECK(without_foreign_parameters(uri).value().uri == uri);
    CHECK(message_of("postgresql://u:pa@s?word=x@h/d").find("word=") == std::string::npos);
    CHECK(message_of("postgresql://u:pa@s?word=x@h/d").find("parameter word") == std::string::npos);
}

TEST_CASE("an address with a line break is refused, and the message says so") {
    for (const char* uri :
         {"postgresql://u:pa55\nword@h/d", "postgresql://h/d\r", "postgresql://h\t/d"}) {
        CHECK(message_of(uri).find("line break") != std::string::npos);
    }
}

TEST_CASE("the settings of a direct connection are those that each transaction makes at a pooler") {
    const auto info =
        make_conninfo("postgresql://u:p@h/d", std::chrono::milliseconds(1500)).value();
    for (const postgres::Session* session :
         {&info.durable, &info.shared, &info.claims, &info.unlimited}) {
        CHECK(session->bare.find("options") == std::string::npos);
        CHECK(session->conninfo.find("search_path=rescuestream") != std::string::npos);
        CHECK(session->local.find("SET LOCAL search_path = 'rescuestream'; ") != std::string::npos);
    }
    CHECK(info.claims.local.find("synchronous_commit = 'off'") != std::string::npos);
    CHECK(info.durable.local.find("synchronous_commit") == std::string::npos);
    CHECK(info.durable.local.find("statement_timeout = '1500'") != std::string::npos);
    CHECK(info.unlimited.local.find("statement_timeout = '0'") != std::string::npos);
}
