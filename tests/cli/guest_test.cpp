#include <doctest/doctest.h>

#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

TEST_CASE("the address of a guest link is shown once, with a PIN and as a QR code if wanted") {
    TestCli cli;
    cli.core.key();
    const auto added = cli.run({"guest", "add", "--key", "live/drone1", "--until", "8h", "--label",
                                "Fire brigade", "--pin", "--qr"});
    CHECK(added.code == 0);
    CHECK(contains(added.out, "\n  http://localhost:8080/watch/"));
    CHECK(contains(added.out, "PIN (tell it by another way):\n  "));
    CHECK(contains(added.out, "Open with the phone's browser:"));
    for (const auto& words : {std::vector<std::string>{"guest", "list"},
                              {"guest", "show", "Fire brigade"},
                              {"guest", "list", "--json"}}) {
        const auto shown = cli.run(words);
        CHECK(shown.code == 0);
        CHECK(contains(shown.out, "Fire brigade"));
        CHECK_FALSE(contains(shown.out, "/watch/"));
    }
    const auto quiet = cli.run({"guest", "add", "--key", "live/drone1", "--until", "8h", "-q"});
    CHECK(contains(quiet.err, "/watch/"));
    CHECK(cli.run({"guest", "add", "--key", "live/drone1", "--until", "8h", "-q", "--qr"}).code ==
          2);
    const auto endless = cli.run({"guest", "add", "--key", "live/drone1"});
    CHECK(endless.code == 2);
    CHECK(contains(endless.err, "--until: is required without --incident"));
}

TEST_CASE("a guest link of an incident ends with it, and one is closed with a yes") {
    TestCli cli;
    cli.id({"incident", "open", "Lake"});
    cli.id({"guest", "add", "--incident", "Lake", "--label", "first"});
    cli.id({"guest", "add", "--incident", "Lake", "--label", "second"});
    CHECK(lines_of(cli.run({"guest", "list", "--incident", "Lake", "-q"}).out).size() == 2);
    CHECK(cli.run({"guest", "close", "first"}).code == 2);
    CHECK(cli.run({"guest", "close", "first", "-y"}).code == 0);
    CHECK(contains(cli.run({"guest", "show", "first"}).out, "closed"));
    CHECK(contains(cli.run({"guest", "show", "second"}).out, "open"));
    CHECK(cli.run({"incident", "close", "Lake", "-y"}).code == 0);
    CHECK(contains(cli.run({"guest", "show", "second"}).out, "closed"));
    CHECK(cli.run({"guest", "show", "third"}).code == 3);
}

TEST_CASE("a link to a stream that everybody can watch comes with a warning") {
    TestCli cli;
    cli.core.key();
    cli.id({"incident", "open", "Lake"});
    cli.id({"incident", "assign", "Lake", "--key", "live/drone1"});
    const std::string warning =
        "Warning: everybody who knows the path can also watch live/drone1 without the link";
    const auto added = cli.run({"guest", "add", "--incident", "Lake", "--label", "Press", "--pin"});
    CHECK(contains(added.err, warning + " and its PIN"));
    CHECK(contains(added.err, "rescuestream-cli key edit live/drone1 --playback-policy signed"));
    CHECK(contains(cli.run({"guest", "edit", "Press", "--reset", "pin"}).err, warning + ","));
    CHECK(contains(cli.run({"guest", "show", "Press", "--json"}).err, warning));
    CHECK(contains(cli.run({"incident", "show", "Lake"}).err, "watch live/drone1 without its"));
    CHECK(cli.run({"key", "edit", "live/drone1", "--playback-policy", "signed"}).code == 0);
    for (const auto& words :
         {std::vector<std::string>{"guest", "show", "Press"}, {"incident", "show", "Lake"}}) {
        CHECK(cli.run(words).err.empty());
    }
    CHECK(cli.run({"guest", "add", "--incident", "Lake", "--pin"}).err.empty());
}

TEST_CASE("a guest link is edited: only what is given changes, and a new PIN is shown once") {
    TestCli cli;
    cli.core.key();
    cli.id({"guest", "add", "--key", "live/drone1", "--until", "8h", "--label", "Press"});
    CHECK(cli.run({"guest", "edit", "Press"}).code == 2);
    const auto edited = cli.run({"guest", "edit", "Press", "--until", "10h", "--pin"});
    CHECK(edited.code == 0);
    CHECK(contains(edited.out, "PIN (tell it by another way):\n  "));
    CHECK_FALSE(contains(edited.out, "/watch/"));
    CHECK(contains(cli.run({"guest", "show", "Press"}).out, "required"));
    CHECK(cli.run({"guest", "edit", "Press", "--reset", "pin", "--max-addresses", "3"}).code == 0);
    const auto shown = cli.run({"guest", "show", "Press"});
    CHECK(contains(shown.out, "none"));
    CHECK(contains(shown.out, "at most 3"));
    CHECK(cli.run({"guest", "edit", "Press", "--max-viewers", "2"}).code == 0);
    CHECK(contains(cli.run({"guest", "show", "Press"}).out, "at most 2 at once"));
    CHECK(contains(cli.run({"guest", "edit", "Press", "--max-viewers", "0"}).err, "--max-viewers"));
    CHECK(cli.run({"guest", "edit", "Press", "--reset", "label"}).code == 2);
    CHECK(cli.run({"guest", "edit", "Press", "--label", "Fire", "-q"}).code == 0);
    CHECK(cli.run({"guest", "close", "Fire", "-y"}).code == 0);
    const auto late = cli.run({"guest", "edit", "Fire", "--until", "1h"});
    CHECK(late.code != 0);
    CHECK(contains(late.err, "closed for ever"));
}
