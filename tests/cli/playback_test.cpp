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

TEST_CASE("a token for a path that no key has comes with a warning, and is made") {
    TestCli cli;
    cli.core.key();
    const auto slip = cli.run({"playback", "token", "live/drone1", "live/dron", "--short", "-q"});
    CHECK(slip.code == 0);
    CHECK_FALSE(slip.out.empty());
    CHECK(contains(slip.err, "no stream key has the path live/dron: is it spelled right?"));
    CHECK_FALSE(contains(slip.err, "live/drone1:"));
}

TEST_CASE("who takes the right of viewers is told how many of them go on by HLS") {
    TestCli cli;
    cli.core.key();
    REQUIRE(cli.run({"key", "edit", "live/drone1", "--playback-policy", "signed"}).err.empty());
    cli.id({"incident", "open", "Lake"});
    cli.id({"guest", "add", "--incident", "Lake", "--key", "live/drone1", "--label", "Press"});
    const auto link = cli.core->list_guest_links({}, {}).value().items.at(0).id;
    const auto watch = [&](const char* id, Protocol protocol, const std::string& owner) {
        cli.core.clock.advance(std::chrono::seconds(2));  // a revocation counts until its second
        NewPlaybackToken wanted;
        wanted.paths = {"live/drone1"};
        wanted.owner = owner;
        wanted.viewer_id = "ada";
        wanted.is_short = true;
        ReadRequest request;
        request.path = "live/drone1";
        request.protocol = protocol;
        request.password = cli.core->mint_playback_token(wanted, cli.core.caller).value().token;
        request.connection = ConnectionId{id};
        REQUIRE(cli.core->decide_read(request).accepted());
    };
    watch("v1", Protocol::kWebRtc, token_owner(link));
    CHECK(cli.run({"playback", "revoke", "--path", "live/drone1", "-y"}).err.empty());
    watch("v2", Protocol::kHls, token_owner(link));
    const std::string one = "1 viewer by HLS goes on until its player or the stream stops";
    for (const auto* by : {"--path", "--viewer"}) {
        const auto* value = std::string_view(by) == "--path" ? "live/drone1" : "ada";
        CHECK(contains(cli.run({"playback", "revoke", by, value, "-y"}).err, one));
    }
    CHECK(contains(cli.run({"guest", "edit", "Press", "--until", "8h"}).err, one));
    CHECK(cli.run({"guest", "edit", "Press", "--label", "Media"}).err.empty());
    watch("v3", Protocol::kHls, token_owner(link));
    CHECK(contains(cli.run({"incident", "close", "Lake", "-y"}).err, "2 viewers by HLS go on"));
    CHECK(contains(
        cli.run({"guest", "add", "--key", "live/drone1", "--until", "8h", "--label", "Other", "-q"})
            .out,
        "-"));
    CHECK(cli.run({"guest", "close", "Other", "-y"}).err.empty());
}

TEST_CASE("who signs a path is told how many watch it by HLS without a token") {
    TestCli cli;
    cli.core.key();
    ReadRequest request;
    request.path = "live/drone1";
    request.protocol = Protocol::kHls;
    request.connection = ConnectionId{"v1"};
    REQUIRE(cli.core->decide_read(request).accepted());
    CHECK(contains(cli.run({"key", "edit", "live/drone1", "--playback-policy", "signed"}).err,
                   "1 viewer by HLS goes on"));
    CHECK(cli.run({"key", "edit", "live/drone1", "--label", "Drone"}).err.empty());
}
