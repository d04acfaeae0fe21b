#include "rules/viewer.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace rescuestream;
using namespace rescuestream::rules;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::seconds;

namespace viewer_test {
namespace {

const Timestamp kNow{seconds(1'768'644'000)};

PlaybackGrant grant_for(std::vector<std::string> paths) {
    PlaybackGrant grant;
    grant.id = "t1";
    grant.paths = std::move(paths);
    grant.issued_at = kNow;
    grant.expires_at = kNow + hours(1);
    return grant;
}

ViewerDecision judge(const PlaybackGrant& grant, std::string_view path = "live/drone1",
                     std::string_view address = "192.0.2.7", Timestamp now = kNow,
                     Protocol protocol = Protocol::kHls) {
    return judge_grant({PlaybackPolicy::kSigned, path, address, protocol}, grant, now);
}

ViewerDecision judge_all(PlaybackPolicy policy, const std::vector<PlaybackGrant>& grants) {
    std::vector<const PlaybackGrant*> all;
    for (const auto& grant : grants) all.push_back(&grant);
    return judge_viewer({policy, "live/drone1", "192.0.2.7", Protocol::kRtsp}, all, kNow);
}

}  // namespace

TEST_CASE("a public path needs no token, and a wrong one does no harm there") {
    CHECK(judge_all(PlaybackPolicy::kPublic, {}) == ViewerDecision::kAccepted);
    CHECK(judge_all(PlaybackPolicy::kPublic, {grant_for({"live/other"})}) ==
          ViewerDecision::kAccepted);
}

TEST_CASE("a signed path needs a token, and all tokens of a request must permit it") {
    const auto right = grant_for({"live/drone1"});
    const auto other = grant_for({"live/other"});
    CHECK(judge_all(PlaybackPolicy::kSigned, {}) == ViewerDecision::kTokenRequired);
    CHECK(judge_all(PlaybackPolicy::kSigned, {right}) == ViewerDecision::kAccepted);
    CHECK(judge_all(PlaybackPolicy::kSigned, {right, right}) == ViewerDecision::kAccepted);
    CHECK(judge_all(PlaybackPolicy::kSigned, {right, other}) == ViewerDecision::kTokenWrongPath);
    CHECK(judge_all(PlaybackPolicy::kSigned, {other, right}) == ViewerDecision::kTokenWrongPath);
}

TEST_CASE("a token opens exactly the paths that it names") {
    const auto grant = grant_for({"live/drone1", "cam/2"});
    CHECK(judge(grant) == ViewerDecision::kAccepted);
    CHECK(judge(grant, "cam/2") == ViewerDecision::kAccepted);
    for (const char* path : {"live/drone10", "live/drone1/", "live/drone1/x", "live//drone1",
                             "live/drone", "live", "", "LIVE/drone1", "live%2Fdrone1",
                             "live/x/../drone1", "live/dr\xD0\xBEne1", "live/drone1 ", "cam/2\n"}) {
        CAPTURE(path);
        CHECK(judge(grant, path) == ViewerDecision::kTokenWrongPath);
    }
}

TEST_CASE("a token is expired from its exp on, without tolerance") {
    const auto grant = grant_for({"live/drone1"});
    const auto at = [&](Timestamp now) { return judge(grant, "live/drone1", "192.0.2.7", now); };
    CHECK(at(grant.expires_at - microseconds(1)) == ViewerDecision::kAccepted);
    CHECK(at(grant.expires_at) == ViewerDecision::kTokenExpired);
    CHECK(at(grant.expires_at + seconds(1)) == ViewerDecision::kTokenExpired);
}

TEST_CASE("nbf and iat may be 60 s ahead, and not more") {
    auto grant = grant_for({"live/drone1"});
    for (auto* begin : {&grant.issued_at, &grant.not_before}) {
        *begin = kNow + seconds(60);
        CHECK(judge(grant) == ViewerDecision::kAccepted);
        *begin = kNow + seconds(61);
        CHECK(judge(grant) == ViewerDecision::kTokenNotYetValid);
        begin->reset();
    }
    CHECK(judge(grant) == ViewerDecision::kAccepted);
}

TEST_CASE("a token that lives for more than 24 h from now is not a valid one") {
    auto grant = grant_for({"live/drone1"});
    grant.issued_at.reset();
    grant.expires_at = kNow + hours(24) + seconds(60);
    CHECK(judge(grant) == ViewerDecision::kAccepted);
    grant.expires_at += seconds(1);
    CHECK(judge(grant) == ViewerDecision::kTokenInvalid);
}

TEST_CASE("a token with addresses is for these, and IPv4 in IPv6 counts as IPv4") {
    auto grant = grant_for({"live/drone1"});
    grant.addresses = {AddressRange::parse("192.0.2.0/24").value(),
                       AddressRange::parse("2001:db8::/32").value()};
    const auto from = [&](const char* address) { return judge(grant, "live/drone1", address); };
    CHECK(from("192.0.2.255") == ViewerDecision::kAccepted);
    CHECK(from("::ffff:192.0.2.7") == ViewerDecision::kAccepted);
    CHECK(from("2001:db8::9") == ViewerDecision::kAccepted);
    CHECK(from("192.0.3.1") == ViewerDecision::kTokenWrongAddress);
    CHECK(from("::192.0.2.7") == ViewerDecision::kTokenWrongAddress);
    CHECK(from("") == ViewerDecision::kTokenWrongAddress);
    CHECK(from("nonsense") == ViewerDecision::kTokenWrongAddress);
}

TEST_CASE("a token with protocols is for these, and not for recordings") {
    auto grant = grant_for({"live/drone1"});
    grant.protocols = {Protocol::kHls, Protocol::kWebRtc};
    const auto by = [&](Protocol protocol) {
        return judge(grant, "live/drone1", "192.0.2.7", kNow, protocol);
    };
    CHECK(by(Protocol::kHls) == ViewerDecision::kAccepted);
    CHECK(by(Protocol::kWebRtc) == ViewerDecision::kAccepted);
    CHECK(by(Protocol::kRtsp) == ViewerDecision::kTokenWrongProtocol);
    CHECK(by(Protocol::kUnknown) == ViewerDecision::kTokenWrongProtocol);
}

TEST_CASE("a revocation ends what was issued until its second, and nothing else") {
    auto grant = grant_for({"live/drone1", "live/drone2"});
    grant.viewer_id = "v1";
    grant.owner = "guest-link:7";
    const auto ends = [&](RevokedBy by, const char* value, Timestamp at, bool is_own = true) {
        return ends_token({by, value, at, at + hours(25)}, grant, is_own);
    };
    const Timestamp later = kNow + microseconds(1);
    CHECK(ends(RevokedBy::kToken, "t1", kNow - hours(1)));  // whenever
    CHECK_FALSE(ends(RevokedBy::kToken, "t10", later));
    for (const auto& [by, value] :
         {std::pair(RevokedBy::kViewer, "v1"), std::pair(RevokedBy::kPath, "live/drone2"),
          std::pair(RevokedBy::kOwner, "guest-link:7")}) {
        CHECK(ends(by, value, kNow));
        CHECK(ends(by, value, later));
        CHECK_FALSE(ends(by, value, kNow - microseconds(1)));
        // The clock of another program may be ahead.
        CHECK(ends(by, value, kNow - seconds(60), false));
        CHECK_FALSE(ends(by, value, kNow - seconds(61), false));
        CHECK_FALSE(ends(by, "other", later));
    }
    grant.issued_at.reset();
    CHECK(ends(RevokedBy::kViewer, "v1", kNow - hours(20)));
    grant.owner.clear();
    CHECK_FALSE(ends(RevokedBy::kOwner, "", later));
}

}  // namespace viewer_test
