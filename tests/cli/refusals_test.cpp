#include <doctest/doctest.h>

#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace refusals_cli_test {

namespace {

struct RefusalsCli : TestCli {
    RefusalsCli() {
        id({"broadcaster", "add", "Team"});
        key = id({"key", "create", "-b", "Team", "--label", "Drone", "--path", "live/drone1"});
    }

    void refuse(const std::string& reason, const std::string& path, bool has_key) {
        RefusedQuestion question;
        question.attempt.remote_address = "10.9.9.9";
        question.attempt.protocol = Protocol::kRtmp;
        question.attempt.path = path;
        question.attempt.reason = reason;
        question.attempt.user_agent = "Larix";
        if (has_key) question.attempt.stream_key_id = StreamKeyId::parse(key);
        core->note_refusal(std::move(question));
    }

    std::string key;
};

}  // namespace

TEST_CASE("refused attempts are listed with their reasons in words and what to do") {
    RefusalsCli cli;
    CHECK(contains(cli.run({"refusals"}).out,
                   "There are no such refused attempts. If an encoder fails nevertheless"));
    cli.refuse("wrong_path", "live/x", true);
    cli.core.clock.advance(std::chrono::seconds(5));
    cli.refuse("no_credential", "live/y", false);
    cli.refuse("no_credential", "live/y", false);
    const auto ran = cli.run({"refusals"});
    REQUIRE(ran.code == 0);
    const auto lines = lines_of(ran.out);
    REQUIRE(lines.size() == 6);
    CHECK(contains(lines[0], "REASON         PATH    FROM      PROTOCOL  KEY"));
    CHECK(contains(lines[1], "2      no credential  live/y  10.9.9.9  rtmp"));
    CHECK(contains(lines[2], "1      wrong path     live/x  10.9.9.9  rtmp      Drone (Team)"));
    CHECK(lines[3].empty());
    CHECK(contains(lines[4], "no credential: The request contains no stream key"));
    CHECK(lines[5] ==
          "wrong path: The key is valid, but the path is not its own: publish to live/drone1.");

    CHECK(contains(cli.run({"refusals", "--json"}).out, "\"count\":2}"));
    CHECK(lines_of(cli.run({"refusals", "--quiet"}).out).size() == 2);
    CHECK(lines_of(cli.run({"refusals", "-q", "--key", "Drone"}).out).size() == 1);
    CHECK(lines_of(cli.run({"refusals", "-q", "--reason", "wrong path"}).out).size() == 1);
    CHECK(lines_of(cli.run({"refusals", "-q", "--path", "live/y"}).out).size() == 1);
    CHECK(lines_of(cli.run({"refusals", "-q", "--since", "4s"}).out).size() == 1);
    CHECK(lines_of(cli.run({"refusals", "-q", "--limit", "1"}).out).size() == 1);
    CHECK(cli.run({"refusals", "-q", "--address", "10.9.9.8"}).out.empty());
}

TEST_CASE("a filter that cannot match is refused") {
    RefusalsCli cli;
    CHECK(cli.run({"refusals", "--reason", "because"}).code == 2);
    CHECK(cli.run({"refusals", "--key", "nobody"}).code != 0);
    CHECK(cli.run({"refusals", "--limit", "0"}).code == 2);
    CHECK(cli.run({"refusals", "--since", "yesterday-ish"}).code == 2);
}

TEST_CASE("a key is shown with its last refusal and what to do about it") {
    RefusalsCli cli;
    CHECK_FALSE(contains(cli.run({"key", "show", "Drone"}).out, "Last refused"));
    cli.refuse("expired", "live/drone1", true);
    cli.core.clock.advance(std::chrono::seconds(30));
    cli.refuse("wrong_path", "live/x", true);
    cli.core.clock.advance(std::chrono::seconds(12));
    const auto shown = cli.run({"key", "show", "Drone"});
    REQUIRE(shown.code == 0);
    const auto lines = lines_of(shown.out);
    REQUIRE(lines.size() > 2);
    const auto& last = lines[lines.size() - 2];
    CHECK(last.starts_with("Last refused  "));
    CHECK(last.ends_with("  12 s ago: wrong path live/x from 10.9.9.9"));
    CHECK(lines.back().starts_with("What to do  "));
    CHECK(lines.back().ends_with(
        "  The key is valid, but the path is not its own: publish to live/drone1."));
}

TEST_CASE("with --follow, refused attempts are printed as they come, and each time once") {
    RefusalsCli cli;
    cli.refuse("wrong_path", "live/x", true);
    int round = 0;
    cli.pause = [&](std::chrono::milliseconds) {
        cli.core.clock.advance(std::chrono::seconds(1));
        if (++round == 2) cli.refuse("no_credential", "live/y", false);
        if (round == 4) cli.refuse("wrong_path", "live/x", true);
        return round < 6;
    };
    SUBCASE("as text") {
        const auto ran = cli.run({"refusals", "--follow"});
        CHECK(ran.code == 0);
        const auto lines = lines_of(ran.out);
        REQUIRE(lines.size() == 3);
        CHECK(contains(lines[0],
                       "wrong path live/x from 10.9.9.9 by rtmp, key Drone (Team). "
                       "The key is valid, but the path is not its own: publish to "
                       "live/drone1."));
        CHECK(contains(lines[1], "no credential live/y from 10.9.9.9 by rtmp. The request"));
        CHECK(contains(lines[2], "key Drone (Team), 2 times. The key is valid"));
    }
    SUBCASE("as JSON, an object in each line") {
        const auto lines = lines_of(cli.run({"refusals", "--follow", "--json"}).out);
        REQUIRE(lines.size() == 3);
        CHECK(contains(lines[2], "\"times\":2"));
        for (const auto& line : lines) {
            CHECK(line.front() == '{');
            CHECK(line.back() == '}');
        }
    }
}

TEST_CASE("a guest with a wrong PIN was refused at the page, not by an unknown protocol") {
    RefusalsCli cli;
    RefusedQuestion question;
    question.attempt.remote_address = "10.9.9.9";
    question.attempt.action = RefusedAction::kRead;
    question.attempt.path = "watch/0197c2a5-3333-7c33-9d1e-2f4b8a6c0d11";
    question.attempt.reason = "wrong_pin";
    cli.core->note_refusal(std::move(question));
    const auto out = cli.run({"refusals"}).out;
    CHECK(contains(out, "10.9.9.9  page"));
    CHECK_FALSE(contains(out, "unknown"));
}

}  // namespace refusals_cli_test
