#include "limits.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>

#include <string>

#include "http/network.hpp"
#include "http/peer_address.hpp"
#include "keyed_hash.hpp"

using namespace rescuestream::server;
using rescuestream::network_of;

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const RateLimit::Instant kBegin{std::chrono::hours(1)};

}  // namespace

TEST_CASE("a burst is allowed at once, and then the rate applies") {
    RateLimit limit(10, 20);
    for (std::uint64_t i = 0; i < 20; ++i) {
        const auto outcome = limit.take("a", kBegin);
        CHECK(outcome.allowed);
        CHECK(outcome.remaining == 19 - i);
    }
    const auto refused = limit.take("a", kBegin);
    CHECK_FALSE(refused.allowed);
    CHECK(refused.reset == seconds(1));
    CHECK_FALSE(limit.take("a", kBegin + milliseconds(99)).allowed);
    CHECK(limit.take("a", kBegin + milliseconds(100)).allowed);
    CHECK_FALSE(limit.take("a", kBegin + milliseconds(100)).allowed);
    CHECK(limit.take("b", kBegin).allowed);
    CHECK(limit.take("a", kBegin + minutes(1)).remaining == 19);
}

TEST_CASE("a request that counts for several leaves less") {
    RateLimit limit(2, 10);
    const RateLimit::Instant now{std::chrono::hours(1)};
    CHECK(limit.take("a", now, 7).remaining == 3);
    const auto refused = limit.take("a", now, 4);
    CHECK_FALSE(refused.allowed);
    CHECK(refused.reset == std::chrono::seconds(1));
    CHECK(limit.take("a", now, 3).remaining == 0);
    CHECK(limit.take("a", now + std::chrono::seconds(2), 4).allowed);
    CHECK_FALSE(limit.take("b", now, 11).allowed);
}

TEST_CASE("callers beyond the number that can be remembered are not refused for that") {
    RateLimit limit(1, 1);
    int refused = 0;
    for (int i = 0; i < 250'000; ++i) {
        if (!limit.take(std::to_string(i), kBegin).allowed) ++refused;
    }
    CHECK(refused == 0);
}

TEST_CASE("a caller that used up its rate stays limited when others come") {
    RateLimit limit(1, 100);
    for (int i = 0; i < 100; ++i) limit.take("greedy", kBegin);
    for (int i = 0; i < 250'000; ++i) limit.take(std::to_string(i), kBegin);
    CHECK_FALSE(limit.take("greedy", kBegin).allowed);
}

TEST_CASE("the hash with a key is SipHash-2-4") {
    KeyedHash::Key key{};
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
    const KeyedHash hash(key);
    // Source: Aumasson, Bernstein, "SipHash", appendix A, and the vectors of its reference code.
    std::string text;
    CHECK(hash(text) == 0x726fdb47dd0e0e31U);
    for (char c = 0; c < 8; ++c) text += c;
    CHECK(hash(text) == 0x93f5f5799a932462U);
    for (char c = 8; c < 15; ++c) text += c;
    CHECK(hash(text) == 0xa129ca6149be45e5U);
    CHECK(KeyedHash()(text) != KeyedHash()(text));
}

TEST_CASE(
    "the address of a peer is written as text; an IPv4 peer of an IPv6 socket has its IPv4 "
    "address") {
    const auto text_of = [](const char* address) {
        sockaddr_storage peer{};
        auto& v4 = reinterpret_cast<sockaddr_in&>(peer);
        auto& v6 = reinterpret_cast<sockaddr_in6&>(peer);
        if (inet_pton(AF_INET, address, &v4.sin_addr) == 1) {
            peer.ss_family = AF_INET;
        } else {
            REQUIRE(inet_pton(AF_INET6, address, &v6.sin6_addr) == 1);
            peer.ss_family = AF_INET6;
        }
        return address_of(peer);
    };
    for (const char* address :
         {"0.0.0.0", "9.10.99.100", "255.255.255.255", "::1", "2001:db8::1"}) {
        CHECK(text_of(address) == address);
    }
    CHECK(text_of("::ffff:192.0.2.1") == "192.0.2.1");
    CHECK(address_of(sockaddr_storage{}).empty());
}

TEST_CASE("an IPv6 address counts as its /64, a mapped one as IPv4, and other text as itself") {
    CHECK(network_of("192.0.2.1") == "192.0.2.1");
    CHECK(network_of("::ffff:192.0.2.1") == "192.0.2.1");
    CHECK(network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
    CHECK(network_of("2001:DB8:1:2:0:0:0:1") == network_of("2001:db8:1:2::9"));
    CHECK(network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1"));
    CHECK(network_of("fe80::1%eth0") == network_of("fe80::2"));
    CHECK(network_of("") == "");
    CHECK(network_of("<nil>") == "<nil>");
    CHECK(network_of("a:b") == "a:b");
    CHECK(network_of(std::string(5'000, 'x')).size() == 64);
}
