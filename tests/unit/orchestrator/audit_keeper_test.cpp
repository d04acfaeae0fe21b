#include "orchestrator/audit_keeper.hpp"

#include <doctest/doctest.h>

#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::hours;

TEST_CASE("a checkpoint seals all entries, and what follows it is verified as unsealed") {
    TestOrchestrator core;
    CHECK(core->audit_checkpoint().error().code == ErrorCode::kNotFound);
    core.broadcaster();
    const auto checkpoint = core->audit_checkpoint().value();
    CHECK(checkpoint.number == 1);
    core.broadcaster("Rescue 2");
    const auto result = core->verify_audit(checkpoint, {}).value();
    CHECK(result.findings.empty());
    CHECK(result.entries == 1);
    CHECK(result.unsealed == 1);
    CHECK(core->audit_checkpoint().value().number == 2);
    CHECK(core->audit_checkpoint().value().number == 2);  // nothing more to seal
    std::uint64_t seen = 0;
    CHECK(core->verify_audit(checkpoint, [&](std::uint64_t entries) { seen = entries; })
              .value()
              .findings.empty());
    CHECK(seen == 2);
}

TEST_CASE("more entries than one seal holds are sealed by several") {
    TestOrchestrator core;
    for (int i = 0; i < 1'500; ++i) core.broadcaster();
    CHECK(core->audit_checkpoint().value().number == 2);
    const auto result = core->verify_audit({}, {}).value();
    CHECK(result.findings.empty());
    CHECK(result.entries == 1'500);
}
