#include <algorithm>
#include <atomic>
#include <latch>
#include <thread>

#include "conformance/storage/storage_case.hpp"
#include "rescuestream/refused_attempts.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace refusals_test {

namespace {

using Attempts = std::vector<RefusedAttempt>;

struct RefusalsCase : StorageCase {
    RefusedAttempt make(const std::string& path, microseconds when,
                        std::optional<StreamKeyId> key = std::nullopt) {
        RefusedAttempt attempt;
        attempt.id = new_id<RefusedAttemptId>();
        attempt.network = attempt.remote_address = "192.0.2.7";
        attempt.protocol = Protocol::kRtmp;
        attempt.path = path;
        attempt.reason = key ? "wrong_path" : "unknown_key";
        attempt.stream_key_id = key;
        attempt.node = "default";
        attempt.user_agent = "Drone/1.0 \"x\" \xC3\xBC";
        attempt.first_at = attempt.last_at = at(when);
        return attempt;
    }
    void add_attempts(const Attempts& attempts, std::size_t most = 5'000,
                      Timestamp oldest = at(seconds(0))) {
        REQUIRE(storage().add_refused_attempts(attempts, {most, oldest}));
    }
    Attempts list(const RefusedAttemptFilter& filter = {}) {
        return storage().list_refused_attempts(filter).value();
    }
    std::vector<std::string> paths(const RefusedAttemptFilter& filter = {}) {
        std::vector<std::string> found;
        for (const auto& attempt : list(filter)) found.push_back(attempt.path);
        return found;
    }
};

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(RefusalsCase, "a refused attempt is listed as it was added") {
    CHECK(list().empty());
    add_attempts({});
    CHECK(list().empty());
    auto reader = make("live/sk_***", seconds(1));
    reader.action = RefusedAction::kRead;
    reader.protocol = Protocol::kWebRtc;
    reader.network = "2001:db8:1:2::/64";
    reader.remote_address = "2001:db8:1:2::9";
    reader.user_agent.clear();
    reader.times = 4'000'000'000;
    add_attempts({reader});
    REQUIRE(list().size() == 1);
    CHECK(list()[0] == reader);
    reopen();
    if (storage().backend() != "memory") CHECK(list() == Attempts{reader});
}

TEST_CASE_FIXTURE(RefusalsCase, "attempts with one id are summed, whichever server adds first") {
    const auto first = make("live/a", seconds(5));
    add_attempts({first});
    auto later = first;
    later.times = 3;
    later.first_at = at(seconds(7));
    later.last_at = at(seconds(9));
    later.remote_address = "192.0.2.8";
    later.user_agent = "Drone/2.0";
    later.node = "north";
    add_attempts({later});
    auto expected = later;
    expected.times = 4;
    expected.first_at = at(seconds(5));
    CHECK(list() == Attempts{expected});

    // Another server adds what it refused before that.
    auto earlier = first;
    earlier.times = 2;
    earlier.first_at = at(seconds(1));
    earlier.last_at = at(seconds(2));
    earlier.user_agent = "Drone/0.9";
    add_attempts({earlier});
    expected.times = 6;
    expected.first_at = at(seconds(1));
    CHECK(list() == Attempts{expected});
}

TEST_CASE_FIXTURE(RefusalsCase, "many attempts are added in one step") {
    Attempts many;
    for (int i = 0; i < 300; ++i) {
        many.push_back(make("live/" + std::to_string(i), seconds(1 + i)));
    }
    add_attempts(many);
    for (auto& attempt : many) attempt.last_at += seconds(1'000);
    add_attempts(many);
    RefusedAttemptFilter filter;
    filter.limit = 1'000;
    const auto found = list(filter);
    REQUIRE(found.size() == 300);
    CHECK(std::all_of(found.begin(), found.end(),
                      [](const auto& attempt) { return attempt.times == 2; }));
    CHECK(found.front().path == "live/299");
    CHECK(found.back().path == "live/0");
}

TEST_CASE_FIXTURE(RefusalsCase, "an attempt has the names of its key as long as the key exists") {
    const auto owner = add_broadcaster();
    auto key = make_key(owner.id);
    key.key.label = "Drone";
    add(key);
    add_attempts({make("live/wrong", seconds(1), key.key.id),
                  make("live/none", seconds(2), new_id<StreamKeyId>())});
    const auto found = list();
    REQUIRE(found.size() == 2);
    CHECK(found[0].path == "live/none");
    CHECK_FALSE(found[0].key_label);
    CHECK_FALSE(found[0].broadcaster_id);
    CHECK(found[1].key_label == "Drone");
    CHECK(found[1].playback_path == key.key.playback_path);
    CHECK(found[1].broadcaster_id == owner.id);
    CHECK(found[1].broadcaster_name == owner.display_name);

    REQUIRE(storage().delete_broadcaster(owner.id, true, at(seconds(9)), make_audit()));
    CHECK(list().size() == 2);
    CHECK(list()[1].stream_key_id == key.key.id);
    CHECK_FALSE(list()[1].key_label);
    CHECK_FALSE(list()[1].broadcaster_name);
}

TEST_CASE_FIXTURE(RefusalsCase, "attempts are found by network, path, reason, key and time") {
    const auto key = add_key().key.id;
    auto other = make("live/b", seconds(3));
    other.network = "2001:db8::/64";
    add_attempts({make("live/a", seconds(1)), make("live/b", seconds(2), key), other});
    CHECK(paths() == Paths{"live/b", "live/b", "live/a"});
    const auto of = [&](auto RefusedAttemptFilter::*member, const auto& value) {
        RefusedAttemptFilter filter;
        filter.*member = value;
        return list(filter).size();
    };
    using Filter = RefusedAttemptFilter;
    CHECK(of(&Filter::network, std::string("192.0.2.7")) == 2);
    CHECK(of(&Filter::network, std::string("192.0.2")) == 0);
    CHECK(of(&Filter::path, std::string("live/b")) == 2);
    CHECK(of(&Filter::path, std::string("live")) == 0);
    CHECK(of(&Filter::reason, std::string("wrong_path")) == 1);
    CHECK(of(&Filter::stream_key_id, key) == 1);
    CHECK(of(&Filter::stream_key_id, new_id<StreamKeyId>()) == 0);
    CHECK(of(&Filter::since, at(seconds(2))) == 2);
    CHECK(of(&Filter::since, at(seconds(3) + microseconds(1))) == 0);
    CHECK(of(&Filter::limit, std::size_t{1}) == 1);
    Filter all;
    all.network = "192.0.2.7";
    all.path = "live/b";
    all.reason = "wrong_path";
    all.stream_key_id = key;
    all.since = at(seconds(1));
    CHECK(list(all).size() == 1);
    all.path = "live/a";
    CHECK(list(all).empty());
}

TEST_CASE_FIXTURE(RefusalsCase,
                  "the newest attempts are kept, those with a key apart from others") {
    const auto key = add_key().key.id;
    add_attempts({make("k1", seconds(1), key), make("k2", seconds(2), key)}, 3);
    for (int i = 0; i < 5; ++i) {
        add_attempts({make("x" + std::to_string(i), seconds(10 + i))}, 3);
    }
    CHECK(paths() == Paths{"x4", "x3", "x2", "k2", "k1"});
    add_attempts({make("k3", seconds(3), key), make("k4", seconds(4), key)}, 3);
    CHECK(paths() == Paths{"x4", "x3", "x2", "k4", "k3", "k2"});
    add_attempts({}, 1);
    CHECK(paths() == Paths{"x4", "k4"});
    add_attempts({}, 0);
    CHECK(paths().empty());
}

TEST_CASE_FIXTURE(RefusalsCase, "attempts are found by the incident of their key") {
    Incident incident;
    incident.name = "lake";
    incident.id = new_id<IncidentId>();
    incident.created_at = incident.updated_at = at(seconds(10));
    REQUIRE(storage().create_incident(incident, make_audit()));
    const auto mine = add_key().key.id;
    const auto other = add_key().key.id;
    REQUIRE(storage().assign_to_incident(incident.id, {{}, {mine}}, at(seconds(11)), make_audit()));
    add_attempts({make("live/early", seconds(9), mine), make("live/a", seconds(12), mine),
                  make("live/b", seconds(13), other), make("live/c", seconds(14))});
    RefusedAttemptFilter filter;
    filter.incident_id = incident.id;
    CHECK(paths(filter) == Paths{"live/a"});
    filter.incident_id = new_id<IncidentId>();
    CHECK(paths(filter).empty());
}

TEST_CASE_FIXTURE(RefusalsCase, "attempts that were last refused too long ago are deleted") {
    const auto old = make("old", seconds(1));
    add_attempts({old, make("new", seconds(2))});
    add_attempts({}, 5'000, at(seconds(2)));
    CHECK(paths() == Paths{"new"});
    // An attempt that is too old when it is added is not kept either.
    add_attempts({old}, 5'000, at(seconds(2)));
    CHECK(paths() == Paths{"new"});
}

TEST_CASE_FIXTURE(RefusalsCase, "servers that add the same attempts at once lose none") {
    Attempts shared;
    for (int i = 0; i < 40; ++i) {
        shared.push_back(make("live/" + std::to_string(i), seconds(1 + i)));
    }
    constexpr int kServers = 4;
    constexpr int kRounds = 5;
    std::latch start(kServers);
    std::atomic<int> failed{0};
    std::vector<std::thread> servers;
    for (int server = 0; server < kServers; ++server) {
        servers.emplace_back([&, server] {
            auto own = shared;
            if (server % 2 == 1) std::reverse(own.begin(), own.end());
            start.arrive_and_wait();
            for (int round = 0; round < kRounds; ++round) {
                if (!storage().add_refused_attempts(own, {30, at(seconds(0))})) ++failed;
            }
        });
    }
    for (auto& server : servers) server.join();
    CHECK(failed == 0);
    RefusedAttemptFilter filter;
    filter.since = at(seconds(11));  // the newest 30, which were never deleted
    const auto found = list(filter);
    REQUIRE(found.size() == 30);
    CHECK(std::all_of(found.begin(), found.end(),
                      [](const auto& attempt) { return attempt.times == kServers * kRounds; }));
}

}  // namespace refusals_test
