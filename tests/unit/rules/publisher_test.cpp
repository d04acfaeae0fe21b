#include "rules/publisher.hpp"

#include <doctest/doctest.h>

#include "rescuestream/media_server.hpp"

using namespace rescuestream;

namespace {

StreamKeyPolicies only_from(std::initializer_list<const char*> ranges) {
    StreamKeyPolicies policies;
    policies.allowed_addresses.emplace();
    for (const char* range : ranges) {
        policies.allowed_addresses->push_back(AddressRange::parse(range).value());
    }
    return policies;
}

Claim publisher_at(const char* address) {
    Claim claim;
    claim.remote_address = address;
    return claim;
}

}  // namespace

TEST_CASE("a key without allowed addresses is used from anywhere, known or not") {
    for (const char* address : {"192.0.2.7", "2001:db8::1", "", "unix"}) {
        CAPTURE(address);
        CHECK(rules::judge_publisher({}, publisher_at(address)) == ClaimDecision::kGranted);
        CHECK_FALSE(rules::end_of_publisher({}, publisher_at(address)).has_value());
    }
}

TEST_CASE("a key with allowed addresses is used from those alone") {
    struct Cell {
        const char* address;
        bool allowed;
    };
    const auto policies = only_from({"192.0.2.0/24", "2001:db8::/32", "198.51.100.4"});
    for (const auto& [address, allowed] : {Cell{"192.0.2.0", true},
                                           {"192.0.2.255", true},
                                           {"::ffff:192.0.2.9", true},
                                           {"192.0.3.0", false},
                                           {"2001:db8:ffff::1", true},
                                           {"2001:db9::1", false},
                                           {"198.51.100.4", true},
                                           {"198.51.100.5", false},
                                           {"", false},
                                           {"unix", false}}) {
        CAPTURE(address);
        CHECK(rules::judge_publisher(policies, publisher_at(address)) ==
              (allowed ? ClaimDecision::kGranted : ClaimDecision::kAddressNotAllowed));
        CHECK(rules::end_of_publisher(policies, publisher_at(address)) ==
              (allowed ? std::nullopt : std::optional(EndReason::kAddressNotAllowed)));
    }
}

TEST_CASE(
    "a key with protocols is used over those alone, encrypted or not until its source shows") {
    StreamKeyPolicies policies;
    policies.protocols = {{ConnectionKind::kRtmps, ConnectionKind::kSrt}};
    struct Cell {
        Protocol protocol;
        bool allowed;
    };
    for (const auto& [protocol, allowed] : {Cell{Protocol::kRtmp, true},
                                            {Protocol::kSrt, true},
                                            {Protocol::kRtsp, false},
                                            {Protocol::kWebRtc, false},
                                            {Protocol::kMoq, false},
                                            {Protocol::kUnknown, false}}) {
        CAPTURE(to_string(protocol));
        Claim claim;
        claim.protocol = protocol;
        CHECK(rules::judge_publisher(policies, claim) ==
              (allowed ? ClaimDecision::kGranted : ClaimDecision::kProtocolNotAllowed));
        CHECK(rules::end_of_publisher(policies, claim) ==
              (allowed ? std::nullopt : std::optional(EndReason::kProtocolNotAllowed)));
    }
}

TEST_CASE("a present source tells whether it is encrypted, and continues if that is permitted") {
    MediaSource source;
    source.kind = ConnectionKind::kRtmp;
    StreamKeyPolicies policies;
    CHECK_FALSE(rules::end_of_source(policies, source).has_value());
    policies.protocols = {{ConnectionKind::kRtmps}};
    CHECK(rules::end_of_source(policies, source) == EndReason::kProtocolNotAllowed);
    source.kind = ConnectionKind::kRtmps;
    CHECK_FALSE(rules::end_of_source(policies, source).has_value());
    source.kind.reset();
    CHECK(rules::end_of_source(policies, source) == EndReason::kProtocolNotAllowed);
}

TEST_CASE("a key is refused before its first moment, and granted from that moment on") {
    StreamKeyPolicies policies;
    policies.not_before = Timestamp{std::chrono::seconds(1'000)};
    Claim claim;
    claim.claimed_at = *policies.not_before - std::chrono::microseconds(1);
    CHECK(rules::judge_publisher(policies, claim) == ClaimDecision::kNotYetValid);
    CHECK_FALSE(rules::end_of_publisher(policies, claim).has_value());
    claim.claimed_at = *policies.not_before;
    CHECK(rules::judge_publisher(policies, claim) == ClaimDecision::kGranted);
}
