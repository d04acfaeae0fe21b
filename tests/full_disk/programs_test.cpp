// What the programs write to files, on a disk without room.
#include <doctest/doctest.h>
#include <httplib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "full_disk/place.hpp"
#include "support/process.hpp"
#include "support/temporary_directory.hpp"
#include "support/wait.hpp"

using namespace rescuestream::testing;

namespace {

constexpr int kNoRoom = 10;

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

ProcessOptions of_server(const SmallDisk& disk) {
    ProcessOptions options;
    options.environment = {{"DATA_DIR", disk.file("data")},
                           {"API_HOST", "127.0.0.1"},
                           {"API_PORT", "0"},
                           {"API_SECRET", std::nullopt},
                           {"DATABASE_URL", std::nullopt},
                           {"METRICS_ENABLED", "false"},
                           {"MEDIAMTX_API_URL", "memory:"},
                           {"LOG_FORMAT", "json"},
                           {"LOG_LEVEL", std::nullopt},
                           {"CONFIG_FILE", std::nullopt},
                           {"RESCUESTREAM_SERVER", std::nullopt}};
    return options;
}

bool says(const Process& program, const std::string& text) {
    return eventually([&] { return program.errors().find(text) != std::string::npos; },
                      std::chrono::seconds(20));
}

}  // namespace

TEST_CASE("a configuration file for which there is no room is not written, and the old one stays") {
    SmallDisk disk(2);
    const std::string file = disk.file("mediamtx.yml");
    const std::vector<std::string> command{CLI_PROGRAM, "mediamtx", "config", "--output", file};
    auto options = of_server(disk);
    options.environment["API_PORT"] = "8080";
    REQUIRE(run(command, options).exit_code == 0);
    const std::string before = read_file(file);
    REQUIRE_FALSE(before.empty());
    disk.fill();
    auto other = command;
    other.insert(other.end(), {"--rtmp-port", "1936"});
    const auto refused = run(other, options);
    CHECK(refused.exit_code == kNoRoom);
    CHECK(refused.errors.find("No space left on device") != std::string::npos);
    CHECK(read_file(file) == before);
    disk.make_room();
    CHECK(run(other, options).exit_code == 0);
    CHECK(read_file(file) != before);
}

TEST_CASE("a backup for which there is no room fails, leaves no file, and says why") {
    SmallDisk disk(24);
    SmallDisk small(1);
    auto options = of_server(disk);
    options.environment["DATABASE_URL"] = "sqlite:" + disk.file("test.db");
    REQUIRE(run({CLI_PROGRAM, "db", "migrate"}, options).exit_code == 0);
    small.fill();
    const auto refused = run({CLI_PROGRAM, "db", "backup", small.file("copy.db")}, options);
    CHECK(refused.exit_code == kNoRoom);
    CHECK(refused.errors.find("full") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(small.file("copy.db")));
}

TEST_CASE("the command line reports a full database disk with an exit code of its own") {
    const auto place = make_place();
    ProcessOptions options = of_server(place->disk());
    options.environment["DATABASE_URL"] = place->uri();
    REQUIRE(run({CLI_PROGRAM, "db", "migrate"}, options).exit_code == 0);
    place->disk().fill();
    ProcessResult refused;
    do {
        refused = run({CLI_PROGRAM, "broadcaster", "add", "Somebody"}, options);
    } while (refused.exit_code == 0);
    CHECK(refused.exit_code == kNoRoom);
    CHECK(refused.errors.find("full") != std::string::npos);
}

TEST_CASE("a server that is started on a full disk waits for room, and logs that it waits") {
    SmallDisk disk(24);
    {
        Process first({SERVER_PROGRAM}, of_server(disk));
        REQUIRE(says(first, "\"ready\""));
        CHECK(first.stop() == 0);
    }
    disk.fill();
    Process server({SERVER_PROGRAM}, of_server(disk));
    REQUIRE(says(server, "waiting for room on the disk of the database"));
    CHECK(server.is_running());
    disk.make_room();
    CHECK(says(server, "\"ready\""));
    CHECK(server.stop() == 0);
}

TEST_CASE("a secret for which there is no room is not created, and the error names its file") {
    SmallDisk disk(1);
    std::filesystem::create_directory(disk.file("data"));
    disk.fill();
    const auto started = run({SERVER_PROGRAM}, of_server(disk));
    CHECK(started.exit_code == 1);
    CHECK(started.errors.find("api-secret") != std::string::npos);
    CHECK(started.errors.find("No space left on device") != std::string::npos);
    CHECK(std::filesystem::is_empty(disk.file("data")));
}

TEST_CASE("a server whose log has no room continues, and counts the log lines that are lost") {
    SmallDisk disk(1);
    const TemporaryDirectory elsewhere;
    ProcessOptions options = of_server(disk);
    options.environment["DATA_DIR"] = elsewhere.file("data");
    options.environment["DATABASE_URL"] = "memory:";
    options.environment["LOG_LEVEL"] = "debug";
    const std::string log = disk.file("log");
    Process server({"sh", "-c", "exec \"$0\" 2>>\"$1\"", SERVER_PROGRAM, log}, options);
    const auto has = [&](const char* text) {
        return eventually([&] { return read_file(log).find(text) != std::string::npos; },
                          std::chrono::seconds(20));
    };
    REQUIRE(has("\"ready\""));
    std::smatch match;
    const std::string text = read_file(log);
    REQUIRE(std::regex_search(text, match,
                              std::regex("\"ready\",\"address\":\"127\\.0\\.0\\.1:([0-9]+)\"")));
    httplib::Client client("127.0.0.1", std::stoi(match[1]));
    disk.fill();
    // Each request writes a line at this level, and none may wait for the log.
    for (int i = 0; i < 200; ++i) REQUIRE(client.Get("/livez"));
    const auto size = std::filesystem::file_size(log);
    SUBCASE("when there is room again, the log says how many lines are missing") {
        disk.make_room();
        CHECK(eventually([&] {
            return client.Get("/livez") && std::filesystem::file_size(log) > size &&
                   read_file(log).find("could not be written") != std::string::npos;
        }));
        CHECK(server.stop() == 0);
    }
    SUBCASE("without room, the server ends as usual") {
        CHECK(server.stop() == 0);
    }
}
