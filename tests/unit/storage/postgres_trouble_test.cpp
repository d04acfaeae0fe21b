#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "storage/postgres/trouble.hpp"

using namespace rescuestream;
using namespace rescuestream::postgres;
using Kind = sql::Failure::Kind;

namespace {

const Names kNames{"ops", "rescue \"team\"", false};

std::string refused(const std::string& reason) {
    return "connection to server at \"db\" (192.0.2.1), port 5432 failed: " + reason + "\n";
}

const Trouble& trouble_of(const std::string& text, const Names& names = kNames) {
    const Trouble* trouble = find_connect_trouble(text, names);
    REQUIRE(trouble != nullptr);
    return *trouble;
}

}  // namespace

TEST_CASE("each refusal of a connection that stays has a sentence and a mend of its own") {
    struct Case {
        const char* reason;
        const char* sentence;
        const char* mend;
    };
    const std::vector<Case> cases{
        {"FATAL:  database \"ops\" does not exist", "database in the address does not",
         "CREATE DATABASE \"ops\" OWNER"},
        {"FATAL:  role \"x\" does not exist", "role in the address does not", "CREATE ROLE"},
        {"FATAL:  3D000: la base de données « ops » n'existe pas",
         "database in the address does not",
         "CREATE DATABASE \"ops\" OWNER \"rescue \"\"team\"\"\" ENCODING 'UTF8'"},
        {"FATAL:  password authentication failed for user \"x\"", "refused the password",
         "ALTER ROLE \"rescue \"\"team\"\"\" PASSWORD"},
        {"FATAL:  28P01: Passwort-Authentifizierung für Benutzer »x« fehlgeschlagen",
         "refused the password", "ALTER ROLE"},
        {"fe_sendauth: no password supplied", "asks for a password", "PASSWORD"},
        {"FATAL:  no pg_hba.conf entry for host \"192.0.2.9\", user \"x\", database \"ops\", no "
         "encryption",
         "without TLS", "sslmode=require"},
        {"FATAL:  pg_hba.conf rejects connection for host \"192.0.2.9\", user \"x\", database "
         "\"ops\", SSL encryption",
         "pg_hba.conf does not let", "pg_reload_conf"},
        {"FATAL:  role \"x\" is not permitted to log in", "may not log in", "LOGIN;"},
        {"FATAL:  Peer authentication failed for user \"x\"", "another", "@localhost/"},
        {"FATAL:  permission denied for database \"ops\"", "lacks a right",
         "GRANT CONNECT ON DATABASE \"ops\""},
        {"server does not support SSL, but SSL was required", "demands TLS", "ssl = on"},
        {"root certificate file \"/x/root.crt\" does not exist", "root certificate", "sslrootcert"},
        {"SSL error: certificate verify failed", "certificate of the database server",
         "sslrootcert"},
        {"server certificate for \"a\" does not match host name \"b\"",
         "certificate of the database server", "verify-full"},
        {"invalid port number: \"x\"", "does not accept", ""},
        {"invalid sslmode value: \"x\"", "does not accept", ""},
        {"FATAL:  no such database: ops", "pooler does not know the database", "pgbouncer.ini"},
    };
    for (const auto& one : cases) {
        CAPTURE(one.reason);
        const auto failure = failure_of(trouble_of(refused(one.reason)), kNames, one.reason);
        CHECK(failure.kind == Kind::kUnauthorized);
        CHECK(failure.message.find(one.sentence) != std::string::npos);
        CHECK(failure.detail.find(one.mend) != std::string::npos);
        CHECK(failure.detail.find(one.reason) != std::string::npos);
        CHECK(failure.message.find("team") == std::string::npos);
    }
}

TEST_CASE("a trouble that may pass is not one to give up for") {
    for (const char* reason :
         {"Connection refused", "FATAL:  the database system is starting up",
          "FATAL:  57P03: das Datenbanksystem startet", "FATAL:  sorry, too many clients already",
          "FATAL:  remaining connection slots are reserved for non-replication superuser "
          "connections",
          "FATAL:  too many connections for role \"x\"", "FATAL:  query_wait_timeout"}) {
        CAPTURE(reason);
        CHECK(trouble_of(refused(reason)).kind == Kind::kUnavailable);
    }
    CHECK(trouble_of("could not translate host name \"db\" to address: Temporary failure in name "
                     "resolution\n")
              .kind == Kind::kUnavailable);
    CHECK(find_connect_trouble(refused("something new"), kNames) == nullptr);
}

TEST_CASE("one host is given up although nothing listens at another address of it") {
    const std::string text = refused("Connection refused\n\tIs the server running on that host?") +
                             refused("FATAL:  password authentication failed for user \"x\"");
    CHECK(trouble_of(text).kind == Kind::kUnauthorized);
    Names several = kNames;
    several.has_several_hosts = true;
    CHECK(trouble_of(text, several).kind == Kind::kUnavailable);
    const std::string both = refused("FATAL:  database \"ops\" does not exist");
    CHECK(trouble_of(both + both, several).kind == Kind::kUnauthorized);
}

TEST_CASE("missing rights name what has to be granted") {
    const auto mend_of = [](const char* text) {
        const Trouble* trouble = find_trouble("42501", text);
        REQUIRE(trouble != nullptr);
        CHECK(trouble->kind == Kind::kUnauthorized);
        return failure_of(*trouble, kNames, text).detail;
    };
    CHECK(
        mend_of("ERROR:  permission denied for database ops").find("CREATE SCHEMA rescuestream") !=
        std::string::npos);
    CHECK(mend_of("ERROR:  permission denied for schema rescuestream").find("GRANT USAGE") !=
          std::string::npos);
    CHECK(mend_of("ERROR:  permission denied for table streams").find("ON ALL TABLES") !=
          std::string::npos);
    CHECK(mend_of("ERROR:  must be owner of table streams").find("REASSIGN OWNED") !=
          std::string::npos);
    CHECK(mend_of("FEHLER:  keine Berechtigung").find("GRANT USAGE") != std::string::npos);
}
