// Records about a media server that is seen for the first time.
#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

constexpr const char* kUrl = "http://10.0.0.2:9997";

NodeStanding asked_at(Timestamp time) {
    NodeStanding standing;
    standing.asked_at = time;
    return standing;
}

NodeStanding enforced_at(Timestamp time) {
    NodeStanding standing;
    standing.enforced_at = time;
    return standing;
}

}  // namespace

TEST_CASE_FIXTURE(StorageCase, "nothing is recorded about a node that was never seen") {
    CHECK(storage().find_node_standing("default", kUrl).value() == NodeStanding{});
}

TEST_CASE_FIXTURE(StorageCase,
                  "the first record about a node stays as it is, and gets one audit entry") {
    const auto entries = audit_count();
    CHECK(storage()
              .note_node_standing("default", kUrl, enforced_at(at(seconds(1))), std::nullopt)
              .value());
    CHECK(audit_count() == entries);
    CHECK(storage()
              .note_node_standing("default", kUrl, asked_at(at(seconds(2))), make_audit())
              .value());
    CHECK(audit_count() == entries + 1);
    CHECK_FALSE(storage()
                    .note_node_standing("default", kUrl, asked_at(at(seconds(3))), make_audit())
                    .value());
    CHECK_FALSE(
        storage().note_node_standing("default", kUrl, NodeStanding{}, make_audit()).value());
    CHECK(audit_count() == entries + 1);
    const auto known = storage().find_node_standing("default", kUrl).value();
    CHECK(known.enforced_at == at(seconds(1)));
    CHECK(known.asked_at == at(seconds(2)));
}

TEST_CASE_FIXTURE(StorageCase, "a node with another address counts as another media server") {
    REQUIRE(storage().note_node_standing("north", kUrl, asked_at(at(seconds(1))), std::nullopt));
    CHECK_FALSE(
        storage().find_node_standing("north", "http://10.0.0.3:9997").value().is_enforced());
    CHECK_FALSE(storage().find_node_standing("south", kUrl).value().is_enforced());
    // A record without an address is valid for any address.
    REQUIRE(storage().note_node_standing("south", "", enforced_at(at(seconds(1))), std::nullopt));
    CHECK(storage().find_node_standing("south", kUrl).value().enforced_at == at(seconds(1)));
}

TEST_CASE_FIXTURE(StorageCase,
                  "the standing of a node is withdrawn at every address, with one audit entry") {
    REQUIRE(storage().note_node_standing("north", kUrl, asked_at(at(seconds(1))), std::nullopt));
    REQUIRE(storage().note_node_standing("north", "", enforced_at(at(seconds(1))), std::nullopt));
    REQUIRE(storage().note_node_standing("south", kUrl, asked_at(at(seconds(1))), std::nullopt));
    const auto entries = audit_count();
    CHECK(storage().withdraw_node_standing("north", make_audit()).value());
    CHECK(audit_count() == entries + 1);
    CHECK(storage().find_node_standing("north", kUrl).value() == NodeStanding{});
    CHECK(storage().find_node_standing("south", kUrl).value().is_enforced());
    CHECK_FALSE(storage().withdraw_node_standing("north", make_audit()).value());
    CHECK(audit_count() == entries + 1);
    REQUIRE(storage().note_node_standing("north", kUrl, asked_at(at(seconds(2))), std::nullopt));
    CHECK(storage().find_node_standing("north", kUrl).value().asked_at == at(seconds(2)));
}

TEST_CASE_FIXTURE(StorageCase, "the list of unknown publishers is replaced as a whole") {
    const UnknownSource one{"live/a", Protocol::kSrt, "192.0.2.1", {"id-1"}, at(seconds(1))};
    const UnknownSource two{"live/b", Protocol::kUnknown, "", {"id-2"}, at(seconds(2))};
    REQUIRE(storage().set_unknown_sources("default", {one, two}));
    CHECK(storage().find_node_standing("default", kUrl).value().unknown ==
          std::vector<UnknownSource>{one, two});
    REQUIRE(storage().set_unknown_sources("default", {two}));
    CHECK(storage().find_node_standing("default", kUrl).value().unknown ==
          std::vector<UnknownSource>{two});
    REQUIRE(storage().set_unknown_sources("default", {}));
    CHECK(storage().find_node_standing("default", kUrl).value().unknown.empty());
}

TEST_CASE_FIXTURE(StorageCase, "the records about a node are deleted with it") {
    Node node;
    node.name = "north";
    node.api_url = kUrl;
    REQUIRE(storage().create_node(node, make_audit()));
    REQUIRE(storage().note_node_standing("north", kUrl, asked_at(at(seconds(1))), std::nullopt));
    REQUIRE(storage().set_unknown_sources(
        "north", {{"live/a", Protocol::kSrt, "192.0.2.1", {"id-1"}, at(seconds(1))}}));
    REQUIRE(storage().delete_node("north", make_audit()));
    CHECK(storage().find_node_standing("north", kUrl).value() == NodeStanding{});
}
