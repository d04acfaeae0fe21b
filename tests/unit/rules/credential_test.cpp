#include "rules/credential.hpp"

#include <doctest/doctest.h>

using namespace rescuestream;

namespace {

const Timestamp kEndOfLife{std::chrono::seconds(2'000)};
const BroadcasterId kNorth = *BroadcasterId::parse("00000000-0000-7000-8000-000000000001");
const BroadcasterId kSouth = *BroadcasterId::parse("00000000-0000-7000-8000-000000000002");

std::vector<AddressRange> ranges(std::initializer_list<const char*> texts) {
    std::vector<AddressRange> all;
    for (const char* text : texts) all.push_back(AddressRange::parse(text).value());
    return all;
}

std::string wrong(const ApiCredential& maker, const ApiCredential& wanted) {
    const auto error = rules::exceeds(&maker, wanted);
    std::string pointers;
    if (!error) return pointers;
    CHECK(error->code == ErrorCode::kForbidden);
    for (const auto& field : error->fields) pointers += field.pointer;
    return pointers;
}

}  // namespace

TEST_CASE("who has no limits may make any credential") {
    ApiCredential admin;
    admin.scopes = {Scope::kAdmin};
    CHECK_FALSE(rules::exceeds(nullptr, admin));
}

TEST_CASE("a credential makes none with more rights than itself, in any respect") {
    ApiCredential maker;
    maker.scopes = {Scope::kCredentialsWrite, Scope::kKeysRead};
    ApiCredential wanted;
    wanted.scopes = {Scope::kKeysRead};
    CHECK(wrong(maker, wanted).empty());
    wanted.scopes.add(Scope::kKeysWrite);
    CHECK(wrong(maker, wanted) == "/scopes");
    wanted.scopes = {Scope::kAdmin};
    CHECK(wrong(maker, wanted) == "/scopes");
    wanted.scopes = {Scope::kKeysRead};

    maker.broadcasters = {kNorth};
    CHECK(wrong(maker, wanted) == "/broadcasters");
    wanted.broadcasters = {kNorth, kSouth};
    CHECK(wrong(maker, wanted) == "/broadcasters");
    wanted.broadcasters = {kNorth};
    CHECK(wrong(maker, wanted).empty());

    maker.allowed_addresses = ranges({"192.0.2.0/24", "2001:db8::/32"});
    CHECK(wrong(maker, wanted) == "/allowed_addresses");
    wanted.allowed_addresses = ranges({"192.0.2.128/25", "198.51.100.1"});
    CHECK(wrong(maker, wanted) == "/allowed_addresses");
    wanted.allowed_addresses = ranges({"192.0.0.0/16"});
    CHECK(wrong(maker, wanted) == "/allowed_addresses");
    wanted.allowed_addresses = ranges({"192.0.2.128/25", "2001:db8:1::/48", "192.0.2.0/24"});
    CHECK(wrong(maker, wanted).empty());

    maker.expires_at = kEndOfLife;
    CHECK(wrong(maker, wanted) == "/expires_at");
    wanted.expires_at = kEndOfLife + std::chrono::microseconds(1);
    CHECK(wrong(maker, wanted) == "/expires_at");
    wanted.expires_at = kEndOfLife;
    CHECK(wrong(maker, wanted).empty());
}

TEST_CASE("an IPv4 range and the IPv6 range that is written like it are not the same") {
    const auto v4 = AddressRange::parse("0.0.0.0/0").value();
    const auto v6 = AddressRange::parse("::/0").value();
    CHECK_FALSE(v6.contains(v4));
    CHECK_FALSE(v4.contains(v6));
    CHECK(v6.contains(AddressRange::parse("2001:db8::/32").value()));
    CHECK(v4.contains(AddressRange::parse("::ffff:192.0.2.1").value()));
}

TEST_CASE("a credential is good while it is neither revoked nor expired, and from its addresses") {
    using enum CredentialCheckOutcome;
    ApiCredential credential;
    credential.expires_at = kEndOfLife;
    credential.allowed_addresses = ranges({"192.0.2.0/24"});
    const auto before = kEndOfLife - std::chrono::microseconds(1);
    CHECK(rules::judge_credential(credential, "192.0.2.9", before) == kGood);
    CHECK(rules::judge_credential(credential, "::ffff:192.0.2.9", before) == kGood);
    CHECK(rules::judge_credential(credential, "192.0.3.9", before) == kAddressNotAllowed);
    CHECK(rules::judge_credential(credential, "192.0.2.9", kEndOfLife) == kExpired);
    credential.revoked_at = before;
    CHECK(rules::judge_credential(credential, "192.0.2.9", before) == kRevoked);
}
