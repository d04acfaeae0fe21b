// Tests how errors are printed, what every help has, and what happens when nobody reads.

#include <doctest/doctest.h>

#include <CLI/CLI.hpp>

#include "error_output.hpp"
#include "examples.hpp"
#include "json/document.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace {

/// Calls `visit` with every command and its name, such as "key create".
void visit_commands(const CLI::App& app, const std::string& name,
                    const std::function<void(const CLI::App&, const std::string&)>& visit) {
    for (const CLI::App* each :
         app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); })) {
        const std::string here = name.empty() ? each->get_name() : name + " " + each->get_name();
        visit(*each, here);
        visit_commands(*each, here, visit);
    }
}

std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    std::istringstream in(text);
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

}  // namespace

TEST_CASE("with --json an error is a problem object on the error output") {
    TestCli cli;
    const auto missing = cli.run({"key", "show", "x", "--json"});
    CHECK(missing.code == 3);
    CHECK(missing.out.empty());
    CHECK(missing.err ==
          "{\"type\":\"/errors/not-found\",\"title\":\"Not Found\",\"detail\":\"There is no stream "
          "key called x.\",\"exit_code\":3}\n");
    cli.id({"broadcaster", "add", "Team"});
    const auto wrong = cli.run({"--json", "key", "create", "-b", "Team", "--path", "/x", "--label",
                                std::string(300, 'x')});
    CHECK(wrong.code == 2);
    const auto problem = json::parse(wrong.err);
    REQUIRE(problem);
    const auto& errors = (*problem)["errors"];
    REQUIRE(errors.Size() == 2);
    CHECK(std::string(errors[0]["option"].GetString()) == "--label");
    CHECK(std::string(errors[0]["pointer"].GetString()) == "/label");
    CHECK(std::string(errors[1]["option"].GetString()) == "--path");
}

TEST_CASE("what is wrong with a command is told in the words of its options") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    cli.core.key();
    cli.id({"incident", "open", "Lake"});
    const auto told = [&](const std::vector<std::string>& words) {
        const auto ran = cli.run(words);
        CHECK(ran.code == 2);
        return ran.err;
    };
    const auto guest = told({"guest", "add"});
    CHECK(contains(guest,
                   "--key: must name a stream key, or --broadcaster a broadcaster, or "
                   "--incident an incident"));
    CHECK(contains(guest, "--until: is required without --incident"));
    CHECK_FALSE(contains(guest, "_"));
    CHECK(contains(told({"playback", "token", "/x"}), "PATH: "));
    const auto label = told({"incident", "edit", "Lake", "--name", ""});
    CHECK(contains(label, "--name: "));
    // --reset takes the names of members.
    cli.id({"guest", "add", "--incident", "Lake", "--label", "Press"});
    CHECK(contains(told({"guest", "edit", "Press", "--reset", "max_viewers", "--max-viewers", "3"}),
                   "max_viewers"));
    const auto json = told({"guest", "add", "--json"});
    CHECK(contains(json, R"("option":"--until","detail":"is required without --incident")"));
    CHECK(contains(json, R"("pointer":"/expires_at")"));
}

TEST_CASE("with --output json too, and an error in the command line itself is JSON") {
    TestCli cli;
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{"stream", "list", "--output", "json", "--key", "x"},
                                               {"stream", "list", "--output=json", "--key", "x"},
                                               {"stream", "list", "--json", "--stat", "ended"},
                                               {"--json"}}) {
        const auto ran = cli.run(arguments);
        CHECK(ran.code != 0);
        const auto problem = json::parse(ran.err);
        REQUIRE(problem);
        CHECK((*problem)["exit_code"].GetInt() == ran.code);
    }
}

TEST_CASE("a key value in an error is masked in JSON too") {
    TestCli cli;
    const std::string value = "sk_" + std::string(43, 'A');
    CHECK_FALSE(contains(cli.run({"key", "show", value, "--json"}).err, value));
}

TEST_CASE("every help has an example that the program understands, and the global options") {
    TestCli cli;
    std::vector<std::string> names{""};
    {
        std::istringstream in;
        std::ostringstream out;
        Host host{in, out, out, false, false, {}, cli.core.clock, "", "", {}};
        Program program{host, {}, {}, {}};
        CLI::App app("", "rescuestream-cli");
        build_commands(app, program);
        visit_commands(app, "",
                       [&](const CLI::App&, const std::string& name) { names.push_back(name); });
    }
    CHECK(names.size() > 30);
    for (const auto& name : names) {
        CAPTURE(name);
        auto arguments = words_of(name);
        arguments.emplace_back("--help");
        const auto help = cli.run(arguments);
        CHECK(help.code == 0);
        CHECK(contains(help.out, "\nExample:\n  "));
        CHECK(contains(help.out, "--server URL"));
        // A command is offered with its own name.
        CHECK(contains(example_of(name), "rescuestream-cli " + name));
    }
}

TEST_CASE("a reader that has seen enough is no error") {
    TestCli cli;
    cli.id({"broadcaster", "add", "Team"});
    cli.output_fails = true;
    cli.reader_is_gone = true;
    const auto ended = cli.run({"audit", "list"});
    CHECK(ended.code == 0);
    CHECK(ended.err.empty());
    cli.reader_is_gone = false;
    const auto lost = cli.run({"audit", "list"});
    CHECK(lost.code == 1);
    CHECK(contains(lost.err, "could not be written"));
}
