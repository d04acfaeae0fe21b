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

TEST_CASE("the removal of a viewer that stays is no success") {
    TestCli cli;
    cli.core.key();
    const auto removal_of = [&](const char* id, Protocol protocol) {
        ReadRequest request;
        request.path = "live/drone1";
        request.protocol = protocol;
        request.connection = ConnectionId{id};
        REQUIRE(cli.core->decide_read(request).accepted());
        return cli.run({"viewer", "remove", id, "-y"});
    };
    const auto stays = removal_of("v1", Protocol::kHls);
    CHECK(stays.code == 8);
    CHECK(stays.out.empty());
    CHECK(contains(stays.err, "ends with its player"));
    CHECK(removal_of("v2", Protocol::kSrt).code == 0);
}

TEST_CASE("a revocation of something unknown says so") {
    TestCli cli;
    const auto key = cli.core.key();
    const auto unknown = cli.run({"playback", "revoke", "--id", "slip", "-y"});
    CHECK(unknown.code == 0);
    CHECK(unknown.out.empty());
    CHECK(contains(unknown.err, "Nothing with token slip is known here"));
    const auto known = cli.run({"playback", "revoke", "--path", "live/drone1", "-y"});
    CHECK(contains(known.out, "revoked"));
    CHECK(cli.run({"playback", "token"}).code == 2);
    CHECK(cli.run({"playback", "token", "live/drone1", "--incident", "Lake"}).code == 2);
}
