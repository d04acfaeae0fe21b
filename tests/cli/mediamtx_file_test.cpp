// The file with the configuration for MediaMTX, which people may edit.
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "mediamtx_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using rescuestream::testing::TemporaryDirectory;

TEST_CASE("a file is readable only by its owner, and is rewritten only when it changes") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("mediamtx.yml");
    MediaMtxCli cli;
    const auto written = cli.run({"mediamtx", "config", "-o", file});
    CHECK(written.code == 0);
    CHECK(written.out.empty());
    CHECK(file_text(file) == cli.run({"mediamtx", "config"}).out);
    CHECK(mode_of(file) == kOwnerAlone);

    const auto time = std::filesystem::last_write_time(file) - std::chrono::hours(1);
    std::filesystem::last_write_time(file, time);
    CHECK(cli.run({"mediamtx", "config", "-o", file}).code == 0);
    CHECK(std::filesystem::last_write_time(file) == time);
    CHECK(cli.run({"mediamtx", "config", "-o", file, "--rtmp-port", "1936"}).code == 0);
    CHECK(contains(file_text(file), "rtmpAddress: ':1936'"));
}

TEST_CASE("a file that the command did not write is replaced only with --force") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("mediamtx.yml");
    std::ofstream(file) << "paths:\n";
    MediaMtxCli cli;
    CHECK(cli.run({"mediamtx", "config", "-o", file}).code == 4);
    CHECK(file_text(file) == "paths:\n");
    CHECK(cli.run({"mediamtx", "config", "-o", file, "--force"}).code == 0);
    CHECK(contains(file_text(file), "authMethod: http"));
    CHECK(file_text(file + ".bak") == "paths:\n");
    CHECK(cli.run({"mediamtx", "config", "-o", "/nonexistent/mediamtx.yml"}).code == 2);
}

TEST_CASE("a file that was edited is replaced only with --force, and every one of them is kept") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("mediamtx.yml");
    MediaMtxCli cli;
    REQUIRE(cli.run({"mediamtx", "config", "-o", file}).code == 0);
    const std::string edited = file_text(file) + "# mine\n";
    std::ofstream(file) << edited;
    const auto refused = cli.run({"mediamtx", "config", "-o", file, "--rtmp-port", "1936"});
    CHECK(refused.code == 4);
    CHECK(contains(refused.err, "was edited"));
    CHECK(contains(refused.err, "--force"));
    CHECK(file_text(file) == edited);
    for (const char* copy : {".bak", ".bak.2"}) {
        std::ofstream(file) << edited;
        const auto forced = cli.run({"mediamtx", "config", "-o", file, "--force"});
        CHECK(forced.code == 0);
        CHECK(contains(forced.err, file + copy));
        CHECK(file_text(file + copy) == edited);
    }
    // Unedited, it follows the settings without a question.
    CHECK(cli.run({"mediamtx", "config", "-o", file, "--rtmp-port", "1936"}).code == 0);
    CHECK_FALSE(std::filesystem::exists(file + ".bak.3"));
}
