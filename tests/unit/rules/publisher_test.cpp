#include "rules/publisher.hpp"

#include <doctest/doctest.h>

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
