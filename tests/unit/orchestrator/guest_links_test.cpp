// Guest links: what a guest gets while the link changes.
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "rescuestream/forwarding_storage.hpp"
#include "support/test_orchestrator.hpp"

namespace orchestrator_guest_links_test {

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::hours;

namespace {

/// Does something before the audit entry of a playback token is written.
class InterruptedStorage : public ForwardingStorage {
public:
    using ForwardingStorage::ForwardingStorage;

    Result<void> append_audit(const AuditDraft& entry) override {
        if (entry.without_names().resource_type == "playback_token") {
            if (const auto act = std::exchange(interruption, {})) act();
        }
        return ForwardingStorage::append_audit(entry);
    }

    std::function<void()> interruption;
};

struct LinkCase {
    LinkCase()
        : LinkCase(std::make_unique<InterruptedStorage>(
              std::shared_ptr<Storage>(TestOrchestrator::open_memory()))) {}
    explicit LinkCase(std::unique_ptr<InterruptedStorage> interrupted)
        : storage(*interrupted), t(std::move(interrupted), signed_settings()) {
        const auto key = t.key("live/a");
        REQUIRE(t.publish(key, "encoder"));
        NewGuestLink input;
        input.targets.stream_key_ids = {key.key.id};
        input.expires_at = t.clock.now() + hours(5);
        const auto made = t->create_guest_link(input, t.caller).value();
        const std::string address = made.address.reveal();
        row = t->find_open_guest_link(Secret(address.substr(address.rfind('/') + 1))).value();
    }

    static OrchestratorSettings signed_settings() {
        auto settings = TestOrchestrator::default_settings();
        settings.control_secret = Secret("installation");
        settings.playback_policy = PlaybackPolicy::kSigned;
        return settings;
    }

    InterruptedStorage& storage;
    TestOrchestrator t;
    GuestLinkRow row;
};

}  // namespace

TEST_CASE_FIXTURE(LinkCase,
                  "who opens the page while its link is closed or changed gets no token") {
    SUBCASE("closed") {
        storage.interruption = [&] { t->close_guest_link(row.link.id, t.caller).value(); };
    }
    SUBCASE("another PIN") {
        storage.interruption = [&] {
            GuestLinkPatch patch;
            patch.pin = Secret("204816");
            t->update_guest_link(row.link.id, patch, t.caller).value();
        };
    }
    const auto streams = t->guest_streams(row, t.caller);
    REQUIRE_FALSE(streams);
    CHECK(streams.error().code == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(LinkCase, "who opens the page of a link that stays as it is gets a token") {
    storage.interruption = [] {};
    const auto streams = t->guest_streams(row, t.caller).value();
    REQUIRE(streams.size() == 1);
    CHECK(streams[0].is_live);
    CHECK(streams[0].addresses.page.find("jwt=") != std::string::npos);
}

}  // namespace orchestrator_guest_links_test
