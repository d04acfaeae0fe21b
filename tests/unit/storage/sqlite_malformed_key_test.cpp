// Rows of stream keys that another program has written.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "storage/sqlite/connection.hpp"
#include "support/temporary_directory.hpp"
#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE("a publisher whose key cannot be read is refused, and others publish") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("live.db");
    auto storage = open_storage("sqlite:" + file).value();
    storage->migrate(std::nullopt, Timestamp{}).value();
    Storage& rows = *storage;
    TestOrchestrator core(std::move(storage), TestOrchestrator::default_settings());
    const auto bad = core.key("live/bad");
    const auto good = core.key("live/good");
    sqlite::Connection connection(file, sqlite::Connection::Durability::kFull,
                                  sqlite::Connection::Deadline::max());
    connection.script(
        "UPDATE stream_keys SET policies = 'no JSON' WHERE playback_path = 'live/bad'");

    std::vector<ClaimRequest> requests;
    for (const auto* key : {&bad, &good}) {
        ClaimRequest request;
        request.digest = digest_key_value(key->value.reveal());
        request.path = key->key.playback_path;
        request.claim.connection = ConnectionId{"of " + key->key.playback_path};
        request.claim.node = "default";
        request.claim.claimed_at = core.clock.now();
        requests.push_back(request);
    }
    const auto outcomes = rows.claim_all(requests, std::chrono::steady_clock::time_point::max());
    REQUIRE(outcomes.size() == 2);
    REQUIRE(outcomes[0].has_value());
    CHECK(outcomes[0]->decision == ClaimDecision::kDisabled);
    REQUIRE(outcomes[1].has_value());
    CHECK(outcomes[1]->decision == ClaimDecision::kGranted);
}
