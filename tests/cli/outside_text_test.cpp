// Text from outside is shown without effect on the terminal, and key values are refused where it is
// stored.

#include <doctest/doctest.h>

#include <string>

#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace {

const std::string kKey = "sk_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE";
const std::string kTurned = "drone\xE2\x80\xAEgpj.exe";

}  // namespace

TEST_CASE("direction marks in a name are shown as escapes") {
    TestCli cli;
    cli.id({"broadcaster", "add", kTurned});
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"broadcaster", "list"},
          {"broadcaster", "show", kTurned},
          {"key", "create", "-b", kTurned, "--label", kTurned},
          {"key", "list"},
          {"key", "show", kTurned},
          {"audit", "list"},
          {"key", "show", "x\xE2\x80\xAEy"}}) {
        CAPTURE(command.front());
        CAPTURE(command.at(1));
        const Ran ran = cli.run(command);
        CHECK_FALSE(contains(ran.out + ran.err, "\xE2\x80\xAE"));
        CHECK(contains(ran.out + ran.err, "\\u202e"));
    }
}

TEST_CASE("a key value in a name, a label or metadata is refused with its option") {
    TestCli cli;
    cli.id({"broadcaster", "add", "A"});
    const std::string key = cli.id({"key", "create", "-b", "A"});
    const auto refused = [&](const std::vector<std::string>& command, const char* option) {
        CAPTURE(command.at(1));
        CAPTURE(option);
        const Ran ran = cli.run(command);
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, std::string(option) + ": must not contain a key value"));
        CHECK_FALSE(contains(ran.err + ran.out, "AbCdEfGh"));
    };
    const std::string metadata = "{\"a\":[{\"b\":\"" + kKey + "\"}]}";
    refused({"broadcaster", "add", kKey}, "NAME");
    refused({"broadcaster", "add", "B", "--metadata", metadata}, "--metadata");
    refused({"broadcaster", "edit", "A", "--metadata", metadata}, "--metadata");
    refused({"broadcaster", "edit", "A", "--name", kKey}, "--name");
    refused({"key", "create", "-b", "A", "--label", kKey}, "--label");
    refused({"key", "edit", key, "--label", kKey}, "--label");
    refused({"node", "add", "west", "--api-url", "http://10.0.0.2:9997", "--webrtc",
             "http://h:8889", "--label", kKey},
            "--label");
    CHECK(cli.core->list_broadcasters().value().items.size() == 1);
}
