#include <doctest/doctest.h>

#include "rescuestream/storage.hpp"
#include "support/temporary_directory.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace {

/// A migrated database that the command can copy.
class CopyCase {
public:
    CopyCase() { open_storage(from).value()->migrate(std::nullopt, Timestamp{}).value(); }

    const testing::TemporaryDirectory directory;
    const std::string from = "sqlite:" + directory.file("from.db");
    const std::string to = "sqlite:" + directory.file("to.db");
    TestCli cli;
};

}  // namespace

TEST_CASE_FIXTURE(CopyCase, "a database can be copied with one command that lists the tables") {
    const auto copied = cli.run({"db", "copy", from, to});
    CHECK(copied.code == 0);
    CHECK(contains(copied.out, "stream_keys"));
    CHECK(contains(copied.out, "rows copied to " + to));
    CHECK(copied.err.empty());
    CHECK(open_storage(to).value()->ping().has_value());
    const auto json = cli.run({"db", "copy", from, "sqlite:" + directory.file("2.db"), "--json"});
    CHECK(contains(json.out, "{\"name\":\"broadcasters\",\"rows\":0,\"digest\":\""));
}

TEST_CASE_FIXTURE(CopyCase, "on a terminal the progress is one line that is removed at the end") {
    cli.terminal = true;
    {
        auto storage = open_storage(from).value();
        Broadcaster broadcaster;
        broadcaster.display_name = "Team";
        REQUIRE(storage->create_broadcaster(broadcaster, AuditEntry{}).has_value());
    }
    const auto copied = cli.run({"db", "copy", from, to});
    CHECK(copied.code == 0);
    CHECK(contains(copied.err, "\r\x1b[KCopying broadcasters: 1 of 1"));
    CHECK(contains(copied.err, "\r\x1b[KVerifying broadcasters: 1 of 1"));
    CHECK(copied.err.ends_with("\r\x1b[K"));
}

TEST_CASE_FIXTURE(CopyCase, "an address may be in a variable, and may have no password otherwise") {
    cli.environment["NEW_DATABASE"] = to;
    CHECK(cli.run({"db", "copy", from, "env:NEW_DATABASE"}).code == 0);
    const auto unset = cli.run({"db", "copy", from, "env:OTHER"});
    CHECK(unset.code == 2);
    CHECK(contains(unset.err, "TO: the variable OTHER is not set"));
    const auto refused =
        cli.run({"db", "copy", from, "postgresql://rs:hunter2hunter2@127.0.0.1:1/rescue"});
    CHECK(refused.code == 2);
    CHECK(contains(refused.err, "TO: the address contains a password"));
    CHECK_FALSE(contains(refused.err, "hunter2"));
}

TEST_CASE_FIXTURE(CopyCase, "the error names the database that cannot be copied") {
    const auto missing = directory.file("missing.db");
    const auto none = cli.run({"db", "copy", "sqlite:" + missing, to});
    CHECK(none.code == 3);
    CHECK(contains(none.err, missing));
    CHECK(cli.run({"db", "copy", from, "memory:"}).code == 8);
    CHECK(cli.run({"db", "copy", "memory:", to}).code == 8);
    CHECK(cli.run({"db", "copy", from, from}).code == 2);
    CHECK(cli.run({"db", "copy", "mysql://x", to}).code == 2);
    CHECK(cli.run({"db", "copy", from, "postgresql://rs@127.0.0.1:1/rescue"}).code == 6);
}
