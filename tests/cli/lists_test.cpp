// Tests how lists are printed.

#include <doctest/doctest.h>

#include <algorithm>

#include "lists/csv.hpp"
#include "lists/yaml.hpp"
#include "test_cli.hpp"
#include "width.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using namespace std::chrono_literals;

namespace {

/// Three keys of two owners, one of which is live with two viewers.
struct Team : TestCli {
    Team() {
        cli_key("Mountain rescue of the upper valley", "Drone with the thermal camera", "live/a");
        cli_key("Boat", "b", "live/b");
        const auto key = core.key("live/drone1");
        REQUIRE(core.publish(key, "c1"));
        core.media->add_reader("live/drone1", "hlsSession", {"r1"});
        for (int i = 0; i < 4; ++i) {
            core.media->receive_bytes("live/drone1", 500'000);
            core.clock.advance(2s);
            core->tick();
        }
    }
    void cli_key(const std::string& owner, const std::string& label, const std::string& path) {
        id({"broadcaster", "add", owner});
        core.clock.advance(1s);
        id({"key", "create", "-b", owner, "--label", label, "--path", path});
        core.clock.advance(1s);
    }
    /// The columns of a command's output on a terminal of that width.
    std::vector<std::string> shown(std::vector<std::string> arguments, std::size_t columns) {
        terminal = true;
        environment["NO_COLOR"] = "1";
        size = {columns, 24};
        return lines_of(run(arguments).out);
    }
};

std::vector<std::string> first_words(const std::vector<std::string>& lines) {
    std::vector<std::string> words;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        words.push_back(lines[i].substr(0, lines[i].find(' ')));
    }
    return words;
}

}  // namespace

TEST_CASE_FIXTURE(Team, "a live stream is listed with its bitrate and its viewers") {
    const auto lines = lines_of(run({"stream", "list"}).out);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "LABEL  BROADCASTER  PATH         STATE  BITRATE     VIEWERS  SINCE");
    CHECK(lines[1] == "-      Rescue 1     live/drone1  live   2.0 Mbit/s  1        8 s ago");
}

TEST_CASE_FIXTURE(Team, "tables fit the terminal, and names that are too long are cut") {
    for (const char* noun : {"stream", "key", "broadcaster", "audit", "node"}) {
        CAPTURE(noun);
        for (const auto& line : shown({noun, "list"}, 80)) CHECK(display_width(line) <= 80);
    }
    const auto lines = shown({"key", "list", "--sort", "path"}, 80);
    CHECK(contains(lines.at(1), "…  "));
    CHECK(contains(lines.at(1), "  live/a  "));  // a path is what the next command needs
    const auto wide = shown({"key", "list", "--wide"}, 80);
    CHECK(contains(wide.back(), "Drone with the thermal camera  Mountain rescue of the upper "));
    terminal = false;  // what reads a pipe has no width
    CHECK(contains(run({"key", "list"}).out, "Mountain rescue of the upper valley"));
}

TEST_CASE_FIXTURE(Team, "columns can be chosen, in the given order") {
    const auto lines = lines_of(run({"key", "list", "--columns", "path,label"}).out);
    REQUIRE(lines.size() == 4);
    CHECK(lines[0] == "PATH         LABEL");
    CHECK(lines[3] == "live/a       Drone with the thermal camera");
    CHECK(run({"key", "list", "--columns", "path", "--columns", "status"}).code == 0);
    const auto wrong = run({"key", "list", "--columns", "path,size"});
    CHECK(wrong.code == 2);
    CHECK(contains(wrong.err, "--columns: size not in {id,label,broadcaster"));
}

TEST_CASE_FIXTURE(Team, "columns are found in any case, and with blanks around them") {
    const auto wanted = run({"key", "list", "--columns", "label,status", "--sort", "label"}).out;
    CHECK(run({"key", "list", "--columns", "LABEL, Status", "--sort", "Label"}).out == wanted);
    CHECK(run({"key", "list", "--columns", "colour"}).code == 2);
}

TEST_CASE_FIXTURE(Team, "a list can be sorted by a column in both directions, in every form") {
    using Words = std::vector<std::string>;
    const auto sorted = [&](const std::string& column) {
        return first_words(
            lines_of(run({"key", "list", "--columns", "path", "--sort", column}).out));
    };
    CHECK(sorted("path") == Words{"live/a", "live/b", "live/drone1"});
    CHECK(sorted("-path") == Words{"live/drone1", "live/b", "live/a"});
    CHECK(sorted("label") == Words{"live/a", "live/b", "live/drone1"});  // no label comes last
    CHECK(sorted("-label") == Words{"live/b", "live/a", "live/drone1"});
    const auto json = run({"key", "list", "--sort", "path", "--json"}).out;
    CHECK(json.find("live/a") < json.find("live/b"));
    CHECK(run({"key", "list", "--sort", "size"}).code == 2);
}

TEST_CASE_FIXTURE(Team, "numbers are sorted as numbers") {
    for (int i = 0; i < 10; ++i) id({"key", "create", "-b", "Boat"});
    const auto lines =
        lines_of(run({"broadcaster", "list", "--columns", "keys", "--sort", "-keys"}).out);
    CHECK(first_words(lines) == std::vector<std::string>{"11", "1", "1"});
}

TEST_CASE_FIXTURE(Team, "keys and streams can be filtered by status and label") {
    CHECK(run({"key", "disable", "b", "-y"}).code == 0);
    const auto paths = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"key", "list", "--columns", "path"});
        return first_words(lines_of(run(more).out));
    };
    using Words = std::vector<std::string>;
    CHECK(paths({"--status", "active"}) == Words{"live/drone1", "live/a"});
    CHECK(paths({"--status", "disabled"}) == Words{"live/b"});
    CHECK(paths({"--label", "b"}) == Words{"live/b"});
    CHECK(run({"key", "list", "--status", "revoked"}).out == "There are no such stream keys.\n");
    CHECK(run({"stream", "list", "--label", "b", "-q"}).out.empty());
    CHECK(run({"stream", "list", "-b", "Rescue 1", "-q"}).out.size() == 37);
}

TEST_CASE_FIXTURE(Team, "CSV has one record for each item, with values for programs") {
    const auto csv = run({"stream", "list", "--output", "csv"}).out;
    CHECK(
        csv.starts_with("id,label,broadcaster,path,state,protocol,bitrate,viewers,since,length,"
                        "node,playback_policy\r\n"));
    CHECK(contains(csv, ",,Rescue 1,live/drone1,live,RTMP,"));
    CHECK(contains(csv, ",1,2026-01-17T10:00:04.000000Z,8,default,public\r\n"));
    CHECK(run({"stream", "list", "--output", "csv", "--columns", "path,viewers"}).out ==
          "path,viewers\r\nlive/drone1,1\r\n");
    CHECK(run({"stream", "list", "--output", "csv", "--columns", "path", "--node", "x"}).out ==
          "path\r\n");
}

TEST_CASE("a text that a spreadsheet would calculate is guarded in CSV") {
    TestCli cli;
    for (const char* name : {"=1+2", "+49", "-x", "@SUM(A1)", "a,\"b\"", "plain"}) {
        REQUIRE(cli.run({"broadcaster", "add", "--", name}).code == 0);
    }
    const auto csv =
        cli.run({"broadcaster", "list", "--output", "csv", "--columns", "name", "--sort", "name"})
            .out;
    CHECK(csv == "name\r\n'+49\r\n'-x\r\n'=1+2\r\n'@SUM(A1)\r\n\"a,\"\"b\"\"\"\r\nplain\r\n");
    CHECK(csv_line({{"\tx", false}, {"-5", true}, {"a,\nb\x1b[2J", false}}) ==
          "'\\tx,-5,\"a,\\nb\\u001b[2J\"\r\n");
}

TEST_CASE("YAML quotes every text, so that none is read as something else") {
    CHECK(yaml_of(R"({"streams":[],"count":0})") == "streams: []\ncount: 0\n");
    CHECK(yaml_of(R"({"name":"no","empty":"","none":null,"flag":true,"number":-3})") ==
          "name: \"no\"\nempty: \"\"\nnone: null\nflag: true\nnumber: -3\n");
    CHECK(yaml_of(R"({"items":[{"id":"1","deep":{"list":[1,[2,"x"],{}]}},{"id":"2"}]})") ==
          "items:\n  - id: \"1\"\n    deep:\n      list:\n        - 1\n        - - 2\n"
          "          - \"x\"\n        - {}\n  - id: \"2\"\n");
    CHECK(yaml_of(R"({"no":1,"a: b":2,"#":3,"true":4})") ==
          "\"no\": 1\n\"a: b\": 2\n\"#\": 3\n\"true\": 4\n");
    CHECK(yaml_of(R"({"text":"a\n\"b\"\\ \u0007 \u2028 \u0085 \u202e: #é"})") ==
          "text: \"a\\u000a\\\"b\\\"\\\\ \\u0007 \\u2028 \\u0085 \\u202e: #é\"\n");
}

TEST_CASE_FIXTURE(Team, "YAML of a list has the members of its JSON") {
    const auto yaml = run({"stream", "list", "--output", "yaml"}).out;
    CHECK(yaml.starts_with("streams:\n  - id: \""));
    CHECK(contains(yaml, "\n    broadcaster_name: \"Rescue 1\"\n"));
    CHECK(contains(yaml, "\n    viewers: 1\n"));
    CHECK(contains(yaml, "\n    urls:\n      \"hls\": \"http://localhost:8888/live/drone1/"));
    CHECK(yaml.ends_with("\ncount: 1\n"));
    CHECK(run({"stream", "list", "--output", "json"}).out == run({"stream", "list", "--json"}).out);
    const auto both = run({"stream", "list", "--json", "--output", "csv"});
    CHECK(both.code == 2);
}

TEST_CASE("texts are cut by their width on a terminal") {
    CHECK(cut_to_width("Drone 1", 7) == "Drone 1");
    CHECK(cut_to_width("Drone 1", 6) == "Drone…");
    CHECK(cut_to_width("Drone 1", 7 - 2) == "Dron…");
    CHECK(cut_to_width("\u65E5\u672C\u8A9E", 5) == "\u65E5\u672C…");
    CHECK(cut_to_width("\u65E5\u672C\u8A9E", 4) == "\u65E5…");
    CHECK(cut_to_width("Cafe\u0301s", 5) == "Cafe\u0301s");
    CHECK(cut_to_width("Cafe\u0301s and", 5) == "Cafe\u0301…");
}

TEST_CASE_FIXTURE(Team, "--watch shows the list again until it is interrupted") {
    terminal = true;
    environment["NO_COLOR"] = "1";
    size = {80, 24};
    int waits = 0;
    pause = [&](std::chrono::milliseconds length) {
        CHECK(length == 5s);
        core.clock.advance(5s);
        return ++waits < 2;
    };
    const auto ran = run({"stream", "list", "--watch", "5"});
    CHECK(ran.code == 0);
    CHECK(ran.err.empty());
    CHECK(waits == 2);
    // The first picture clears the terminal; the next one overwrites it line by line.
    CHECK(ran.out.starts_with("\x1b[2J\x1b[H"));
    CHECK(ran.out.find("\x1b[2J", 1) == std::string::npos);
    CHECK(contains(ran.out, "8 s ago\x1b[K\n"));
    CHECK(contains(ran.out, "13 s ago\x1b[K\n"));
    CHECK(contains(ran.out, "2026-01-17 10:00:12 UTC, every 5 s, Ctrl-C ends it"));
    CHECK(ran.out.ends_with("\x1b[J\x1b[?7h"));
}

TEST_CASE_FIXTURE(Team,
                  "--watch without a length waits two seconds, and one that is wrong is refused") {
    pause = [&](std::chrono::milliseconds length) {
        CHECK(length == 2s);
        return false;
    };
    CHECK(run({"stream", "list", "--watch"}).code == 0);
    CHECK(run({"stream", "list", "--watch", "--wide"}).code == 0);
    CHECK(run({"stream", "list", "--json", "--watch"}).out ==
          run({"stream", "list", "--json"}).out);
    CHECK(run({"stream", "list", "--watch", "0"}).code == 2);
    CHECK(contains(run({"stream", "list", "--watch", "soon"}).err, "--watch: "));
}

TEST_CASE("a list that is longer than the terminal ends with the number of its lines") {
    TestCli cli;
    for (int i = 0; i < 12; ++i) cli.id({"broadcaster", "add", "Team " + std::to_string(i)});
    cli.terminal = true;
    cli.size = {200, 10};
    CHECK(contains(cli.run({"broadcaster", "list"}).err, "These are all 12."));
    CHECK(contains(cli.run({"broadcaster", "list", "--limit", "11"}).err, "There are more"));
    CHECK(cli.run({"broadcaster", "list", "--json"}).err.empty());
    cli.size = {200, 40};
    CHECK(cli.run({"broadcaster", "list"}).err.empty());
    cli.size = {200, 10};
    cli.terminal = false;
    CHECK(cli.run({"broadcaster", "list"}).err.empty());
}
