// A PostgreSQL that refuses the programs: what they say, and whether that ends the trouble.
#include <doctest/doctest.h>

#include <string>

#include "postgres/cluster.hpp"
#include "storage/postgres/refusal_state.hpp"
#include "storage/postgres/trouble.hpp"
#include "support/temporary_directory.hpp"
#include "support/wait.hpp"

using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

struct Programs {
    TemporaryDirectory directory;

    ProcessOptions environment(const std::string& database) const {
        return program_environment(directory.file("data"), database);
    }
    ProcessResult start(const std::string& database) const {
        return run({SERVER_PROGRAM}, environment(database));
    }
    ProcessResult cli(const std::string& database, std::vector<std::string> words) const {
        words.insert(words.begin(), CLI_PROGRAM);
        return run(words, environment(database));
    }
};

// Returns the statements from `begin` to the last semicolon before the driver's own text.
std::string sql_in(const std::string& message, const std::string& begin) {
    const auto from = message.find(begin);
    REQUIRE(from != std::string::npos);
    const auto end = message.rfind(';', message.find(" -- ", from));
    return message.substr(from, end - from + 1);
}

// Server and command line refuse `database` with the same sentence and mend.
void check_refused(const std::string& database, const std::string& sentence,
                   const std::string& mend) {
    const Programs programs;
    const auto server = programs.start(database);
    CAPTURE(server.errors);
    CHECK(server.exit_code == 1);
    CHECK(has(server.errors, sentence));
    CHECK(has(server.errors, mend));
    CHECK_FALSE(has(server.errors, "waiting for the database"));
    for (const auto* verb : {"status", "migrate"}) {
        const auto cli = programs.cli(database, {"db", verb});
        // Some troubles concern only a change.
        if (cli.exit_code == 0 && std::string(verb) == "status") continue;
        CAPTURE(cli.errors);
        CHECK(cli.exit_code == 5);
        CHECK(has(cli.errors, sentence));
        CHECK(has(cli.errors, mend));
    }
}

}  // namespace

TEST_CASE("a missing database ends the start, and the SQL in the message creates it") {
    Cluster::execute("CREATE ROLE no_database LOGIN PASSWORD 'pw'");
    const auto address = Cluster::address("no_database", "pw", "absent");
    check_refused(address, "The database in the address does not exist.",
                  "CREATE DATABASE \"absent\" OWNER \"no_database\"");
    const Programs programs;
    Cluster::execute(sql_in(programs.start(address).errors, "CREATE DATABASE"));
    CHECK(programs.cli(address, {"db", "migrate"}).exit_code == 0);
    Cluster::execute("DROP DATABASE absent WITH (FORCE)");
    Cluster::execute("DROP ROLE no_database");
}

TEST_CASE("a wrong password ends the start") {
    const Account account("wrong_password");
    check_refused(Cluster::address("wrong_password", "geheim", "wrong_password"),
                  "refused the password", "ALTER ROLE \"wrong_password\" PASSWORD");
    check_refused(Cluster::address("nobody_at_all", "geheim", "wrong_password"),
                  "there is no such role", "CREATE ROLE \"nobody_at_all\" LOGIN PASSWORD");
    const auto server = Programs().start(Cluster::address("wrong_password", "geheim", "x"));
    CHECK_FALSE(has(server.errors, "geheim"));
}

TEST_CASE("a refusal is recognised by its code when the server speaks another language") {
    const Account account("other_language");
    const auto text = rescuestream::postgres::refusal_with_state(
        Cluster::address("other_language", "geheim", "other_language"));
    CHECK(has(text, "28P01"));
    const auto* trouble = rescuestream::postgres::find_connect_trouble(
        "connection failed: FATAL:  28P01: Passwort-Authentifizierung fehlgeschlagen", {});
    REQUIRE(trouble != nullptr);
    CHECK(has(trouble->sentence, "refused the password"));
    CHECK(rescuestream::postgres::refusal_with_state(account.address()).empty());
}

TEST_CASE("a role that may not log in ends the start, and the SQL in the message permits it") {
    const Account account("no_login");
    Cluster::execute("ALTER ROLE no_login NOLOGIN");
    check_refused(account.address(), "may not log in", "ALTER ROLE \"no_login\" LOGIN;");
    const Programs programs;
    Cluster::execute(sql_in(programs.start(account.address()).errors, "ALTER ROLE"));
    CHECK(programs.cli(account.address(), {"db", "migrate"}).exit_code == 0);
}

TEST_CASE("a role that may not create the schema gets it from the SQL in the message") {
    const Account owner("schema_owner");
    const Account guest("schema_guest");
    const auto address = Cluster::address("schema_guest", "pw", "schema_owner");
    check_refused(address, "lacks a right on the database",
                  "CREATE SCHEMA rescuestream AUTHORIZATION \"schema_guest\";");
    const Programs programs;
    Cluster::execute(sql_in(programs.start(address).errors, "CREATE SCHEMA"), "schema_owner");
    CHECK(programs.cli(address, {"db", "migrate"}).exit_code == 0);
    Cluster::execute("DROP SCHEMA rescuestream CASCADE", "schema_owner");
}

TEST_CASE("a role without a right on the tables gets it from the SQL in the message") {
    const Account owner("table_owner");
    const Account guest("table_guest");
    const Programs programs;
    REQUIRE(programs.cli(owner.address(), {"db", "migrate"}).exit_code == 0);
    const auto address = Cluster::address("table_guest", "pw", "table_owner");
    check_refused(address, "lacks a right on the schema rescuestream", "GRANT USAGE");
    Cluster::execute(sql_in(programs.start(address).errors, "GRANT USAGE"), "table_owner");
    CHECK(programs.cli(address, {"broadcaster", "add", "Team"}).exit_code == 0);
    CHECK(programs.cli(address, {"db", "status"}).exit_code == 0);
    Cluster::execute("DROP OWNED BY table_guest", "table_owner");
}

TEST_CASE("doctor names the rights that a role lacks, and the SQL that grants them") {
    const Account owner("rights_owner");
    const Account guest("rights_guest");
    const Programs programs;
    REQUIRE(programs.cli(owner.address(), {"db", "migrate"}).exit_code == 0);
    const auto right = programs.cli(owner.address(), {"doctor"});
    CHECK(has(right.output, "ok       database"));
    CHECK_FALSE(has(right.output, "lacks rights"));
    CHECK_FALSE(has(right.output, "pw@"));
    Cluster::execute(
        "GRANT USAGE ON SCHEMA rescuestream TO rights_guest;"
        "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA rescuestream TO rights_guest",
        "rights_owner");
    const auto address = Cluster::address("rights_guest", "pw", "rights_owner");
    const auto wrong = programs.cli(address, {"doctor"});
    CHECK(wrong.exit_code == 1);
    CHECK(has(wrong.output, "The role rights_guest lacks rights: DELETE on "));
    CHECK(has(wrong.output, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES"));
    Cluster::execute("DROP OWNED BY rights_guest", "rights_owner");
    const auto refused =
        programs.cli(Cluster::address("rights_guest", "wrong", "rights_owner"), {"doctor"});
    CHECK(refused.exit_code == 1);
    CHECK(has(refused.output, "error    database"));
}

TEST_CASE("a database that cannot hold every text ends the start") {
    const Account account("latin", "ENCODING 'LATIN1' LOCALE 'C'");
    check_refused(account.address(), "encoding that cannot hold every text", "ENCODING 'UTF8'");
}

TEST_CASE("a server that requires TLS ends the start of a program that does not use it") {
    const ServerTls tls;
    const Account account("tls_only");
    const HbaLines lines(
        "hostssl tls_only all all scram-sha-256\nhostnossl tls_only all all reject\n");
    check_refused(account.address("sslmode=disable"), "without TLS", "set sslmode=require");
    const Programs programs;
    CHECK(programs.cli(account.address("sslmode=require"), {"db", "migrate"}).exit_code == 0);
    CHECK(programs.cli(account.address(), {"db", "status"}).exit_code == 0);
    check_refused(account.address("sslmode=verify-full&sslrootcert=/nonexistent/root.crt"),
                  "root certificate", "sslrootcert=FILE");
    check_refused(account.address("sslmode=verify-full&sslrootcert=" + tls.certificate()),
                  "certificate of the database server", "sslmode=verify-full");
}

TEST_CASE("TLS that the address demands and the server does not offer ends the start") {
    const Account account("no_tls");
    check_refused(account.address("sslmode=require"), "which the database server does not offer",
                  "ssl = on");
}

TEST_CASE(
    "an address that cannot be used ends the start and is told from one that may work later") {
    const Programs programs;
    for (const auto& [address, part] :
         {std::pair{"postgresql://u:pw@h/d\nx", "line break"},
          {"postgresql://u:pw@h/d?sslmod=require", "sslmod"},
          {"postgresql://u:pw@127.0.0.1:port/d", "does not accept"},
          {"postgresql://u:pw@127.0.0.1/d?sslmode=perhaps", "does not accept"}}) {
        CAPTURE(address);
        const auto server = programs.start(address);
        CHECK(server.exit_code != 0);
        CHECK(has(server.errors, part));
        CHECK_FALSE(has(server.errors, "waiting for the database"));
        const auto cli = programs.cli(address, {"db", "status"});
        CHECK(cli.exit_code != 0);
        CHECK(has(cli.errors, part));
    }
}

TEST_CASE("troubles that may pass are waited for, with their reason, and the start goes on then") {
    const Account account("patient");
    Cluster::execute("ALTER ROLE patient CONNECTION LIMIT 0");
    const Programs programs;
    Process server({SERVER_PROGRAM}, programs.environment(account.address()));
    const auto says = [&](const std::string& text) {
        return eventually([&] { return has(server.errors(), text); }, seconds(20));
    };
    REQUIRE(says("waiting for the database"));
    CHECK(says("as many connections to PostgreSQL as it may have"));
    CHECK(says("CONNECTION LIMIT -1;"));
    Cluster::execute("ALTER ROLE patient CONNECTION LIMIT -1");
    CHECK(says("\"ready\""));
    CHECK(server.stop() == 0);
}

TEST_CASE("the address of the Go service works, and what it says to Go's driver is told") {
    const Account account("go_service");
    const Programs programs;
    Process server({SERVER_PROGRAM},
                   programs.environment(account.address(
                       "sslmode=disable&pool_max_conns=25&pool_max_conn_lifetime=1h")));
    REQUIRE(eventually([&] { return has(server.errors(), "\"ready\""); }, seconds(20)));
    CHECK(has(server.errors(), "\"parameter\":\"pool_max_conns\""));
    CHECK(has(server.errors(), "DATABASE_CONNECTIONS"));
    CHECK(server.stop() == 0);
}

TEST_CASE("the recipe of the documentation makes a database that the server can use") {
    ProcessOptions options;
    options.environment = {{"PGHOST", Cluster::host()},
                           {"PGPORT", Cluster::port()},
                           {"PGUSER", "postgres"},
                           {"PGPASSWORD", [] {
                                const auto uri = Cluster::superuser();
                                const auto colon = uri.find(':', 13);
                                return uri.substr(colon + 1, uri.find('@') - colon - 1);
                            }()}};
    options.standard_input = "pw\npw\n";
    const auto made = run({"setsid", "--wait", RECIPE}, options);
    CAPTURE(made.errors);
    REQUIRE(made.exit_code == 0);
    const Programs programs;
    const auto address = Cluster::address("rescuestream", "pw", "rescuestream");
    CHECK(programs.cli(address, {"db", "migrate"}).exit_code == 0);
    CHECK(programs.cli(address, {"broadcaster", "add", "Team"}).exit_code == 0);
    Cluster::execute("DROP DATABASE rescuestream WITH (FORCE)");
    Cluster::execute("DROP ROLE rescuestream");
}
