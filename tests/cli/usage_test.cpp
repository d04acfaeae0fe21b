#include <doctest/doctest.h>

#include "rescuestream/version.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

TEST_CASE("help and version are not errors and are printed to the standard output") {
    TestCli cli;
    const auto version = cli.run({"--version"});
    CHECK(version.code == 0);
    CHECK(version.out == std::string("rescuestream-cli ") + RESCUESTREAM_VERSION + "\n");
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {"--help"}, {"key", "--help"}, {"key", "create", "--help"}}) {
        const auto help = cli.run(arguments);
        CHECK(help.code == 0);
        CHECK(contains(help.out, "Usage:"));
        CHECK(contains(help.out, "Exit codes:"));
        CHECK(help.err.empty());
    }
}

TEST_CASE("the message names what is wrong with a command line") {
    TestCli cli;
    CHECK(cli.run({"strem", "list"}).err ==
          "rescuestream-cli: there is no command strem; there are: broadcaster key stream "
          "incident guest node status health doctor audit refusals viewer playback playback-key "
          "credential whoami profile db mediamtx hook completion\nMore: rescuestream-cli --help\n");
    CHECK(cli.run({"stream", "lst"}).err ==
          "rescuestream-cli: there is no command lst; there are: list show timeline stop\n"
          "More: rescuestream-cli stream --help\n");
    CHECK(cli.run({"stream", "list", "--stat", "ended"}).err ==
          "rescuestream-cli: not understood: --stat ended\n"
          "More: rescuestream-cli stream list --help\n");
}

TEST_CASE("wrong usage is an error that leaves the standard output empty") {
    TestCli cli;
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{},
                                               {"nonsense"},
                                               {"key"},
                                               {"key", "nonsense"},
                                               {"key", "list", "--nonsense"},
                                               {"key", "list", "too", "much"},
                                               {"key", "list", "--limit", "many"},
                                               {"broadcaster", "show"},
                                               {"stream", "list", "--auth", "none"}}) {
        const auto ran = cli.run(arguments);
        CHECK(ran.code == 2);
        CHECK(ran.out.empty());
        CHECK_FALSE(ran.err.empty());
    }
    CHECK_FALSE(cli.opened);
}

TEST_CASE("options of the program are accepted before and after the command") {
    TestCli cli;
    CHECK(contains(cli.run({"--json", "broadcaster", "list"}).out, "{\"broadcasters\":[]"));
    CHECK(contains(cli.run({"broadcaster", "--json", "list"}).out, "{\"broadcasters\":[]"));
    CHECK(contains(cli.run({"broadcaster", "list", "--json"}).out, "{\"broadcasters\":[]"));
}

TEST_CASE("every error code has its own exit code") {
    CHECK(exit_code_of(ErrorCode::kInternal) == ExitCode::kUnexpected);
    CHECK(exit_code_of(ErrorCode::kInvalidArgument) == ExitCode::kInvalid);
    CHECK(exit_code_of(ErrorCode::kNotFound) == ExitCode::kNotFound);
    CHECK(exit_code_of(ErrorCode::kConflict) == ExitCode::kConflict);
    CHECK(exit_code_of(ErrorCode::kUnauthorized) == ExitCode::kUnauthorized);
    CHECK(exit_code_of(ErrorCode::kUnavailable) == ExitCode::kUnavailable);
    CHECK(exit_code_of(ErrorCode::kTimeout) == ExitCode::kTimeout);
    CHECK(exit_code_of(ErrorCode::kStorageFull) == ExitCode::kStorageFull);
    CHECK(exit_code_of(ErrorCode::kUnsupported) == ExitCode::kUnsupported);
}
