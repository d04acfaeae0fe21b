// Rows of the audit log that another program has written.
#include <doctest/doctest.h>

#include <string>

#include "storage/sqlite/connection.hpp"
#include "support/temporary_directory.hpp"
#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

struct MalformedAuditCase {
    MalformedAuditCase() {
        for (const char* name : {"first", "second", "third"}) {
            core.broadcaster(name);
            core.clock.advance(std::chrono::seconds(10));
        }
    }

    std::unique_ptr<Storage> open() const {
        auto storage = open_storage("sqlite:" + file).value();
        storage->migrate(std::nullopt, Timestamp{}).value();
        return storage;
    }
    void execute(const std::string& script) const {
        sqlite::Connection connection(file, sqlite::Connection::Durability::kFull,
                                      sqlite::Connection::Deadline::max());
        connection.script(script);
    }
    // Makes the entry about the broadcaster one that cannot be read.
    void spoil(const std::string& name) const {
        execute(
            "UPDATE audit_entries SET outcome = 'none', metadata = 'no JSON' WHERE metadata LIKE "
            "'%" +
            name + "%'");
    }

    TemporaryDirectory directory;
    std::string file = directory.file("live.db");
    TestOrchestrator core{open(), TestOrchestrator::default_settings()};
};

}  // namespace

TEST_CASE_FIXTURE(MalformedAuditCase,
                  "a sealed row that is no valid entry is reported as edited, and the others are "
                  "compared") {
    const auto checkpoint = core->audit_checkpoint().value();
    REQUIRE(core->verify_audit(checkpoint, {}).value().findings.empty());
    spoil("second");
    execute("DELETE FROM audit_entries WHERE metadata LIKE '%third%'");
    const auto result = core->verify_audit(checkpoint, {}).value();
    CHECK(result.entries == 3);
    REQUIRE(result.findings.size() == 2);
    using Kind = AuditFinding::Kind;
    const bool is_edited_first = result.findings[0].kind == Kind::kEdited;
    CHECK(result.findings[is_edited_first ? 0 : 1].kind == Kind::kEdited);
    CHECK(result.findings[is_edited_first ? 1 : 0].kind == Kind::kRemoved);
    for (const auto& finding : result.findings) CHECK(finding.seal == 1);
}

TEST_CASE_FIXTURE(MalformedAuditCase,
                  "a row that is no valid entry does not keep others from being sealed") {
    spoil("second");
    REQUIRE(core->audit_checkpoint());
    core.clock.advance(std::chrono::hours(1));
    core.broadcaster("fourth");
    const auto checkpoint = core->audit_checkpoint();
    REQUIRE(checkpoint);
    const auto result = core->verify_audit(*checkpoint, {}).value();
    CHECK(result.entries == 3);
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].kind == AuditFinding::Kind::kInserted);
}
