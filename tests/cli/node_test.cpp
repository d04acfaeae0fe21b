#include <doctest/doctest.h>

#include <fstream>

#include "cli/test_cli.hpp"
#include "support/temporary_directory.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using namespace rescuestream::testing;

namespace {

const std::vector<std::string> kAdd{"node",
                                    "add",
                                    "north",
                                    "--label",
                                    "Northern valley",
                                    "--api-url",
                                    "http://127.0.0.1:1",
                                    "--webrtc",
                                    "https://north.example:8889"};

}  // namespace

TEST_CASE("nodes are added, listed, shown, changed and removed") {
    TestCli cli;
    const auto added = cli.run(kAdd);
    CHECK(added.code == 0);
    CHECK(contains(added.out, "Name       north\n"));
    CHECK(contains(added.out, "RTSP       rtsp://north.example:8554\n"));
    CHECK(contains(added.out, "rescuestream-cli mediamtx config --node north\n"));

    const auto list = lines_of(cli.run({"node", "list"}).out);
    REQUIRE(list.size() == 3);
    CHECK(list[1].starts_with("default"));
    CHECK(contains(list[2], "Northern valley"));
    CHECK(lines_of(cli.run({"node", "list", "--quiet"}).out) ==
          std::vector<std::string>{"default", "north"});

    const auto edited =
        cli.run({"node", "edit", "north", "--label", "N", "--hls", "https://cdn.example"});
    CHECK(edited.code == 0);
    CHECK(contains(edited.out, "HLS        https://cdn.example\n"));
    CHECK(contains(edited.out, "RTSP       rtsp://north.example:8554\n"));
    CHECK(cli.core->list_audit({}).value().entries.at(0).resource_id == "north");

    CHECK(contains(cli.run({"node", "drain", "north"}).out, "State      draining\n"));
    CHECK(cli.core->find_node("north").value().node.draining);
    CHECK_FALSE(contains(cli.run({"node", "undrain", "north"}).out, "draining"));
    CHECK(cli.run({"node", "drain", "default", "--quiet"}).out == "default\n");

    cli.terminal = true;
    cli.answer = "n\n";
    CHECK(cli.run({"node", "remove", "north"}).code != 0);
    CHECK(cli.core->find_node("north").has_value());
    CHECK(cli.run({"node", "remove", "north", "--yes"}).out == "Node north removed.\n");
    CHECK_FALSE(cli.core->find_node("north").has_value());
}

TEST_CASE("a new node is only observed until enforcement is switched on") {
    TestCli cli;
    REQUIRE(cli.run(kAdd).code == 0);
    CHECK(contains(cli.run({"node", "show", "north"}).out,
                   "Enforcing  no: until MediaMTX is seen to ask"));
    cli.terminal = true;
    cli.answer = "n\n";
    CHECK(cli.run({"node", "enforce", "north"}).code != 0);
    CHECK_FALSE(cli.core->find_node("north").value().standing.is_enforced());
    cli.terminal = false;
    cli.core.clock.advance(std::chrono::seconds(1));
    const auto enforced = cli.run({"node", "enforce", "north", "--yes"});
    CHECK(enforced.code == 0);
    CHECK(contains(enforced.out,
                   "Enforcing  yes: publishers that were not accepted here are removed"));
    CHECK(cli.core->list_audit({}).value().entries.at(0).action == "enforce");
    CHECK(cli.run({"node", "enforce", "south", "--yes"}).code == 3);
}

TEST_CASE("publishers on a node that does not ask the server are shown with advice") {
    TestCli cli;
    cli.core.media->connect(ConnectionKind::kSrt, {"s1"}, "192.0.2.8:4711");
    cli.core.media->publish(ConnectionKind::kSrt, {"s1"}, "somebodys/camera");
    for (int i = 0; i < 3; ++i) cli.core->tick();
    const auto shown = cli.run({"node", "show", "default"});
    // This installation sets UNKNOWN_PUBLISHER, so the publisher was removed; it is listed
    // nevertheless.
    CHECK(contains(shown.out, " not asking\n"));
    CHECK(contains(shown.out, "authHTTPAddress: http://THIS-SERVER/auth"));
    CHECK(contains(shown.out, "somebodys/camera  srt  192.0.2.8"));
    CHECK(contains(cli.run({"node", "list"}).out, "not asking"));
}

TEST_CASE("a node's password comes from a file and is never shown") {
    const TemporaryDirectory directory;
    const std::string file = directory.path() / "password";
    std::ofstream(file) << "very secret\n";
    TestCli cli;
    auto arguments = kAdd;
    arguments.insert(arguments.end(), {"--api-user", "control", "--api-password-file", file});
    const auto added = cli.run(arguments);
    CHECK(added.code == 0);
    CHECK(contains(added.out, "control"));
    CHECK(cli.core->find_node("north").value().node.api_password.reveal() == "very secret");
    for (const auto& ran : {added, cli.run({"node", "show", "north"}),
                            cli.run({"node", "list", "--json"}), cli.run({"audit", "list"})}) {
        CHECK_FALSE(contains(ran.out, "very secret"));
    }
}

TEST_CASE("a node's password is not sent to a new address unless it is given again") {
    const TemporaryDirectory directory;
    const std::string file = directory.path() / "password";
    std::ofstream(file) << "very secret\n";
    TestCli cli;
    auto arguments = kAdd;
    arguments.insert(arguments.end(), {"--api-password-file", file});
    REQUIRE(cli.run(arguments).code == 0);
    const auto moved = cli.run({"node", "edit", "north", "--api-url", "http://127.0.0.1:2"});
    CHECK(moved.code == 2);
    CHECK(contains(moved.err, " --api-password-file: "));
    CHECK(cli.core->find_node("north").value().node.api_url == "http://127.0.0.1:1");
    CHECK(cli.run({"node", "edit", "north", "--api-url", "http://127.0.0.1:2",
                   "--api-password-file", file})
              .code == 0);
}

TEST_CASE("a wrong node is refused with the reason, and nothing is stored") {
    TestCli cli;
    const auto wrong = cli.run({"node", "add", "No!", "--api-url", "10.0.0.2:9997", "--srt", "x"});
    CHECK(wrong.code == 2);
    CHECK(contains(wrong.err, " NAME: "));
    CHECK(contains(wrong.err, " --api-url: "));
    CHECK(contains(wrong.err, " --srt: "));
    CHECK(cli.run({"node", "add", "north"}).code == 2);
    CHECK(cli.run({"node", "add", "north", "--api-url", "http://x:1", "--webrtc", "y"}).code == 2);
    for (const char* url : {"http://x:1/v3", "http://[zzz]:1", "http://a%00b", "http://u:p@x"}) {
        CAPTURE(url);
        CHECK(cli.run({"node", "add", "north", "--api-url", url}).code == 2);
    }
    CHECK(cli.core->list_nodes().value().size() == 1);
    REQUIRE(cli.run(kAdd).code == 0);
    CHECK(cli.run(kAdd).code == 4);
    CHECK(cli.run({"node", "edit", "north"}).code == 2);
    CHECK(cli.run({"node", "show", "south"}).code == 3);
    CHECK(cli.run({"node", "remove", "default", "--yes"}).code == 4);
    CHECK(cli.run({"node", "edit", "default", "--api-url", "http://x:1"}).code == 2);
}

TEST_CASE("the configuration of another node uses the addresses of that node") {
    TestCli cli;
    const rescuestream::testing::TemporaryDirectory directory;
    cli.environment["DATA_DIR"] = directory.path();
    const auto config = cli.run({"mediamtx", "config", "--node", "north"});
    CHECK(config.code == 0);
    CHECK(contains(config.out, "authHTTPAddress: 'http://127.0.0.1:8080/auth/north'\n"));
}
