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

TEST_CASE("a list of viewers names the guest link by which each came") {
    TestCli cli;
    cli.core.key();
    REQUIRE(cli.run({"key", "edit", "live/drone1", "--playback-policy", "signed"}).code == 0);
    cli.id({"guest", "add", "--key", "live/drone1", "--until", "8h", "--label", "Press"});
    const auto link = cli.core->list_guest_links({}, {}).value().items.at(0).id;
    const auto watch = [&](const char* id, const std::string& owner) {
        NewPlaybackToken wanted;
        wanted.paths = {"live/drone1"};
        wanted.owner = owner;
        wanted.is_short = true;
        ReadRequest request;
        request.path = "live/drone1";
        request.protocol = Protocol::kWebRtc;
        request.password = cli.core->mint_playback_token(wanted, cli.core.caller).value().token;
        request.connection = ConnectionId{id};
        REQUIRE(cli.core->decide_read(request).accepted());
    };
    watch("v1", token_owner(link));
    watch("v2", "");
    const auto listed = cli.run({"viewer", "list"});
    CHECK(contains(listed.out, "GUEST LINK"));
    const auto lines = lines_of(listed.out);
    const auto line_of = [&](const char* id) {
        for (const auto& line : lines) {
            if (line.starts_with(id)) return line;
        }
        return std::string();
    };
    CHECK(contains(line_of("v1"), "Press"));
    CHECK_FALSE(contains(line_of("v2"), "Press"));
    CHECK(contains(cli.run({"viewer", "list", "--json"}).out,
                   "\"guest_link_id\":\"" + link.to_string() + "\""));
}

TEST_CASE("a revocation of something unknown says so") {
    TestCli cli;
    const auto key = cli.core.key();
    const auto unknown = cli.run({"playback", "revoke", "--id", "slip", "-y"});
    CHECK(unknown.code == 0);
    CHECK(unknown.out.empty());
    CHECK(contains(unknown.err, "Nothing with token slip is known here, so nobody is put out. "));
    CHECK(contains(unknown.err, "Tokens with it that were made until now, here or by another "));
    const auto known = cli.run({"playback", "revoke", "--path", "live/drone1", "-y"});
    CHECK(contains(known.out, "revoked"));
    CHECK(cli.run({"playback", "token"}).code == 2);
    CHECK(cli.run({"playback", "token", "live/drone1", "--incident", "Lake"}).code == 2);
}
