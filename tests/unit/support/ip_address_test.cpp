#include "support/ip_address.hpp"

#include <doctest/doctest.h>

using namespace rescuestream;

TEST_CASE("only a numeric address is taken for an address of this machine") {
    for (const char* address :
         {"127.0.0.1", "127.255.0.3", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"}) {
        INFO(address);
        CHECK(is_ip_address(address));
        CHECK(is_loopback_address(address));
    }
    for (const char* address :
         {"10.0.0.1", "0.0.0.0", "128.0.0.1", "::", "2001:db8::1", "::ffff:10.0.0.1"}) {
        INFO(address);
        CHECK(is_ip_address(address));
        CHECK_FALSE(is_loopback_address(address));
    }
    for (const char* name : {"", "localhost", "127.evil.com", "127.0.0.1.evil.com", "127.1", "127",
                             "127.0.0.1 ", " 127.0.0.1", "0127.0.0.1", "127.0.0.1/8", "[::1]",
                             "::1%lo", "127.0.0.1\n", "127.0.0.256"}) {
        INFO(name);
        CHECK_FALSE(is_ip_address(name));
        CHECK_FALSE(is_loopback_address(name));
    }
    CHECK_FALSE(is_loopback_address(std::string_view("127.0.0.1\0", 10)));
    CHECK_FALSE(is_ip_address("127.0.0.1.this.is.a.name.that.is.longer.than.any.address"));
}

TEST_CASE("an IPv4 address in IPv6 form is shown as IPv4, and nothing else is changed") {
    CHECK(without_mapping("::ffff:192.0.2.1") == "192.0.2.1");
    CHECK(without_mapping("::FFFF:192.0.2.1") == "192.0.2.1");
    for (const char* other : {"", "192.0.2.1", "::1", "::ffff:", "::ffff:192.0.2", "::ffff:a.b.c.d",
                              "::192.0.2.1", "2001:db8::ffff:192.0.2.1", "<nil>"}) {
        INFO(other);
        CHECK(without_mapping(other) == other);
    }
}
