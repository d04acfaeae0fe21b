#include "support/guest_secrets.hpp"

#include <doctest/doctest.h>

using namespace rescuestream;
using std::chrono::hours;
using std::chrono::seconds;

TEST_CASE("a code of a guest link has 22 characters, and no other text is taken for one") {
    const Secret code = make_guest_code(system_random());
    CHECK(looks_like_guest_code(code.reveal()));
    CHECK_FALSE(code.equals(make_guest_code(system_random()).reveal()));
    for (const char* wrong : {"", "a", "aaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaa",
                              "aaaaaaaaaaaaaaaaaaaaa=", "aaaaaaaaaaaaaaaaaaaaa/"}) {
        CAPTURE(wrong);
        CHECK_FALSE(looks_like_guest_code(wrong));
    }
}

TEST_CASE("only the right PIN matches what is stored, which does not contain it") {
    const std::string stored = stored_pin(Secret("204816"), system_random());
    CHECK(stored.find("204816") == std::string::npos);
    CHECK(is_pin(stored, "204816"));
    for (const char* wrong : {"", "204817", "2048160", "20481", " 204816"}) {
        CAPTURE(wrong);
        CHECK_FALSE(is_pin(stored, wrong));
    }
    CHECK(stored != stored_pin(Secret("204816"), system_random()));
    CHECK_FALSE(is_pin("", "204816"));
    CHECK_FALSE(is_pin("no colon", "204816"));
}

TEST_CASE("a pass is good for its installation, its link, its PIN and its time alone") {
    const Secret ours("secret of this installation");
    const Timestamp until{seconds(1'000'000)};
    const Timestamp before = until - seconds(1);
    const std::string pass = guest_pass(ours, "link", "salt:pin", until);
    CHECK(is_guest_pass(ours, "link", "salt:pin", pass, before));
    CHECK_FALSE(is_guest_pass(ours, "link", "salt:pin", pass, until));
    CHECK_FALSE(is_guest_pass(Secret("another"), "link", "salt:pin", pass, before));
    CHECK_FALSE(is_guest_pass(ours, "other", "salt:pin", pass, before));
    CHECK_FALSE(is_guest_pass(ours, "link", "salt:new", pass, before));
    std::string later = pass;
    later[0] = '9';
    CHECK_FALSE(is_guest_pass(ours, "link", "salt:pin", later, before));
    for (const char* wrong : {"", ".", "1000000", "1000000.", ".00", "x.y"}) {
        CAPTURE(wrong);
        CHECK_FALSE(is_guest_pass(ours, "link", "salt:pin", wrong, before));
    }
}
