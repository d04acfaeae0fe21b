// The programs behind PgBouncer.
#include <doctest/doctest.h>
#include <httplib.h>

#include <pqxx/pqxx>
#include <regex>
#include <string>

#include "postgres/cluster.hpp"
#include "support/pg_bouncer.hpp"
#include "support/temporary_directory.hpp"
#include "support/wait.hpp"

using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

bool says(Process& server, const std::string& text) {
    return eventually([&] { return has(server.errors(), text); }, seconds(20));
}

int port_of(Process& server) {
    std::smatch match;
    const std::string log = server.errors();
    const std::regex pattern("127\\.0\\.0\\.1:([0-9]+)\",\"tls");
    return std::regex_search(log, match, pattern) ? std::stoi(match[1]) : 0;
}

/// A role with a database, a pooler that knows the role, and directories for programs.
struct Pooled {
    explicit Pooled(const std::string& name, const std::string& mode,
                    const std::string& settings = {})
        : account(name), pooler(mode, account.address(), settings) {}

    std::string address(const std::string& query = {}) const {
        return pooler.address(account.address(query));
    }
    ProcessOptions environment(const std::string& query = {}) const {
        return program_environment(directory.file("data"), address(query));
    }
    ProcessResult cli(std::vector<std::string> words) const {
        words.insert(words.begin(), CLI_PROGRAM);
        return run(words, environment());
    }

    Account account;
    PgBouncer pooler;
    TemporaryDirectory directory;
};

int publish(Process& server, const std::string& value) {
    httplib::Client client("127.0.0.1", port_of(server));
    const auto reply = client.Post(
        "/auth",
        R"({"action":"publish","protocol":"rtmp","ip":"192.0.2.7","path":"live/a","id":"c1",)"
        R"("user":"","query":"","password":")" +
            value + "\"}",
        "application/json");
    return reply ? reply->status : 0;
}

// Makes a key for live/a; returns its value.
std::string make_key(const Pooled& pooled) {
    const auto owner = pooled.cli({"-q", "broadcaster", "add", "Team"});
    CAPTURE(owner.errors);
    REQUIRE(owner.exit_code == 0);
    const auto id = owner.output.substr(0, 36);
    const auto key =
        pooled.cli({"--json", "key", "create", "--broadcaster", id, "--path", "live/a"});
    CAPTURE(key.errors);
    REQUIRE(key.exit_code == 0);
    std::smatch match;
    REQUIRE(std::regex_search(key.output, match, std::regex("sk_[A-Za-z0-9_-]{43}")));
    return match[0];
}

}  // namespace

TEST_SUITE_BEGIN("pgbouncer");

TEST_CASE("a server works behind PgBouncer in each mode without a setting") {
    for (const char* mode : {"transaction", "session"}) {
        for (const char* settings : {"", "ignore_startup_parameters = options\n"}) {
            CAPTURE(mode);
            CAPTURE(settings);
            const Pooled pooled("plain_" + std::string(mode), mode, settings);
            Process server({SERVER_PROGRAM}, pooled.environment());
            REQUIRE(says(server, "\"ready\""));
            CHECK(has(server.errors(), "the database is behind a connection pooler"));
            CHECK(says(server, "changes by other servers are found by polling"));
            const auto value = make_key(pooled);
            CHECK(eventually([&] { return publish(server, value) == 200; }, seconds(10)));
            CHECK_FALSE(has(server.errors(), "\"level\":\"error"));
            CHECK(server.stop() == 0);
        }
    }
}

TEST_CASE("a database is copied into one behind PgBouncer, in each mode, and back") {
    for (const std::string mode : {"transaction", "session"}) {
        CAPTURE(mode);
        const Pooled pooled("copied_" + mode, mode);
        const std::string file = "sqlite:" + pooled.directory.file("source.db");
        const std::string back = "sqlite:" + pooled.directory.file("back.db");
        const auto here = [&](std::vector<std::string> words) {
            words.insert(words.begin(), CLI_PROGRAM);
            auto options = program_environment(pooled.directory.file("data"), file);
            options.environment["POOLED_URL"] = pooled.address();
            return run(words, options);
        };
        REQUIRE(here({"db", "migrate"}).exit_code == 0);
        REQUIRE(here({"broadcaster", "add", "Drone team"}).exit_code == 0);
        const auto there = here({"db", "copy", file, "env:POOLED_URL"});
        CAPTURE(there.errors);
        REQUIRE(there.exit_code == 0);
        const auto listed = pooled.cli({"broadcaster", "list", "--output", "csv"});
        CHECK(has(listed.output, "Drone team"));
        const auto again = here({"db", "copy", "env:POOLED_URL", back});
        CAPTURE(again.errors);
        REQUIRE(again.exit_code == 0);
        const auto examined = pooled.cli({"doctor"});
        CHECK(has(examined.output, "A pooler stands before PostgreSQL"));
    }
}

TEST_CASE("nothing of our sessions remains in those that PgBouncer lends to others") {
    const Pooled pooled("polite", "transaction", "default_pool_size = 1\n");
    REQUIRE(pooled.cli({"db", "migrate"}).exit_code == 0);
    REQUIRE(pooled.cli({"broadcaster", "add", "Team"}).exit_code == 0);
    pqxx::connection other(pooled.address());
    const auto show = [&](const std::string& name) {
        return std::string(pqxx::nontransaction(other).exec("SHOW " + name)[0][0].c_str());
    };
    CHECK(show("search_path") == "\"$user\", public");
    CHECK(show("synchronous_commit") == "on");
    CHECK(show("statement_timeout") == "0");
    CHECK(show("enable_seqscan") == "on");
    CHECK(pqxx::nontransaction(other)
              .exec("SELECT count(*) FROM pg_prepared_statements")[0][0]
              .as<int>() == 0);
}

TEST_CASE("a revocation through one program is in force in the other, by polling or notified") {
    for (const bool notified : {false, true}) {
        CAPTURE(notified);
        const Pooled pooled(notified ? "told" : "polling", "transaction");
        auto options = pooled.environment();
        if (notified) options.environment["DATABASE_LISTEN_URL"] = pooled.account.address();
        Process server({SERVER_PROGRAM}, options);
        REQUIRE(says(server, "\"ready\""));
        const auto value = make_key(pooled);
        REQUIRE(eventually([&] { return publish(server, value) == 200; }, seconds(10)));
        if (notified) {
            CHECK(eventually([] {
                return Cluster::ask(
                           "SELECT count(*) FROM pg_stat_activity WHERE query ILIKE "
                           "'LISTEN%' AND datname = 'told'") == "1";
            }));
            CHECK_FALSE(has(server.errors(), "found by polling"));
        }
        const auto keys = pooled.cli({"-q", "key", "list"});
        REQUIRE(pooled.cli({"key", "revoke", keys.output.substr(0, 36), "--yes"}).exit_code == 0);
        CHECK(eventually([&] { return publish(server, value) == 401; }, seconds(5)));
        CHECK(server.stop() == 0);
    }
}

TEST_CASE("an address for notifications that leads to a pooler is told") {
    const Pooled pooled("twice", "transaction");
    auto options = pooled.environment();
    options.environment["DATABASE_LISTEN_URL"] = pooled.address();
    Process server({SERVER_PROGRAM}, options);
    REQUIRE(says(server, "\"ready\""));
    CHECK(says(server, "DATABASE_LISTEN_URL leads to a connection pooler"));
    CHECK(server.stop() == 0);
}

TEST_CASE("DATABASE_POOLER=no in front of a pooler ends the start and says what to set") {
    for (const char* settings : {"", "ignore_startup_parameters = options\n"}) {
        CAPTURE(settings);
        const Pooled pooled("denied", "transaction", settings);
        auto options = pooled.environment();
        options.environment["DATABASE_POOLER"] = "no";
        const auto server = run({SERVER_PROGRAM}, options);
        CAPTURE(server.errors);
        CHECK(server.exit_code == 1);
        CHECK(has(server.errors, "pooler"));
        CHECK(has(server.errors, "set DATABASE_POOLER=auto or yes"));
    }
}

TEST_CASE("DATABASE_POOLER=yes works without a pooler too") {
    const Account account("no_pooler");
    const TemporaryDirectory directory;
    auto options = program_environment(directory.file("data"), account.address());
    options.environment["DATABASE_POOLER"] = "yes";
    Process server({SERVER_PROGRAM}, options);
    REQUIRE(says(server, "\"ready\""));
    CHECK(Cluster::ask("SELECT count(*) FROM pg_stat_activity WHERE datname = 'no_pooler'") != "0");
    CHECK(server.stop() == 0);
}

TEST_CASE("what PostgreSQL refuses to PgBouncer, and what PgBouncer refuses, ends the start") {
    const Pooled pooled("behind", "transaction");
    const auto refused = [&](const std::string& address) {
        const auto server =
            run({SERVER_PROGRAM}, program_environment(pooled.directory.file("data"), address));
        CHECK(server.exit_code == 1);
        return server.errors;
    };
    const auto as = [&](const std::string& user, const std::string& password,
                        const std::string& database) {
        return pooled.pooler.address(Cluster::address(user, password, database));
    };
    const auto absent = refused(as("behind", "pw", "absent"));
    CAPTURE(absent);
    CHECK(has(absent, "The database in the address does not exist."));
    CHECK(has(absent, "CREATE DATABASE \"absent\" OWNER \"behind\""));
    const auto wrong = refused(as("behind", "other", "behind"));
    CAPTURE(wrong);
    CHECK(has(wrong, "refused the password"));
}

TEST_SUITE_END();
