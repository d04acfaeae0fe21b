// Revoking, disabling, stopping and deleting take effect on a full disk too, and are written when
// there is room.
#include <doctest/doctest.h>

#include <functional>

#include "full_disk/world.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

/// A disk without room, and an encoder that was live before.
struct Shortage {
    explicit Shortage(DatabaseOutage outage = DatabaseOutage::kDeny)
        : place(make_place()), world(*place, lines, outage), key(world.key("live/drone1")) {
        world.publish(key, "c1");
        place->disk().fill();
        std::vector<BroadcasterId> acknowledged;
        world.create_until_full(acknowledged);
    }
    void end() { place->disk().make_room(); }
    StreamOrchestrator& facade() { return *world.orchestrator; }
    PublishRefusal refusal() { return world.ask(key, "c2").value().refusal.value(); }
    bool is_written(std::string_view action) {
        return eventually([&] {
            return facade().health().unwritten == 0 &&
                   world.is_recorded(std::string(action), key.key.id.to_string());
        });
    }

    std::unique_ptr<Place> place;
    Lines lines;
    World world;
    CreatedStreamKey key;
};

// The answer says that nothing is stored, and what takes effect nevertheless.
void check_answer(const Error& error) {
    CHECK(error.code == ErrorCode::kStorageFull);
    CHECK(error.message.find("not written yet") != std::string::npos);
    // A poll may already have removed the connection.
    const bool tells = error.message.find("Its connection is removed.") != std::string::npos ||
                       error.message.find("It has no connection.") != std::string::npos;
    CHECK_MESSAGE(tells, error.message);
}

}  // namespace

TEST_CASE(
    "a key that is revoked on a full disk is refused at once, and the revocation is written") {
    Shortage shortage;
    check_answer(
        shortage.facade().revoke_stream_key(shortage.key.key.id, shortage.world.caller).error());
    CHECK_FALSE(shortage.world.delivers(shortage.key));
    CHECK(shortage.refusal() == PublishRefusal::kRevoked);
    CHECK(shortage.facade().health().unwritten == 1);
    // An encoder that MediaMTX accepts nevertheless is removed again.
    shortage.world.media->publish(ConnectionKind::kRtmp, {"c3"}, "live/drone1");
    CHECK(eventually([&] { return !shortage.world.delivers(shortage.key); }));

    shortage.end();
    CHECK(shortage.is_written("delete"));
    const auto key = shortage.facade().find_stream_key(shortage.key.key.id).value();
    CHECK(key.revoked_at.has_value());
    CHECK(shortage.refusal() == PublishRefusal::kRevoked);
    CHECK(eventually([&] { return !shortage.world.live(shortage.key); }));
}

TEST_CASE("a key that is disabled on a full disk is refused at once, until it is enabled") {
    Shortage shortage;
    check_answer(
        shortage.facade().disable_stream_key(shortage.key.key.id, shortage.world.caller).error());
    CHECK_FALSE(shortage.world.delivers(shortage.key));
    CHECK(shortage.refusal() == PublishRefusal::kDisabled);
    SUBCASE("the change is written when there is room") {
        shortage.end();
        CHECK(shortage.is_written("disable"));
        CHECK(shortage.facade().find_stream_key(shortage.key.key.id)->disabled);
    }
    SUBCASE("enabling the key cancels the disabling, which was never written") {
        CHECK(shortage.facade()
                  .enable_stream_key(shortage.key.key.id, shortage.world.caller)
                  .has_value());
        CHECK(shortage.facade().health().unwritten == 0);
        shortage.end();
        CHECK(eventually([&] { return !shortage.facade().health().storage_full; }));
        CHECK_FALSE(shortage.facade().find_stream_key(shortage.key.key.id)->disabled);
    }
}

TEST_CASE("a stream that is stopped on a full disk is removed at once, and ends as stopped") {
    Shortage shortage;
    const auto stream = shortage.world.live(shortage.key).value();
    check_answer(shortage.facade()
                     .stop_stream(stream, std::chrono::seconds(60), shortage.world.caller)
                     .error());
    CHECK_FALSE(shortage.world.delivers(shortage.key));
    CHECK(shortage.refusal() == PublishRefusal::kBlocked);
    shortage.end();
    CHECK(eventually(
        [&] { return shortage.facade().find_stream(stream)->end_reason == EndReason::kStopped; }));
    CHECK(shortage.refusal() == PublishRefusal::kBlocked);
}

TEST_CASE("a broadcaster deleted with force on a full disk is refused at once, and removed later") {
    Shortage shortage;
    const auto id = shortage.key.key.broadcaster_id;
    check_answer(shortage.facade().delete_broadcaster(id, true, shortage.world.caller).error());
    CHECK_FALSE(shortage.world.delivers(shortage.key));
    CHECK(shortage.refusal() == PublishRefusal::kRevoked);
    shortage.end();
    CHECK(eventually([&] {
        const auto found = shortage.facade().find_broadcaster(id);
        return !found && found.error().code == ErrorCode::kNotFound;
    }));
}

TEST_CASE("a broadcaster that is disabled on a full disk is refused at once, and is written") {
    Shortage shortage;
    const auto id = shortage.key.key.broadcaster_id;
    check_answer(shortage.facade().disable_broadcaster(id, shortage.world.caller).error());
    CHECK_FALSE(shortage.world.delivers(shortage.key));
    CHECK(shortage.refusal() == PublishRefusal::kDisabled);
    shortage.end();
    CHECK(eventually([&] { return shortage.facade().find_broadcaster(id)->disabled; }));
    CHECK(shortage.refusal() == PublishRefusal::kDisabled);
}

TEST_CASE("on a full disk the setting for outages decides about publishers") {
    SUBCASE("by default publishers are refused") {
        Shortage shortage;
        shortage.world.media->disconnect({"c1"});
        const auto asked = shortage.world.ask(shortage.key, "c2");
        // A claim may fit into a page that exists already.
        CHECK((asked.has_value() || asked.error().code == ErrorCode::kStorageFull));
    }
    SUBCASE("with grace publishers are accepted, and their claims are written when there is room") {
        Shortage shortage(DatabaseOutage::kGrace);
        shortage.world.media->disconnect({"c1"});
        // The key is free as soon as its publisher is gone, although that cannot be written.
        CHECK(eventually([&] {
            const auto asked = shortage.world.ask(shortage.key, "c2");
            return asked && asked->accepted();
        }));
        shortage.world.media->publish(ConnectionKind::kRtmp, {"c2"}, "live/drone1");
        shortage.end();
        CHECK(eventually(
            [&] {
                const auto stream = shortage.world.live(shortage.key);
                return stream &&
                       shortage.facade().find_stream(*stream)->source_id == ConnectionId{"c2"};
            },
            std::chrono::seconds(20)));
    }
}
