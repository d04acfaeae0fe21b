#include "tokens/packed_grants.hpp"

#include <doctest/doctest.h>

#include "support/text_pool.hpp"

using namespace rescuestream;
using rescuestream::tokens::PackedGrants;
using std::chrono::seconds;

namespace packed_grants_test {
namespace {

PlaybackGrant full_grant() {
    PlaybackGrant grant;
    grant.id = "0197c2a0-0a00-7000-8000-000000000001";
    grant.issuer = "dispatch.example";
    grant.paths = {"live/a", std::string(200, 'p')};
    grant.viewer_id = "Tablet \xC3\xBC\n";
    grant.owner = "guest-link:1";
    grant.addresses = {AddressRange::parse("192.0.2.0/24").value(),
                       AddressRange::parse("2001:db8::/32").value()};
    grant.protocols = {Protocol::kHls, Protocol::kSrt};
    grant.max_sessions = 10'000;
    grant.issued_at = Timestamp(seconds(1'700'000'000));
    grant.not_before = Timestamp(seconds(0));
    grant.expires_at = Timestamp(seconds(1'800'000'000));
    grant.key_id = "k";
    return grant;
}

}  // namespace

TEST_CASE("grants are unpacked as they were packed") {
    TextPool pool;
    PlaybackGrant bare;
    bare.id = "0197C2A0-0A00-7000-8000-000000000001";  // not the usual form of a UUID
    PlaybackGrant empty_texts;
    empty_texts.viewer_id = "";
    const std::vector<PlaybackGrant> grants{full_grant(), bare, empty_texts};
    PackedGrants packed(grants, pool);
    CHECK_FALSE(packed.empty());
    CHECK(packed.grants() == grants);
    packed.release(pool);
    CHECK(packed.empty());
    CHECK(packed.grants().empty());
    CHECK(pool.size() == 0);
    CHECK(PackedGrants({}, pool).grants().empty());
}

TEST_CASE("tokens of one key for the same paths share what they have in common") {
    TextPool pool;
    PlaybackGrant one = full_grant();
    PlaybackGrant other = full_grant();
    other.id = "another";
    other.viewer_id.reset();
    PackedGrants first({one}, pool);
    PackedGrants second({other}, pool);
    CHECK(pool.size() == 1);
    first.release(pool);
    CHECK(pool.size() == 1);
    CHECK(second.grants() == std::vector{other});
    second.release(pool);
    CHECK(pool.size() == 0);
}

}  // namespace packed_grants_test
