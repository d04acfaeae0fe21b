#include "rescuestream/address_range.hpp"

#include <doctest/doctest.h>

using namespace rescuestream;

namespace {

bool in_range(const char* range, const char* address) {
    return AddressRange::parse(range).value().contains(address);
}

std::string form_of(const char* range) {
    return AddressRange::parse(range).value().text();
}

}  // namespace

TEST_CASE("a range contains the addresses that share its first bits") {
    CHECK(in_range("10.0.0.0/8", "10.255.0.1"));
    CHECK_FALSE(in_range("10.0.0.0/8", "11.0.0.1"));
    CHECK(in_range("192.0.2.128/25", "192.0.2.200"));
    CHECK_FALSE(in_range("192.0.2.128/25", "192.0.2.100"));
    CHECK(in_range("192.0.2.1", "192.0.2.1"));
    CHECK_FALSE(in_range("192.0.2.1", "192.0.2.2"));
    CHECK(in_range("0.0.0.0/0", "203.0.113.7"));
    CHECK(in_range("2001:db8::/32", "2001:db8:1::1"));
    CHECK_FALSE(in_range("2001:db8::/32", "2001:db9::1"));
    CHECK(in_range("fe80::/10", "fe80::1%eth0"));
    for (const char* none : {"", "x", "10.0.0", "10.0.0.1:80", "[2001:db8::1]"}) {
        CAPTURE(none);
        CHECK_FALSE(in_range("0.0.0.0/0", none));
        CHECK_FALSE(in_range("::/0", none));
    }
}

TEST_CASE("an IPv4 address is the same in its IPv6 form, and in no range of IPv6 addresses") {
    CHECK(in_range("10.0.0.0/8", "::ffff:10.0.0.1"));
    CHECK(in_range("::ffff:10.0.0.0/104", "10.0.0.1"));
    CHECK_FALSE(in_range("0.0.0.0/0", "2001:db8::1"));
    CHECK_FALSE(in_range("::/0", "10.0.0.1"));
    CHECK_FALSE(in_range("::/0", "::ffff:10.0.0.1"));
    CHECK(AddressRange::parse("::ffff:192.0.2.0/120").value() ==
          AddressRange::parse("192.0.2.0/24").value());
}

TEST_CASE("a range has one written form") {
    CHECK(form_of("10.0.0.0/8") == "10.0.0.0/8");
    CHECK(form_of("192.0.2.7") == "192.0.2.7");
    CHECK(form_of("192.0.2.7/32") == "192.0.2.7");
    CHECK(form_of("2001:DB8:0:0::/64") == "2001:db8::/64");
    CHECK(form_of("2001:db8::1/128") == "2001:db8::1");
    CHECK(form_of("::ffff:192.0.2.0/120") == "192.0.2.0/24");
    CHECK(form_of("0.0.0.0/0") == "0.0.0.0/0");
    CHECK(form_of("::/0") == "::/0");
}

TEST_CASE("what is no range is refused with what it must be") {
    for (const char* bad : {"", "10.0.0.0/33", "10.0.0/8", "x", "::/129", "10.0.0.0/",
                            "10.0.0.0/-1", "10.0.0.0/8x", " 10.0.0.0/8", "fe80::1%eth0", "all"}) {
        CAPTURE(bad);
        const auto range = AddressRange::parse(bad);
        REQUIRE_FALSE(range.has_value());
        CHECK(range.error().code == ErrorCode::kInvalidArgument);
        CHECK(range.error().message.find("must be an IP address") == 0);
    }
    CHECK_FALSE(AddressRange::parse(std::string_view("10.0.0.1\0", 9)).has_value());
    for (const auto& [bad, meant] : {std::pair("10.0.0.1/8", "10.0.0.0/8"),
                                     {"2001:db8::1/32", "2001:db8::/32"},
                                     {"::ffff:10.0.0.1/104", "10.0.0.0/8"},
                                     {"::ffff:0:0/95", "::fffe:0:0/95"}}) {
        CAPTURE(bad);
        const auto range = AddressRange::parse(bad);
        REQUIRE_FALSE(range.has_value());
        CHECK(range.error().message.find(std::string(": ") + meant + " has") != std::string::npos);
    }
}
