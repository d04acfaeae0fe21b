// Files that the server keeps in its data directory.
#include "data_directory.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "config_case.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::TemporaryDirectory;

TEST_CASE("a secret that is not set is created once, readable only by its owner") {
    const TemporaryDirectory directory;
    Settings first;
    first.data_dir = directory.path() / "new";
    const auto note = complete(first);
    REQUIRE(note.has_value());
    const std::string file = first.data_dir + "/api-secret";
    CHECK(note->find(file) != std::string::npos);
    CHECK(note->find(first.api_secret.reveal()) == std::string::npos);
    CHECK(first.api_secret.reveal().size() == 43);
    CHECK(first.database_url == "sqlite:" + first.data_dir + "/rescuestream.db");
    struct stat status {};
    REQUIRE(stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    REQUIRE(stat(first.data_dir.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);

    Settings again;
    again.data_dir = first.data_dir;
    REQUIRE(complete(again).has_value());
    CHECK(again.api_secret.reveal() == first.api_secret.reveal());

    Settings given;
    given.data_dir = directory.path() / "unused";
    given.api_secret = Secret("mine");
    given.database_url = "memory:";
    REQUIRE(complete(given).has_value());
    CHECK_FALSE(std::filesystem::exists(given.data_dir));
}

TEST_CASE("the control interface's credential is created where the command line finds it") {
    const TemporaryDirectory directory;
    Settings first;
    first.data_dir = directory.path();
    REQUIRE(complete(first).has_value());
    const std::string file = first.data_dir + "/mediamtx-api-secret";
    struct stat status {};
    REQUIRE(stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(first.orchestrator.api_user == "rescuestream");
    CHECK(first.orchestrator.api_password.reveal().size() == 43);
    CHECK(first.orchestrator.api_password.reveal() != first.api_secret.reveal());
    // What MediaMTX gets is not what everything else is derived from.
    CHECK(first.orchestrator.api_password.reveal() != first.orchestrator.control_secret.reveal());
    const std::string password_file = first.data_dir + "/mediamtx-password";
    const auto password_in_file = [&] {
        std::string line;
        std::getline(std::ifstream(password_file) >> std::ws, line);
        return line;
    };
    CHECK(password_in_file() == first.orchestrator.api_password.reveal());
    REQUIRE(stat(password_file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(first.warnings.empty());

    Settings again;
    again.data_dir = first.data_dir;
    REQUIRE(complete(again).has_value());
    CHECK(again.orchestrator.api_password.reveal() == first.orchestrator.api_password.reveal());

    Settings set;
    set.data_dir = first.data_dir;
    set.orchestrator.api_user = "me";
    set.orchestrator.api_password = Secret("mine");
    REQUIRE(complete(set).has_value());
    CHECK(set.orchestrator.api_user == "me");
    CHECK(set.orchestrator.api_password.reveal() == "mine");
    CHECK(password_in_file() == first.orchestrator.api_password.reveal());

    // Another API secret is another installation's.
    Settings moved;
    moved.data_dir = first.data_dir;
    moved.api_secret = Secret("the secret of another installation");
    REQUIRE(complete(moved).has_value());
    CHECK(moved.orchestrator.api_password.reveal() != first.orchestrator.api_password.reveal());
    CHECK(password_in_file() == moved.orchestrator.api_password.reveal());

    std::filesystem::permissions(password_file, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    Settings told;
    told.data_dir = first.data_dir;
    told.api_secret = moved.api_secret;
    REQUIRE(complete(told).has_value());
    REQUIRE(told.warnings.size() == 1);
    CHECK(told.warnings.front().find(password_file) != std::string::npos);

    std::filesystem::permissions(file, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    Settings open;
    open.data_dir = first.data_dir;
    const auto refused = complete(open);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message.find(file) != std::string::npos);
}

TEST_CASE("servers with one API secret have one credential, with or without a data directory") {
    const TemporaryDirectory directory;
    Settings here;
    here.data_dir = directory.path();
    here.api_secret = Secret("given to both of them");
    REQUIRE(complete(here).has_value());
    Settings there;
    there.data_dir = directory.path() / "none";
    there.api_secret = here.api_secret;
    there.database_url = "memory:";
    REQUIRE(complete(there).has_value());
    CHECK_FALSE(std::filesystem::exists(there.data_dir));
    CHECK(there.orchestrator.api_password.reveal() == here.orchestrator.api_password.reveal());
    CHECK(there.orchestrator.control_secret.reveal() == here.orchestrator.control_secret.reveal());
    CHECK(there.warnings.empty());
}

TEST_CASE("an API secret that every user can read gives a warning") {
    const TemporaryDirectory directory;
    Settings settings;
    settings.data_dir = directory.path();
    const std::string file = settings.data_dir + "/api-secret";
    std::ofstream(file) << "a secret of long ago\n";
    std::filesystem::permissions(file, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    REQUIRE(complete(settings).has_value());
    CHECK(settings.api_secret.reveal() == "a secret of long ago");
    REQUIRE(settings.warnings.size() == 1);
    CHECK(settings.warnings.front().find(file) != std::string::npos);
}

TEST_CASE("a data directory that every user can write into gives a warning") {
    const TemporaryDirectory directory;
    for (const auto& [mode, warnings] : std::vector<std::pair<unsigned, std::size_t>>{
             {0777, 1}, {01777, 1}, {0770, 0}, {0755, 0}}) {
        CAPTURE(mode);
        std::filesystem::permissions(directory.path(), static_cast<std::filesystem::perms>(mode));
        Settings settings;
        settings.data_dir = directory.path();
        REQUIRE(complete(settings).has_value());
        REQUIRE(settings.warnings.size() == warnings);
        if (warnings == 1) {
            CHECK(settings.warnings.front().find(settings.data_dir) != std::string::npos);
        }
    }
}

TEST_CASE("a data directory that cannot be used is an error that names it") {
    Settings settings;
    settings.data_dir = "/dev/null/x";
    const auto note = complete(settings);
    REQUIRE_FALSE(note.has_value());
    CHECK(note.error().message.find("/dev/null/x") != std::string::npos);
    const TemporaryDirectory directory;
    settings.data_dir = directory.path();
    for (const char* content : {"\n", "short\n"}) {
        std::ofstream(directory.path() / "api-secret") << content;
        const auto bad = complete(settings);
        REQUIRE_FALSE(bad.has_value());
        CHECK(bad.error().message.find(directory.path() / "api-secret") != std::string::npos);
    }
}

}  // namespace
}  // namespace rescuestream::server::testing
