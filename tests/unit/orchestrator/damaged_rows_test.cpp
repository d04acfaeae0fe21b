// What an orchestrator does beside a row that another program has written badly.
#include <doctest/doctest.h>

#include <string>

#include "storage/sqlite/connection.hpp"
#include "support/temporary_directory.hpp"
#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

struct DamagedRowsOfPolls {
    std::unique_ptr<Storage> open() const {
        auto storage = open_storage("sqlite:" + file).value();
        storage->migrate(std::nullopt, Timestamp{}).value();
        return storage;
    }
    void execute(const std::string& script) const {
        sqlite::Connection connection(file, sqlite::Connection::Durability::kFull,
                                      sqlite::Connection::Deadline::max());
        connection.script("PRAGMA foreign_keys = OFF; " + script);
    }
    void poll_thrice() {
        for (int i = 0; i < 3; ++i) {
            core.clock.advance(std::chrono::seconds(1));
            core->tick();
        }
    }
    bool is_live(const std::string& path) {
        for (const auto& stream : core.live()) {
            if (stream.path == path) return true;
        }
        return false;
    }

    TemporaryDirectory directory;
    std::string file = directory.file("live.db");
    TestOrchestrator core{open(), TestOrchestrator::default_settings()};
};

struct BadValue {
    const char* change;
    bool ends_its_stream;
};

}  // namespace

TEST_CASE("publishers who were not accepted are removed beside a row that cannot be read") {
    const BadValue values[] = {
        {"UPDATE streams SET state = 'x' WHERE path = 'live/bad'", false},
        {"UPDATE streams SET observed_by = 'x' WHERE path = 'live/bad'", false},
        {"UPDATE streams SET metadata = 'x' WHERE path = 'live/bad'", false},
        {"UPDATE streams SET id = x'00' WHERE path = 'live/bad'", false},
        {"UPDATE stream_keys SET on_duplicate = 'x' WHERE playback_path = 'live/bad'", true},
        {"UPDATE stream_keys SET policies = 'x' WHERE playback_path = 'live/bad'", true},
    };
    for (const auto& value : values) {
        CAPTURE(value.change);
        DamagedRowsOfPolls t;
        const auto bad = t.core.key("live/bad");
        const auto good = t.core.key("live/good");
        REQUIRE(t.core.publish(bad, "c-bad"));
        REQUIRE(t.core.publish(good, "c-good"));
        t.core->tick();
        t.execute(value.change);
        t.core.media->publish(ConnectionKind::kRtmp, {"intruder"}, "live/other");
        t.poll_thrice();
        CHECK_FALSE(t.core.media->find_path("live/other").has_value());
        CHECK(t.core.media->find_path("live/good").has_value());
        CHECK(t.is_live("live/good"));
        CHECK(t.core.media->find_path("live/bad").has_value() != value.ends_its_stream);
        CHECK(t.is_live("live/bad") != value.ends_its_stream);
        CHECK(t.core->health().unreadable_rows.size() == 1);
        // What MediaMTX says stays the truth for both.
        t.core.media->disconnect({"c-bad"});
        t.core.media->disconnect({"c-good"});
        t.poll_thrice();
        CHECK(t.core.live().empty());
        CHECK(t.core.publish(bad, "c-again") != value.ends_its_stream);
        CHECK(t.core.publish(good, "c-good-again"));
        CHECK(t.is_live("live/bad") != value.ends_its_stream);
    }
}

TEST_CASE_FIXTURE(
    DamagedRowsOfPolls,
    "nobody watches the path of a key without a token if its policies cannot be read") {
    core.key("live/bad");
    core.key("live/good");
    ReadRequest request;
    request.protocol = Protocol::kHls;
    request.path = "live/bad";
    REQUIRE(core->decide_read(request).accepted());
    execute("UPDATE stream_keys SET policies = 'x' WHERE playback_path = 'live/bad'");
    CHECK_FALSE(core->decide_read(request).accepted());
    request.path = "live/good";
    CHECK(core->decide_read(request).accepted());
}

TEST_CASE_FIXTURE(DamagedRowsOfPolls,
                  "nobody watches without a token where a policy is not understood") {
    core.key("live/bad");
    ReadRequest request;
    request.protocol = Protocol::kHls;
    request.path = "live/bad";
    execute("UPDATE stream_keys SET policies = '{\"a\":1}' WHERE playback_path = 'live/bad'");
    CHECK_FALSE(core->decide_read(request).accepted());
}

TEST_CASE_FIXTURE(DamagedRowsOfPolls,
                  "a server that starts knows the policy of a key with any number of its change") {
    auto settings = TestOrchestrator::default_settings();
    settings.control_secret = Secret("a secret of this installation");
    core.key("live/bad");
    for (const char* number : {"0", "-1"}) {
        CAPTURE(number);
        execute("UPDATE stream_keys SET policies = '{\"playback_policy\":\"signed\"}'");
        execute(std::string("UPDATE stream_keys SET fact_version = ") + number);
        TestOrchestrator restarted{open(), settings};
        ReadRequest request;
        request.protocol = Protocol::kHls;
        request.path = "live/bad";
        CHECK_FALSE(restarted->decide_read(request).accepted());
    }
}

TEST_CASE_FIXTURE(DamagedRowsOfPolls, "a time of no year does not make a key valid for ever") {
    REQUIRE(core.publish(core.key("live/good"), "c-good"));
    for (const char* time : {"9223372036854775807", "-9223372036854775808", "253402300800000000"}) {
        CAPTURE(time);
        const auto key = core.key(std::string("live/") + (time + 10));
        execute("UPDATE stream_keys SET expires_at = " + std::string(time) +
                " WHERE playback_path = '" + key.key.playback_path + "'");
        CHECK_FALSE(core.publish(key, time));
    }
}
