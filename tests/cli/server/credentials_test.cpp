// Credentials and profiles through the real server.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "../test_cli.hpp"
#include "rescuestream/api_credentials.hpp"
#include "support/temporary_directory.hpp"
#include "test_server.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using rescuestream::testing::TemporaryDirectory;

namespace {

OrchestratorSettings settings_that_seal() {
    auto settings = rescuestream::testing::TestOrchestrator::default_settings();
    settings.control_secret = Secret("installation");
    return settings;
}

std::string credential_in(const std::string& text) {
    const auto start = text.find("rsc_");
    return start == std::string::npos ? "" : text.substr(start, 60);
}

}  // namespace

TEST_CASE("a profile holds a server and a credential, in a file of its owner") {
    const TemporaryDirectory directory;
    TestCli cli(settings_that_seal());
    cli.environment["HOME"] = directory.path().string();
    const Ran added = cli.run({"credential", "add", "Map", "--scope", "streams:read", "--json"});
    const std::string text = credential_in(added.out);
    const TestServer server(*cli.core.orchestrator, "topsecret");
    const std::string url = server.origin();
    cli.answer = text + "\n";
    cli.through_server = true;
    const Ran profile = cli.run({"profile", "add", "north", "--server", url});
    CHECK(profile.code == 0);
    CHECK(contains(profile.out, "accepts as Map ("));
    cli.through_server = false;
    const std::string file = directory.file(".config/rescuestream/profiles.json");
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    CHECK(cli.run({"profile", "add", "north", "--server", url}).code == 4);

    cli.through_server = true;
    const Ran who = cli.run({"whoami", "--profile", "north"});
    CHECK(who.code == 0);
    CHECK(contains(who.out, "Map ("));
    CHECK(contains(who.out, "streams:read"));
    CHECK(cli.run({"stream", "list", "--profile", "north"}).code == 0);
    const Ran forbidden = cli.run({"node", "list", "--profile", "north"});
    CHECK(forbidden.code == 5);
    CHECK(contains(forbidden.err, "nodes:read"));
    cli.environment["RESCUESTREAM_PROFILE"] = "north";
    CHECK(contains(cli.run({"whoami"}).out, "Map ("));
    cli.environment.erase("RESCUESTREAM_PROFILE");
    CHECK(contains(cli.run({"whoami"}).out, "cli:ada"));
    CHECK(cli.run({"profile", "use", "north"}).code == 0);
    CHECK(contains(cli.run({"whoami"}).out, "Map ("));
    const Ran listed = cli.run({"profile", "list"});
    CHECK(contains(listed.out, url));
    CHECK(contains(listed.out, "the credential " + text.substr(4, 12) + "  yes"));
    cli.environment["RESCUESTREAM_SERVER"] = url;
    CHECK(contains(cli.run({"profile", "list"}).err, "RESCUESTREAM_SERVER is set"));
    CHECK(contains(cli.run({"profile", "use", "north"}).err, "goes before the profile in use"));
    cli.environment.erase("RESCUESTREAM_SERVER");
    CHECK(cli.run({"profile", "use", "north"}).err.empty());
    CHECK_FALSE(contains(cli.run({"profile", "list", "--json"}).out, "rsc_"));
    CHECK(cli.run({"whoami", "--profile", "south"}).code == 3);
    CHECK(cli.run({"whoami", "--profile", "north", "--server", url}).code == 2);
    CHECK(cli.run({"db", "status", "--profile", "north"}).code == 2);

    REQUIRE(::chmod(file.c_str(), 0644) == 0);
    CHECK(contains(cli.run({"whoami"}).err, "chmod 600"));
    REQUIRE(::chmod(file.c_str(), 0600) == 0);
    CHECK(cli.run({"profile", "remove", "north", "--yes"}).code == 0);
    CHECK(contains(cli.run({"whoami"}).out, "cli:ada"));
}

TEST_CASE("a profile with a credential that the server refuses is not added") {
    const TemporaryDirectory directory;
    TestCli cli(settings_that_seal());
    cli.environment["HOME"] = directory.path().string();
    cli.through_server = true;
    const TestServer server(*cli.core.orchestrator, "topsecret");
    cli.answer = "rsc_abcdefghijkl_" + std::string(43, 'a') + "\n";
    const Ran refused = cli.run({"profile", "add", "north", "--server", server.origin()});
    CHECK(refused.code == 5);
    CHECK(contains(refused.err, "The profile was not added"));
    CHECK_FALSE(contains(refused.err, std::string(43, 'a')));
    CHECK(contains(cli.run({"profile", "list"}).out, "There are no profiles yet"));
    CHECK(cli.run({"profile", "add", "north", "--server", server.origin(), "--unchecked"}).code ==
          0);
    cli.answer = "topsecret\n";
    CHECK(cli.run({"profile", "add", "south", "--server", server.origin()}).code == 0);
    CHECK(contains(cli.run({"profile", "list"}).out, "the shared secret"));
}

TEST_CASE("the commands about credentials do the same through a server") {
    TestCli cli(settings_that_seal());
    const TestServer server(*cli.core.orchestrator, "topsecret");
    cli.through_server = true;
    cli.environment["RESCUESTREAM_SERVER"] = server.origin();
    cli.environment["API_SECRET"] = "topsecret";
    CHECK(contains(cli.run({"whoami"}).out, "cli:ada"));
    const Ran added = cli.run({"credential", "add", "Map", "--scope", "admin"});
    CHECK(added.code == 0);
    const std::string text = credential_in(added.out);
    cli.environment["API_SECRET"] = text;
    CHECK(contains(cli.run({"whoami"}).out, "Map ("));
    CHECK(contains(cli.run({"whoami", "--auth", "shared-secret"}).out, "Map ("));
    CHECK(cli.run({"credential", "edit", "Map", "--label", "Office"}).code == 0);
    CHECK(contains(cli.run({"credential", "list"}).out, "Office"));
    const Ran rotated = cli.run({"credential", "rotate", "Office", "--yes"});
    CHECK(rotated.code == 0);
    CHECK(cli.run({"whoami"}).code == 5);
    cli.environment["API_SECRET"] = credential_in(rotated.out);
    CHECK(cli.run({"credential", "revoke", "Office", "--yes"}).code == 0);
    CHECK(cli.run({"whoami"}).code == 5);
    cli.environment["API_SECRET"] = "topsecret";
    CHECK(cli.run({"credential", "remove", split_credential(text)->id.value, "--yes"}).code == 0);
    CHECK(contains(cli.run({"credential", "list"}).out, "There are no credentials yet"));
}
