// Playback tokens at the command line.

#include <doctest/doctest.h>

#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

TEST_CASE("the addresses of a new token contain it, so that they can be copied to a player") {
    TestCli cli;
    const auto key = cli.core.key();
    const auto shown = cli.run({"playback", "token", "live/drone1", "--short"});
    REQUIRE(shown.code == 0);
    const auto begin = shown.out.find("rsp_");
    REQUIRE(begin != std::string::npos);
    const auto token = shown.out.substr(begin, shown.out.find('\n', begin) - begin);
    CHECK(token.size() == 28);
    for (const std::string address :
         {"/live/drone1/index.m3u8?jwt=", "/live/drone1/?jwt=", "read:live/drone1:viewer:"}) {
        CAPTURE(address);
        CHECK(contains(shown.out, address + token));
    }
}
