#include "orchestrator/audit_keeper.hpp"

#include <doctest/doctest.h>

#include "rescuestream/forwarding_storage.hpp"
#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::hours;

namespace {

/// Says that nothing is sealed, as after a deletion of all seals.
class ForgetfulStorage final : public ForwardingStorage {
public:
    ForgetfulStorage(std::shared_ptr<Storage> real, const bool& has_lost_seals)
        : ForwardingStorage(std::move(real)), has_lost_seals_(has_lost_seals) {}

    Result<AuditTail> audit_tail(std::chrono::microseconds overlap, Timestamp until,
                                 std::size_t limit) override {
        auto tail = ForwardingStorage::audit_tail(overlap, until, limit);
        if (tail && has_lost_seals_) tail->newest.reset();
        return tail;
    }

private:
    const bool& has_lost_seals_;
};

}  // namespace

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

TEST_CASE(
    "an entry whose time has not come is reported, and does not keep others from being sealed") {
    auto memory = TestOrchestrator::open_memory();
    Storage& storage = *memory;
    TestOrchestrator core(std::move(memory), TestOrchestrator::default_settings());
    core.broadcaster();
    AuditEntry forged = core->list_audit({}).value().entries.at(0);
    forged.id = AuditEntryId::parse("0197c2a0-6d4e-7c33-9d1e-2f4b8a6c0d11").value();
    forged.timestamp = core.clock.now() + hours(1'000);
    REQUIRE(storage.append_audit(forged));
    CHECK(core->audit_checkpoint().value().number == 1);
    for (int i = 0; i < 3; ++i) {
        core.clock.advance(hours(1));
        core.broadcaster("Rescue " + std::to_string(i));
        core->audit_checkpoint().value();
    }
    const auto result = core->verify_audit({}, {}).value();
    CHECK(result.entries == 4);
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].kind == AuditFinding::Kind::kInserted);
    CHECK(result.findings[0].entry == forged.id);
}

TEST_CASE("seals that disappear while the program runs are not replaced by new ones") {
    bool has_lost_seals = false;
    const std::shared_ptr<Storage> storage = TestOrchestrator::open_memory();
    TestOrchestrator core(std::make_unique<ForgetfulStorage>(storage, has_lost_seals),
                          TestOrchestrator::default_settings());
    core.broadcaster();
    CHECK(core->audit_checkpoint().value().number == 1);
    has_lost_seals = true;
    const auto lost = core->audit_checkpoint();
    REQUIRE_FALSE(lost);
    CHECK(lost.error().message.starts_with("The newest seals of the audit log were removed"));
    CHECK(storage->audit_seals(0, 10).value().size() == 1);
    has_lost_seals = false;
    CHECK(core->audit_checkpoint().value().number == 1);
}

TEST_CASE("more entries than one seal holds are sealed by several") {
    TestOrchestrator core;
    for (int i = 0; i < 1'500; ++i) core.broadcaster();
    CHECK(core->audit_checkpoint().value().number == 2);
    const auto result = core->verify_audit({}, {}).value();
    CHECK(result.findings.empty());
    CHECK(result.entries == 1'500);
}

TEST_CASE("a program that stops has sealed all entries, also those of the last moment") {
    const std::shared_ptr<Storage> storage = TestOrchestrator::open_memory();
    TestOrchestrator core(std::make_unique<ForwardingStorage>(storage),
                          TestOrchestrator::default_settings());
    core->start();
    for (int i = 0; i < 1'500; ++i) core.broadcaster();
    core->stop();
    std::size_t sealed = 0;
    for (const auto& seal : storage->audit_seals(0, 100).value()) sealed += seal.entries.size();
    CHECK(sealed == 1'500);
}

TEST_CASE("a program that was not started seals nothing when it ends") {
    const std::shared_ptr<Storage> storage = TestOrchestrator::open_memory();
    {
        TestOrchestrator core(std::make_unique<ForwardingStorage>(storage),
                              TestOrchestrator::default_settings());
        core.broadcaster();
    }
    CHECK(storage->audit_seals(0, 100).value().empty());
}
