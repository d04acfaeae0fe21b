// The commands about credentials.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "rescuestream/api_credentials.hpp"
#include "support/temporary_directory.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using rescuestream::testing::TemporaryDirectory;

namespace {

std::string credential_in(const std::string& text) {
    const auto start = text.find("rsc_");
    return start == std::string::npos ? "" : text.substr(start, 60);
}

}  // namespace

TEST_CASE("a credential is added, listed, shown, changed, rotated, revoked and removed") {
    TestCli cli;
    const Ran added =
        cli.run({"credential", "add", "Map", "--scope", "streams:read", "--scope",
                 "keys:read,nodes:read", "--allowed-address", "192.0.2.0/24", "--expires", "30d"});
    CHECK(added.code == 0);
    const std::string text = credential_in(added.out);
    REQUIRE(split_credential(text));
    const std::string id = split_credential(text)->id.value;
    CHECK(contains(added.out, "streams:read keys:read nodes:read"));

    const Ran listed = cli.run({"credential", "list"});
    CHECK(listed.code == 0);
    CHECK(contains(listed.out, id));
    CHECK(contains(listed.out, "Map"));
    CHECK_FALSE(contains(listed.out, text.substr(17)));
    CHECK(contains(cli.run({"credential", "show", "Map"}).out, "192.0.2.0/24"));

    const Ran edited = cli.run({"credential", "edit", "Map", "--scope", "admin", "--reset",
                                "allowed_addresses", "--label", "Office"});
    CHECK(edited.code == 0);
    CHECK(contains(edited.out, "admin"));
    CHECK_FALSE(contains(edited.out, "192.0.2.0/24"));
    const Ran rotated = cli.run({"credential", "rotate", id, "--overlap", "1d", "--yes"});
    CHECK(rotated.code == 0);
    CHECK(credential_in(rotated.out).substr(0, 17) == text.substr(0, 17));
    CHECK(credential_in(rotated.out) != text);
    CHECK(contains(rotated.out, "Old secret"));
    CHECK(contains(cli.run({"credential", "revoke", "Office", "--yes"}).out, "revoked"));
    CHECK(cli.run({"credential", "edit", id, "--label", "X"}).code == 4);
    CHECK(cli.run({"credential", "remove", id, "--yes"}).code == 0);
    CHECK(cli.run({"credential", "show", id}).code == 3);
}

TEST_CASE("a credential is restricted to broadcasters that are named") {
    TestCli cli;
    const auto north = cli.id({"broadcaster", "add", "Team North"});
    const auto south = cli.id({"broadcaster", "add", "Team South"});
    const Ran added = cli.run({"credential", "add", "Map", "--scope", "streams:read",
                               "--broadcaster", "Team North", "--broadcaster", south});
    CHECK(added.code == 0);
    CHECK(contains(added.out, north));
    CHECK(contains(added.out, south));
    CHECK(
        contains(cli.run({"credential", "edit", "Map", "--broadcaster", "Team South"}).out, south));
    CHECK_FALSE(contains(cli.run({"credential", "show", "Map"}).out, north));
    const Ran unknown = cli.run({"credential", "edit", "Map", "--broadcaster", "Team West"});
    CHECK(unknown.code == 3);
    CHECK(contains(unknown.err, "Team West"));
}

TEST_CASE("a file with a credential that every user can read is told") {
    const TemporaryDirectory directory;
    TestCli cli;
    const std::string file = directory.file("credential");
    std::ofstream(file) << "rsc_abcdefghijkl_" << std::string(43, 'a') << '\n';
    const auto run_with = [&](mode_t mode) {
        REQUIRE(::chmod(file.c_str(), mode) == 0);
        return cli.run({"--server", "http://127.0.0.1:1", "--api-secret-file", file, "whoami"});
    };
    CHECK(contains(run_with(0644).err, "Every user of this machine can read or change " + file));
    CHECK(contains(run_with(0602).err, "Every user of this machine can read or change " + file));
    CHECK(run_with(0600).err.empty());
    REQUIRE(::chmod(file.c_str(), 0644) == 0);
    CHECK(contains(cli.run({"node", "add", "north", "--api-url", "http://192.0.2.1:9997",
                            "--webrtc", "http://192.0.2.1:8889", "--api-password-file", file})
                       .err,
                   "--api-password-file"));
}

TEST_CASE("a wrong option of a credential is named") {
    TestCli cli;
    CHECK(contains(cli.run({"credential", "add", "Map", "--scope", "everything"}).err, "--scope"));
    CHECK(cli.run({"credential", "add", "Map"}).code == 2);
    const Ran unknown = cli.run({"credential", "add", "Map", "--scope", "streams:read",
                                 "--broadcaster", "00000000-0000-7000-8000-000000000000"});
    CHECK(unknown.code == 2);
    CHECK(contains(unknown.err, "rescuestream-cli: --broadcaster: names no broadcaster"));
    CHECK(contains(
        cli.run({"credential", "add", "Map", "--scope", "admin", "--broadcaster", "x"}).err,
        "There is no broadcaster called x."));
    CHECK(cli.run({"credential", "edit", "Map"}).code == 2);
    CHECK(cli.run({"credential", "list", "--json"}).out.find("\"count\":0") != std::string::npos);
}

TEST_CASE("the credential is written to a file that only its owner can read") {
    const TemporaryDirectory directory;
    TestCli cli;
    const std::string file = directory.file("credential");
    const Ran added =
        cli.run({"credential", "add", "Map", "--scope", "streams:read", "--value-file", file});
    CHECK(added.code == 0);
    CHECK(credential_in(added.out).empty());
    CHECK(credential_in(file_text(file)).size() == 60);
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    const std::string other = directory.file("other");
    const Ran json = cli.run(
        {"credential", "add", "Other", "--scope", "streams:read", "--json", "--value-file", other});
    CHECK(json.code == 0);
    CHECK(credential_in(json.out).empty());
    CHECK(credential_in(file_text(other)).size() == 60);
}
