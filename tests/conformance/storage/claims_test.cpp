// Which key a publish request may use, except conflicts between two connections.
#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(StorageCase, "a free key is granted and held by the connection that asked") {
    const auto row = add_key();
    const auto before = session(row);
    REQUIRE_FALSE(before.claim.has_value());
    auto request = make_request(row, "a", at(seconds(10)));
    request.claim.node = "node-2";
    request.claim.protocol = Protocol::kWebRtc;
    request.claim.user_agent = "Ünit \"7\"";
    SUBCASE("on its playback path") {}
    SUBCASE("on the key value as the path") {
        request.path.reset();
        request.claim.path_is_secret = true;
    }
    const auto outcome = storage().claim(request).value();
    CHECK(outcome == ClaimOutcome{ClaimDecision::kGranted, row.key.id, std::nullopt});
    const auto after = session(row);
    CHECK(after.claim == request.claim);
    CHECK(after.key.last_used_at == at(seconds(10)));
    CHECK(after.version > before.version);
    CHECK_FALSE(after.stream.has_value());
    CHECK(audit_count() == 2);  // broadcaster and key: a grant writes no audit entry
}

TEST_CASE_FIXTURE(StorageCase, "members of a claim that a new connection cannot know are ignored") {
    const auto row = add_key();
    auto request = make_request(row, "a");
    request.claim.live = true;
    request.claim.stalled_since = at(seconds(1));
    request.claim.last_takeover_at = at(seconds(2));
    REQUIRE(decide(request) == ClaimDecision::kGranted);
    const auto claim = session(row).claim.value();
    CHECK_FALSE(claim.live);
    CHECK_FALSE(claim.stalled_since.has_value());
    CHECK_FALSE(claim.last_takeover_at.has_value());
}

TEST_CASE_FIXTURE(StorageCase, "a claim with an unknown key value is refused as unknown") {
    const auto row = make_key(add_broadcaster().id);
    const ClaimOutcome unknown{ClaimDecision::kUnknownKey, StreamKeyId(), std::nullopt};
    CHECK(storage().claim(make_request(row, "a")).value() == unknown);
    CHECK(storage().check_key(row.digest, row.key.playback_path, at(seconds(1))).value() ==
          unknown);
}

TEST_CASE_FIXTURE(StorageCase, "a key is granted to publishers at its allowed addresses alone") {
    auto row = make_key(add_broadcaster().id);
    row.key.policies.allowed_addresses = {{AddressRange::parse("192.0.2.0/24").value()}};
    add(row);
    const auto decide_from = [&](const char* address) {
        auto request = make_request(row, "a");
        request.claim.remote_address = address;
        return decide(request);
    };
    CHECK(decide_from("198.51.100.1") == ClaimDecision::kAddressNotAllowed);
    CHECK(decide_from("") == ClaimDecision::kAddressNotAllowed);
    CHECK_FALSE(session(row).claim.has_value());
    CHECK(decide_from("192.0.2.9") == ClaimDecision::kGranted);

    StreamKeyChange change;
    change.id = row.key.id;
    change.reset = {"allowed_addresses"};
    storage().update_stream_key(change, at(seconds(5)), make_audit()).value();
    CHECK(decide_from("198.51.100.1") != ClaimDecision::kAddressNotAllowed);
}

TEST_CASE_FIXTURE(StorageCase,
                  "a key is granted over its protocols alone, and not before its time") {
    auto row = make_key(add_broadcaster().id);
    row.key.policies.protocols = {{ConnectionKind::kSrt, ConnectionKind::kRtsps}};
    row.key.policies.not_before = at(seconds(10));
    row.key.policies.max_bitrate = 6'000'000;
    row.key.policies.over_bitrate = OverBitrate::kCut;
    add(row);
    CHECK(storage().find_stream_key(row.key.id)->policies == row.key.policies);
    const auto decide_over = [&](Protocol protocol, Timestamp when) {
        auto request = make_request(row, "a");
        request.claim.protocol = protocol;
        request.claim.claimed_at = when;
        return decide(request);
    };
    CHECK(decide_over(Protocol::kRtmp, at(seconds(10))) == ClaimDecision::kProtocolNotAllowed);
    CHECK(decide_over(Protocol::kUnknown, at(seconds(10))) == ClaimDecision::kProtocolNotAllowed);
    CHECK(decide_over(Protocol::kRtsp, at(seconds(9))) == ClaimDecision::kNotYetValid);
    CHECK_FALSE(session(row).claim.has_value());
    CHECK(decide_over(Protocol::kRtsp, at(seconds(10))) == ClaimDecision::kGranted);
}

TEST_CASE_FIXTURE(StorageCase, "a key with a policy of a newer release is granted to nobody") {
    auto row = make_key(add_broadcaster().id);
    row.key.policies.from_newer_release = JsonObject::parse(R"({"moon":"full"})").value();
    add(row);
    CHECK(decide(make_request(row, "a")) == ClaimDecision::kDisabled);
}

TEST_CASE_FIXTURE(StorageCase, "a key expires at its exact time and not a microsecond earlier") {
    auto row = make_key(add_broadcaster().id);
    row.key.expires_at = at(seconds(100));
    add(row);
    const auto decide_at = [&](Timestamp now) {
        const auto checked = storage().check_key(row.digest, row.key.playback_path, now).value();
        const auto decision = decide(make_request(row, "a", now));
        CHECK(checked.decision == decision);
        return decision;
    };
    CHECK(decide_at(at(seconds(100) - microseconds(1))) == ClaimDecision::kGranted);
    CHECK(decide_at(at(seconds(100))) == ClaimDecision::kExpired);
    CHECK(decide_at(at(seconds(100) + microseconds(1))) == ClaimDecision::kExpired);
}

TEST_CASE_FIXTURE(StorageCase,
                  "when there are several reasons to refuse, the first in order is given") {
    const auto owner = add_broadcaster().id;
    const std::string elsewhere = "live/elsewhere";
    auto row = make_key(owner);
    ClaimDecision expected{};
    SUBCASE("revoked before expired, disabled and wrong path") {
        row.key.expires_at = at(seconds(1));
        row.key.disabled = true;
        expected = ClaimDecision::kRevoked;
    }
    SUBCASE("expired before disabled and wrong path") {
        row.key.expires_at = at(seconds(1));
        row.key.disabled = true;
        expected = ClaimDecision::kExpired;
    }
    SUBCASE("disabled before wrong path") {
        row.key.disabled = true;
        expected = ClaimDecision::kDisabled;
    }
    SUBCASE("wrong path") {
        expected = ClaimDecision::kWrongPath;
    }
    add(row);
    if (expected == ClaimDecision::kRevoked) {
        storage().revoke_stream_key(row.key.id, at(seconds(2)), make_audit()).value();
    }
    const auto before = session(row);
    auto request = make_request(row, "a");
    request.path = elsewhere;
    const ClaimOutcome refused{expected, row.key.id, std::nullopt};
    CHECK(storage().claim(request).value() == refused);
    CHECK(storage().check_key(row.digest, elsewhere, at(seconds(10))).value() == refused);
    CHECK(session(row) == before);
}

TEST_CASE_FIXTURE(StorageCase, "a wrong path is the reason given even when the key is in use") {
    const auto row = add_key();
    claim(row, "a");
    const auto before = session(row);
    auto request = make_request(row, "b", at(seconds(11)));
    request.path = row.key.playback_path + "x";
    CHECK(decide(request) == ClaimDecision::kWrongPath);
    request.path = "";
    CHECK(decide(request) == ClaimDecision::kWrongPath);
    CHECK(session(row) == before);
}

TEST_CASE_FIXTURE(StorageCase,
                  "checking a key gives the decision without a claim and writes nothing") {
    const auto row = add_key();
    const ClaimOutcome usable{ClaimDecision::kGranted, row.key.id, std::nullopt};
    CHECK(storage().check_key(row.digest, row.key.playback_path, at(seconds(5))).value() == usable);
    CHECK_FALSE(session(row).claim.has_value());
    CHECK_FALSE(session(row).key.last_used_at.has_value());

    claim(row, "a");
    const auto before = session(row);
    CHECK(storage().check_key(row.digest, std::nullopt, at(seconds(50))).value() == usable);
    CHECK(session(row) == before);
}

TEST_CASE_FIXTURE(StorageCase, "a key in use is refused and nothing is written") {
    const auto row = add_key();
    go_live(row, "a");
    const auto before = session(row);
    const auto outcome = storage().claim(make_request(row, "b", at(seconds(11)))).value();
    CHECK(outcome == ClaimOutcome{ClaimDecision::kInUse, row.key.id, std::nullopt});
    CHECK(session(row) == before);
}

TEST_CASE_FIXTURE(StorageCase, "the connection that holds the key is granted it again") {
    const auto row = add_key();
    claim(row, "a", at(seconds(10)));
    SUBCASE("as a reservation") {}
    SUBCASE("as a reservation that timed out long ago") {}
    SUBCASE("live") {
        auto live = session(row).claim.value();
        live.live = true;
        live.stalled_since = at(seconds(12));
        live.last_takeover_at = at(seconds(9));
        commit_claim(row, live);
    }
    const auto before = session(row);
    auto request = make_request(row, "a", at(seconds(99)));
    request.claim.user_agent = "another";
    const auto outcome = storage().claim(request).value();
    CHECK(outcome == ClaimOutcome{ClaimDecision::kGranted, row.key.id, std::nullopt});
    const auto after = session(row);
    CHECK(after.claim == before.claim);
    CHECK(after.key.last_used_at == at(seconds(99)));
}

TEST_CASE_FIXTURE(StorageCase,
                  "a connection that holds a key is refused once the key may not be used") {
    auto row = make_key(add_broadcaster().id);
    row.key.expires_at = at(seconds(100));
    add(row);
    go_live(row, "a");
    CHECK(decide(make_request(row, "a", at(seconds(100)))) == ClaimDecision::kExpired);
    storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit()).value();
    CHECK(decide(make_request(row, "a", at(seconds(21)))) == ClaimDecision::kRevoked);
}

TEST_CASE_FIXTURE(StorageCase, "a released key is free at once") {
    const auto row = add_key();
    go_live(row, "a");
    commit_claim(row, std::nullopt);
    const auto outcome = storage().claim(make_request(row, "b", at(seconds(11)))).value();
    CHECK(outcome == ClaimOutcome{ClaimDecision::kGranted, row.key.id, std::nullopt});
    CHECK(session(row).claim->connection == ConnectionId{"b"});
}
