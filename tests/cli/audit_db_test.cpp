#include <doctest/doctest.h>

#include <fstream>

#include "support/temporary_directory.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

TEST_CASE("the audit record tells who changed what from the command line") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    cli.core.clock.advance(std::chrono::minutes(1));
    cli.id({"broadcaster", "edit", "Team", "--name", "Crew"});
    const auto lines = lines_of(cli.run({"audit", "list"}).out);
    REQUIRE(lines.size() == 3);
    CHECK(contains(lines[0], "TIME"));
    CHECK(contains(lines[1], "cli:ada  update  broadcaster Crew  success"));
    CHECK(contains(lines[2], "2026-01-17 10:00:00 UTC  "));
    CHECK(contains(cli.run({"audit", "list", "--wide"}).out, "  127.0.0.1  success  server"));
    CHECK(contains(lines[2], "cli:ada  create  broadcaster Team  "));
    const auto entry = cli.core->list_audit({}).value().entries.at(0);
    CHECK(entry.request_method == "CLI");
    CHECK(entry.request_path == "rescuestream-cli broadcaster edit");
}

TEST_CASE("the audit record names every resource, and tells what was called where there is none") {
    TestCli cli;
    cli.id({"credential", "add", "Map", "--scope", "streams:read"});
    cli.id({"incident", "open", "Lake"});
    cli.id({"node", "add", "north", "--api-url", "http://192.0.2.1:9997", "--webrtc",
            "http://192.0.2.1:8889"});
    NewAuditEvent event;
    event.event_type = "login";
    Caller caller;
    caller.actor = "frontend-app";
    caller.request_method = "POST";
    caller.request_path = "/audit-events";
    REQUIRE(cli.core->record_audit_event(event, caller));
    event.event_type = "refuse";
    event.resource_type = "api_call";
    event.request_method = "GET";
    event.request_path = "/nodes";
    REQUIRE(cli.core->record_audit_event(event, caller));
    const auto table = cli.run({"audit", "list"}).out;
    CHECK(contains(table, "credential Map  "));
    CHECK(contains(table, "incident Lake  "));
    CHECK(contains(table, "node north  "));
    CHECK(contains(table, "login   POST /audit-events  "));
    CHECK(contains(table, "refuse  GET /nodes  "));
    const auto wide = cli.run({"audit", "list", "--wide"}).out;
    CHECK(contains(wide, "CLI rescuestream-cli credential add"));
    CHECK(contains(cli.run({"audit", "list", "--output", "csv"}).out, ",route,"));
}

TEST_CASE("entries about a resource are found by its name") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    const auto crew = cli.id({"broadcaster", "add", "Crew"});
    const auto found =
        cli.run({"audit", "list", "--resource-type", "broadcaster", "--resource-id", "Crew"});
    CHECK(lines_of(found.out).size() == 2);
    CHECK(contains(found.out, "broadcaster Crew"));
    CHECK(cli.run({"audit", "list", "--resource-type", "broadcaster", "--resource-id", "Other"})
              .code == 3);
    const auto bare = cli.run({"audit", "list", "--resource-id", "Crew"});
    CHECK(bare.code == 2);
    CHECK(contains(bare.err, "--resource-type"));
}

TEST_CASE("the audit record can be filtered and paged") {
    TestCli cli;
    for (const char* name : {"a", "b", "c"}) {
        cli.id({"broadcaster", "add", name});
        cli.core.clock.advance(std::chrono::hours(1));
    }
    CHECK(lines_of(cli.run({"audit", "list", "-q"}).out).size() == 3);
    CHECK(lines_of(cli.run({"audit", "list", "-q", "--from", "90m"}).out).size() == 1);
    CHECK(lines_of(cli.run({"audit", "list", "-q", "--to", "90m"}).out).size() == 2);
    CHECK(lines_of(cli.run({"audit", "list", "-q", "--from", "2026-01-17T11:00:00Z"}).out).size() ==
          2);
    CHECK(cli.run({"audit", "list", "-q", "--action", "delete"}).out.empty());
    CHECK(lines_of(cli.run({"audit", "list", "-q", "--actor", "ADA"}).out).size() == 3);
    const auto page = cli.run({"audit", "list", "--limit", "2"});
    CHECK(lines_of(page.out).size() == 3);
    CHECK(contains(page.err, "2 of 3: continue with --offset 2"));
    const auto json = cli.run({"audit", "list", "--json", "--limit", "1", "--offset", "2"});
    CHECK(contains(json.out, "{\"audit_logs\":[{\"id\":"));
    CHECK(
        contains(json.out,
                 "\"pagination\":{\"limit\":1,\"offset\":2,\"total\":3,\"total_is_exact\":true}}"));
    CHECK(cli.run({"audit", "list", "--limit", "101"}).code == 2);
    CHECK(cli.run({"audit", "list", "--limit", "0"}).code == 2);
    CHECK(cli.run({"audit", "list", "--offset", "-1"}).code == 2);
    const auto wrong = cli.run({"audit", "list", "--from", "yesterday"});
    CHECK(wrong.code == 2);
    CHECK(contains(wrong.err, "--from"));
    CHECK(cli.run({"audit", "list", "--resource-id", "x"}).code == 2);
}

TEST_CASE("the schema commands use the database directly, whatever state the schema is in") {
    TestCli cli;
    const auto status = cli.run({"db", "status"});
    CHECK(status.code == 0);
    CHECK(contains(status.out, "up to date"));
    REQUIRE(cli.opened);
    CHECK_FALSE(cli.opened->direct->check_schema);
    CHECK(cli.run({"db", "migrate"}).code == 0);
    cli.run({"broadcaster", "list"});
    CHECK(cli.opened->direct->check_schema);

    const auto remote = cli.run({"db", "status", "--server", "http://127.0.0.1:1"});
    CHECK(remote.code == 2);
    CHECK(contains(remote.err, "DATABASE_URL"));
    CHECK(cli.run({"db", "migrate", "--to", "-1"}).code == 2);
}

TEST_CASE("a database can be backed up and restored with one command each") {
    const testing::TemporaryDirectory directory;
    TestCli cli;
    const std::string database = directory.file("live.db");
    const std::string copy = directory.file("copy.db");
    cli.environment["DATABASE_URL"] = "sqlite:" + database;
    const auto none = cli.run({"db", "backup", copy});
    CHECK(none.code == 3);
    CHECK(contains(none.err, database));
    open_storage("sqlite:" + database).value()->migrate(std::nullopt, Timestamp{}).value();

    const auto made = cli.run({"db", "backup", copy});
    CHECK(made.code == 0);
    CHECK(contains(made.out, "Copied to " + copy));
    const auto kept = cli.run({"db", "backup", copy});
    CHECK(kept.code == 4);
    CHECK(contains(kept.err, "--force replaces it"));
    CHECK(cli.run({"db", "backup", copy, "--force"}).code == 2);
    CHECK(cli.run({"db", "backup", copy, "--force", "--yes"}).code == 0);
    CHECK(contains(cli.run({"db", "backup", directory.file("2.db"), "--json"}).out, "\"schema\":"));

    cli.terminal = true;
    cli.answer = "n\n";
    CHECK(cli.run({"db", "restore", copy}).code == 9);
    cli.answer = "y\n";
    const auto restored = cli.run({"db", "restore", copy});
    CHECK(restored.code == 0);
    CHECK(contains(restored.out, "Restored from " + copy));
    CHECK(contains(restored.out, database + ".before-restore-"));
    CHECK(contains(restored.out, "Sessions of browsers have ended"));
    CHECK(contains(restored.out, "Nothing that was revoked, closed or limited after the copy"));
    cli.environment["DATABASE_URL"] = "sqlite:" + directory.file("new.db");
    const auto elsewhere = cli.run({"db", "restore", copy, "--yes"});
    CHECK(contains(elsewhere.out, "revoke them again"));
    CHECK(contains(cli.run({"db", "restore", copy, "--yes", "--json"}).out,
                   R"("rights":{"credentials":[],"stream_keys":[],"guest_links":0,)"));
    CHECK(cli.run({"db", "backup", copy, "--server", "http://127.0.0.1:1"}).code == 2);
}

TEST_CASE("for PostgreSQL the backup command has the parameters of the address") {
    TestCli cli;
    cli.environment["DATABASE_URL"] = "postgresql://rs@/rescue?host=%2Frun%2Fa%20b&sslmode=require";
    const auto backup = cli.run({"db", "backup", "x.dump"});
    CHECK(contains(backup.out, "dbname=rescue"));
    CHECK(contains(backup.out, "sslmode=require"));
    CHECK(contains(backup.out, R"(host='\''/run/a b'\'')"));
    CHECK_FALSE(contains(backup.err, "PGPASSWORD"));
    cli.environment["DATABASE_URL"] = "memory:";
    CHECK(cli.run({"db", "backup", "x.dump"}).code == 8);
}

TEST_CASE("for PostgreSQL the backup command is printed without the password") {
    TestCli cli;
    cli.environment["DATABASE_URL"] = "postgresql://rs:hunter2hunter2@db.example.org:5433/rescue";
    const auto backup = cli.run({"db", "backup", "it's.dump"});
    CHECK(backup.code == 8);
    CHECK(backup.out ==
          "pg_dump --format=custom --schema=rescuestream "
          "--exclude-table-data=rescuestream.credential_sessions --file='it'\\''s.dump' "
          "--dbname='user=rs dbname=rescue host=db.example.org port=5433'\n");
    CHECK(contains(backup.err, "PGPASSWORD"));
    CHECK(contains(backup.err, "PGPASSFILE"));
    CHECK_FALSE(contains(backup.out + backup.err, "hunter2"));
    const auto restore = cli.run({"db", "restore", "x.dump", "--yes"});
    CHECK(restore.code == 8);
    CHECK(contains(restore.out, "pg_restore "));
    CHECK_FALSE(contains(restore.out + restore.err, "hunter2"));
}

TEST_CASE("the audit log is exported as NDJSON and as CSV, by any filter") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team, \"A\""});
    cli.core.clock.advance(std::chrono::hours(1));
    cli.id({"broadcaster", "add", "=Formula"});
    const auto lines = lines_of(cli.run({"audit", "export"}).out);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].starts_with("{\"id\":\""));
    CHECK(contains(lines[0], "=Formula"));
    const auto csv =
        cli.run({"audit", "export", "--format", "csv", "--to", "2026-01-17T10:30:00Z"}).out;
    CHECK(csv.starts_with("id,timestamp,actor,action,"));
    CHECK(contains(csv, "2026-01-17T10:00:00.000000Z,cli:ada,create,broadcaster,"));
    CHECK(lines_of(csv).size() == 2);
    CHECK(cli.run({"audit", "export", "--format", "xml"}).code == 2);
    CHECK(cli.run({"audit", "export", "--action", "nothing"}).out.empty());
}

TEST_CASE("the audit log is verified with and without a checkpoint") {
    auto settings = testing::TestOrchestrator::default_settings();
    settings.control_secret = Secret("installation");
    TestCli cli(settings);
    const testing::TemporaryDirectory directory;
    const std::string file = directory.file("checkpoint.json");
    CHECK(cli.run({"audit", "checkpoint"}).code == 3);  // there are no entries
    cli.id({"broadcaster", "add", "Team"});
    const auto checkpoint = cli.run({"audit", "checkpoint"});
    REQUIRE(checkpoint.code == 0);
    CHECK(contains(checkpoint.out, "{\"number\":1,\"digest\":\""));
    std::ofstream(file) << checkpoint.out;
    cli.id({"broadcaster", "add", "Crew"});
    const auto intact = cli.run({"audit", "verify", "--checkpoint", file});
    CHECK(intact.code == 0);
    CHECK(contains(intact.out, "1 entries in 1 seals compared, 1 too new"));
    CHECK(contains(intact.out, "The audit log is as it was sealed."));
    CHECK(contains(cli.run({"audit", "verify", "--json"}).out, "{\"intact\":true,"));

    std::ofstream(file) << R"({"number":1,"digest":")" << std::string(64, '0') << R"("})";
    const auto changed = cli.run({"audit", "verify", "--checkpoint", file});
    CHECK(changed.code == 4);
    CHECK(contains(changed.out, "does not contain the seal of the checkpoint"));
    std::ofstream(file) << "no checkpoint";
    CHECK(cli.run({"audit", "verify", "--checkpoint", file}).code == 2);
    CHECK(cli.run({"audit", "verify", "--checkpoint", directory.file("none")}).code == 2);
}

TEST_CASE("an audit log whose seals cannot be verified is not called intact") {
    TestCli cli;
    CHECK(cli.run({"audit", "verify"}).code == 0);  // there is no seal yet
    cli.id({"broadcaster", "add", "Team"});
    REQUIRE(cli.run({"audit", "checkpoint"}).code == 0);
    // A copy of the database has no secret beside it.
    cli.environment["DATA_DIR"] = "/restored";
    const auto restored = cli.run({"audit", "verify"});
    CHECK(restored.code == 8);
    CHECK(contains(restored.out, "signatures were not checked"));
    CHECK(contains(restored.out, "the seals are not verified"));
    CHECK_FALSE(contains(restored.out, "as it was sealed"));
    CHECK(contains(restored.out, "to /restored/api-secret; or set API_SECRET"));
    CHECK(cli.run({"audit", "verify", "--json"}).code == 8);
}
