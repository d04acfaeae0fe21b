// Rows of the audit log that another program has written.
#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <vector>

#include "storage/sqlite/connection.hpp"
#include "support/temporary_directory.hpp"
#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

class LinesAboutAuditRows final : public Logger {
public:
    void log(LogLevel level, std::string_view message,
             std::initializer_list<LogField> /*fields*/) noexcept override {
        const bool is_one = message.starts_with("a row of the database cannot be read");
        if (is_one && level == LogLevel::kWarning) ++count;
    }

    std::atomic<int> count{0};
};

struct MalformedAuditCase {
    MalformedAuditCase() {
        for (const char* name : {"first", "second", "third"}) {
            core.broadcaster(name);
            core.clock.advance(std::chrono::seconds(10));
        }
    }

    std::unique_ptr<Storage> open() {
        StorageOptions options;
        options.logger = &lines;
        auto storage = open_storage("sqlite:" + file, options).value();
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

    LinesAboutAuditRows lines;
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

TEST_CASE_FIXTURE(MalformedAuditCase,
                  "any number of rows that are no valid entries does not keep others from being "
                  "sealed") {
    // Before the times of the others, so that a search meets them first.
    execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) "
        "INSERT INTO audit_entries (id, occurred_at, actor, action, request_method, request_path, "
        "ip_address, outcome, metadata) SELECT randomblob(16), (SELECT min(occurred_at) FROM "
        "audit_entries) - 1000, 'x', 'x', 'x', 'x', 'x', 'none', 'no JSON' FROM n");
    const auto checkpoint = core->audit_checkpoint();
    REQUIRE(checkpoint);
    const auto result = core->verify_audit(*checkpoint, {}).value();
    CHECK(result.entries == 3);
    CHECK(result.unsealed == 2'500);
    core.clock.advance(std::chrono::hours(1));
    core.broadcaster("fourth");
    const auto later = core->audit_checkpoint().value();
    const auto found = core->verify_audit(later, {}).value();
    CHECK(found.entries == 4);
    CHECK(found.findings.size() + found.more_findings == 2'500);
}

TEST_CASE_FIXTURE(MalformedAuditCase,
                  "a row whose time or id cannot be read is a finding, and ends no verification") {
    const char* const insert =
        "INSERT INTO audit_entries (id, occurred_at, actor, action, request_method, request_path, "
        "ip_address, outcome, metadata) VALUES (";
    const char* const rest = ", 'x', 'x', 'x', 'x', 'x', 'success', '{}')";
    const auto checkpoint = core->audit_checkpoint().value();
    using Kind = AuditFinding::Kind;
    SUBCASE("long before any calendar") {
        execute(std::string(insert) + "randomblob(16), -9223372036854775808" + rest);
    }
    SUBCASE("long after any calendar") {
        execute(std::string(insert) + "randomblob(16), 9223372036854775807" + rest);
    }
    SUBCASE("an id of five bytes") {
        execute(std::string(insert) +
                "randomblob(5), (SELECT max(occurred_at) FROM audit_entries)" + rest);
    }
    core.broadcaster("fourth");
    const auto later = core->audit_checkpoint().value();
    CHECK(later.number == checkpoint.number + 1);
    const auto result = core->verify_audit(later, {}).value();
    CHECK(result.entries == 4);
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].kind == Kind::kInserted);
}

TEST_CASE_FIXTURE(MalformedAuditCase,
                  "a sealed entry whose time is made unreadable is reported once, as edited") {
    const auto checkpoint = core->audit_checkpoint().value();
    const std::string text =
        "UPDATE audit_entries SET occurred_at = 9223372036854775807 WHERE metadata LIKE "
        "'%second%'";
    execute(text);
    const auto result = core->verify_audit(checkpoint, {}).value();
    CHECK(result.entries == 3);
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].kind == AuditFinding::Kind::kEdited);
    CHECK(result.findings[0].seal == 1);
}

TEST_CASE_FIXTURE(MalformedAuditCase,
                  "a row that is no valid entry is left out of lists and exports, and the log says "
                  "so once") {
    spoil("second");
    AuditFilter filter;
    filter.action = "create";
    for (int i = 0; i < 2; ++i) CHECK(core->list_audit(filter).value().entries.size() == 2);
    std::vector<AuditEntry> exported;
    PageRequest page{1, {}};
    int pages = 0;
    do {
        const auto part = core->export_audit(filter, page).value();
        exported.insert(exported.end(), part.items.begin(), part.items.end());
        page.after = part.next;
        ++pages;
    } while (page.after);
    CHECK(pages == 3);
    REQUIRE(exported.size() == 2);
    CHECK(exported[0].timestamp > exported[1].timestamp);
    CHECK(core->export_audit(filter, {}).value().items.size() == 2);
    CHECK(lines.count == 1);
}
