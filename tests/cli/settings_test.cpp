#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "admin/open_admin.hpp"
#include "support/temporary_directory.hpp"
#include "test_cli.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

TEST_CASE("without a server the database and media server of the environment are used") {
    TestCli cli;
    cli.environment["DATABASE_URL"] = "postgresql://localhost/x";
    cli.environment["MEDIAMTX_API_URL"] = "http://10.0.0.1:9997";
    cli.environment["MEDIAMTX_API_USER"] = "u";
    cli.environment["MEDIAMTX_API_PASSWORD"] = "password";
    cli.environment["MEDIAMTX_PUBLIC_URL"] = "https://cam.example.org:8889";
    cli.environment["MEDIAMTX_HLS_URL"] = "https://hls.example.org";
    cli.environment["LEGACY_PATH_KEYS"] = "deny";
    cli.environment["ON_DUPLICATE"] = "takeover";
    REQUIRE(cli.run({"broadcaster", "list"}).code == 0);
    REQUIRE(cli.opened->direct);
    CHECK_FALSE(cli.opened->server);
    const auto& direct = *cli.opened->direct;
    CHECK(direct.database_url == "postgresql://localhost/x");
    CHECK(direct.settings.api_url == "http://10.0.0.1:9997");
    CHECK(direct.settings.api_user == "u");
    CHECK(direct.settings.api_password.equals("password"));
    CHECK(direct.settings.addresses.webrtc == "https://cam.example.org:8889");
    CHECK(direct.settings.addresses.hls == "https://hls.example.org");
    CHECK(direct.settings.addresses.rtmp == "rtmp://cam.example.org:1935");
    CHECK(direct.settings.legacy_path_keys == LegacyPathKeys::kDeny);
    CHECK(direct.settings.on_duplicate == OnDuplicate::kTakeover);
}

TEST_CASE("without DATABASE_URL the database is in the data directory") {
    TestCli cli;
    cli.environment["DATA_DIR"] = "/srv/rescue";
    REQUIRE(cli.run({"broadcaster", "list"}).code == 0);
    CHECK(cli.opened->direct->database_url == "sqlite:/srv/rescue/rescuestream.db");
    REQUIRE(cli.run({"broadcaster", "list", "--data-dir", "/tmp/other"}).code == 0);
    CHECK(cli.opened->direct->database_url == "sqlite:/tmp/other/rescuestream.db");
}

TEST_CASE("a wrong setting is refused with its name") {
    struct Case {
        const char* name;
        const char* value;
    };
    for (const auto& [name, value] :
         {Case{"LEGACY_PATH_KEYS", "hide"}, Case{"ON_DUPLICATE", "sometimes"},
          Case{"MEDIAMTX_PUBLIC_URL", "localhost"}}) {
        TestCli cli;
        cli.environment[name] = value;
        const auto ran = cli.run({"broadcaster", "list"});
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, name));
        CHECK_FALSE(cli.opened);
    }
}

TEST_CASE("a wrong DATABASE_URL or MEDIAMTX_API_URL is refused with its name") {
    Connection connection;
    connection.direct.emplace();
    connection.direct->database_url = "mysql://x";
    connection.direct->settings.api_url = "http://localhost:9997";
    auto opened = open_admin(connection);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::kInvalidArgument);
    CHECK(contains(opened.error().message, "DATABASE_URL"));
    connection.direct->database_url = "memory:";
    connection.direct->settings.api_url = "nonsense";
    opened = open_admin(connection);
    REQUIRE_FALSE(opened);
    CHECK(contains(opened.error().message, "MEDIAMTX_API_URL"));
    connection.direct->settings.api_url = "memory:";
    opened = open_admin(connection);
    REQUIRE(opened);
    CHECK((*opened)->broadcasters().list_broadcasters({}).value().items.empty());
}

TEST_CASE(
    "a server that is given is used, with the secret from file, environment or data directory") {
    const auto directory =
        std::filesystem::temp_directory_path() / ("cli-settings-" + std::to_string(::getpid()));
    std::filesystem::create_directory(directory);
    std::ofstream(directory / "api-secret") << "from-data-dir\n";
    std::ofstream(directory / "mine") << "from-file\n";
    std::ofstream(directory / "two") << "one\ntwo\n";

    TestCli cli;
    cli.environment["RESCUESTREAM_SERVER"] = "http://127.0.0.1:8080/";
    cli.environment["DATA_DIR"] = directory;
    REQUIRE(cli.run({"broadcaster", "list"}).code == 0);
    REQUIRE(cli.opened->server);
    CHECK_FALSE(cli.opened->direct);
    CHECK(cli.opened->server->url == "http://127.0.0.1:8080");
    CHECK(cli.opened->server->api_secret.equals("from-data-dir"));
    CHECK(cli.opened->server->credential == Credential::kHmac);
    CHECK(cli.opened->server->key_name == "cli:ada");

    cli.environment["API_SECRET"] = "from-environment";
    REQUIRE(cli.run({"broadcaster", "list", "--auth", "shared-secret"}).code == 0);
    CHECK(cli.opened->server->api_secret.equals("from-environment"));
    CHECK(cli.opened->server->credential == Credential::kSharedSecret);

    const std::string file = directory / "mine";
    REQUIRE(cli.run({"broadcaster", "list", "--api-secret-file", file, "--key-name", "me",
                     "--server", "https://rescue.example.org"})
                .code == 0);
    CHECK(cli.opened->server->api_secret.equals("from-file"));
    CHECK(cli.opened->server->key_name == "me");
    CHECK(cli.opened->server->url == "https://rescue.example.org");

    cli.opened.reset();
    const std::string two = directory / "two";
    CHECK(cli.run({"broadcaster", "list", "--api-secret-file", two}).code == 2);
    CHECK(cli.run({"broadcaster", "list", "--api-secret-file", "/nonexistent/x"}).code == 2);
    cli.environment.erase("API_SECRET");
    cli.environment["DATA_DIR"] = "/nonexistent";
    const auto none = cli.run({"broadcaster", "list"});
    CHECK(none.code == 2);
    CHECK(contains(none.err, "--api-secret-file"));
    CHECK_FALSE(cli.opened);
    std::filesystem::remove_all(directory);
}

TEST_CASE("a server's address with a path or a credential is refused") {
    TestCli cli;
    cli.environment["API_SECRET"] = "a secret";
    for (const char* url : {"localhost:8080", "ftp://x", "http://x/api", "http://x:99999",
                            "http://user:pw@x", "http://x?y"}) {
        INFO(url);
        const auto ran = cli.run({"broadcaster", "list", "--server", url});
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, "--server"));
        CHECK_FALSE(contains(ran.err, "pw"));
    }
    CHECK_FALSE(cli.opened);
}

TEST_CASE(
    "the command line reads the server's settings file, and environment and options override it") {
    const testing::TemporaryDirectory directory;
    const std::string file = directory.file("settings.toml");
    std::ofstream(file) << "DATABASE_URL = \"postgresql://localhost/of-the-file\"\n"
                           "ON_DUPLICATE = 'Takeover'\n"
                           "stale-after = '20s'\n"
                           "MEDIAMTX_PUBLIC_URL = 'https://cam.example.org:8889' # a comment\n"
                           "LOG_LEVEL = 'loud'  # of the server, which refuses it\n"
                           "DATA_DIR = '/srv/of-the-file'\n";
    TestCli cli;
    REQUIRE(cli.run({"broadcaster", "list", "--config", file}).code == 0);
    const DirectConnection by_option = *cli.opened->direct;
    CHECK(by_option.database_url == "postgresql://localhost/of-the-file");
    CHECK(by_option.data_directory == "/srv/of-the-file");
    CHECK(by_option.settings.on_duplicate == OnDuplicate::kTakeover);
    CHECK(by_option.settings.stale_after == std::chrono::seconds(20));
    CHECK(by_option.settings.addresses.rtmp == "rtmp://cam.example.org:1935");

    cli.environment["CONFIG_FILE"] = file;
    cli.environment["DATABASE_URL"] = "memory:";
    REQUIRE(cli.run({"broadcaster", "list", "--data-dir", "/tmp/of-the-option"}).code == 0);
    CHECK(cli.opened->direct->database_url == "memory:");
    CHECK(cli.opened->direct->data_directory == "/tmp/of-the-option");
    CHECK(cli.opened->direct->settings.on_duplicate == OnDuplicate::kTakeover);
}

TEST_CASE("the settings file may give the server") {
    const testing::TemporaryDirectory directory;
    const std::string file = directory.file("settings.toml");
    std::ofstream(file) << "RESCUESTREAM_SERVER = 'https://rescue.example.org/'\n"
                           "API_SECRET = 'a secret of the file'\n"
                           "ON_DUPLICATE = 'of no use to a command through a server'\n";
    TestCli cli;
    REQUIRE(cli.run({"broadcaster", "list", "--config", file}).code == 0);
    CHECK(cli.opened->server->url == "https://rescue.example.org");
    CHECK(cli.opened->server->api_secret.equals("a secret of the file"));
    const auto refused = cli.run({"db", "status", "--config", file});
    CHECK(refused.code == 2);
    CHECK(contains(refused.err, "RESCUESTREAM_SERVER"));
}

TEST_CASE("a command about the database uses the one beside the server of the environment") {
    TestCli cli;
    cli.environment["RESCUESTREAM_SERVER"] = "http://127.0.0.1:8080";
    CHECK(cli.run({"db", "status"}).code == 2);
    CHECK(cli.run({"audit", "verify"}).code == 2);
    CHECK_FALSE(cli.opened);
    cli.environment["DATA_DIR"] = "/nonexistent/data";
    for (const auto& words : {std::vector<std::string>{"db", "status"}, {"audit", "verify"}}) {
        CAPTURE(words[0]);
        cli.opened.reset();
        CHECK(cli.run(words).code == 0);
        REQUIRE(cli.opened);
        CHECK_FALSE(cli.opened->server);
        CHECK(cli.opened->direct->database_url == "sqlite:/nonexistent/data/rescuestream.db");
    }
    // A server that the command itself names is a contradiction.
    CHECK(cli.run({"db", "status", "--server", "http://127.0.0.1:8080"}).code == 2);
    CHECK(cli.run({"audit", "verify", "--server", "http://127.0.0.1:8080"}).code == 2);
}

TEST_CASE("all wrong settings for the command line are reported together, with their place") {
    const testing::TemporaryDirectory directory;
    const std::string file = directory.file("settings.toml");
    std::ofstream(file) << "MEDIAMTX_RTMP_URL = 'rtmp://h/live'\nAPI_PROT = 1\n";
    TestCli cli;
    cli.environment["CONFIG_FILE"] = file;
    cli.environment["LEGACY_PATH_KEYS"] = "hide";
    const auto ran = cli.run({"broadcaster", "list"});
    CHECK(ran.code == 2);
    CHECK(contains(ran.err, "MEDIAMTX_RTMP_URL"));
    CHECK(contains(ran.err, "line 1, column 1 of " + file));
    CHECK(contains(ran.err, "API_PROT: is no setting (line 2, column 1"));
    CHECK(
        contains(ran.err, "LEGACY_PATH_KEYS: must be relay, expose or deny (in the environment)"));
    CHECK_FALSE(cli.opened);

    std::ofstream(file) << "DATABASE_URL = 'memory:'\nDATABASE_URL = 'memory:'\n";
    const auto twice = cli.run({"broadcaster", "list"});
    CHECK(twice.code == 2);
    CHECK(contains(twice.err, "line 2, column"));
    CHECK(contains(twice.err, "LEGACY_PATH_KEYS"));
}

TEST_CASE("the command line can read every secret from a file of its own") {
    const testing::TemporaryDirectory directory;
    const auto secret_file = [&](const char* name, const char* text) {
        std::ofstream(directory.file(name)) << text << '\n';
        std::filesystem::permissions(directory.file(name), std::filesystem::perms::owner_read);
        return directory.file(name);
    };
    TestCli cli;
    cli.environment["DATABASE_URL_FILE"] = secret_file("database", "postgresql://db/x");
    cli.environment["MEDIAMTX_API_PASSWORD_FILE"] = secret_file("password", "a password");
    cli.environment["MEDIA_SECRET_FILE"] = "/nonexistent/read-by-no-such-command";
    const auto direct = cli.run({"broadcaster", "list"});
    REQUIRE(direct.code == 0);
    CHECK(direct.err.empty());
    CHECK(cli.opened->direct->database_url == "postgresql://db/x");
    CHECK(cli.opened->direct->settings.api_password.equals("a password"));

    cli.environment["API_SECRET_FILE"] = secret_file("api", "a secret of the API");
    cli.environment["RESCUESTREAM_SERVER"] = "http://127.0.0.1:8080";
    REQUIRE(cli.run({"broadcaster", "list"}).code == 0);
    CHECK(cli.opened->server->api_secret.equals("a secret of the API"));

    cli.environment["API_SECRET"] = "another one";
    const auto both = cli.run({"broadcaster", "list"});
    CHECK(both.code == 2);
    CHECK(contains(both.err, "API_SECRET_FILE"));
}

TEST_CASE("a warning names a secret file and a data directory that every user can read") {
    const testing::TemporaryDirectory directory;
    const std::string secret = directory.file("secret");
    std::ofstream(secret) << "a secret of the API\n";
    std::filesystem::permissions(secret, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    const std::string data = directory.file("data");
    std::filesystem::create_directory(data);
    std::filesystem::permissions(data, std::filesystem::perms::all);
    TestCli cli;
    cli.environment["DATA_DIR"] = data;
    cli.environment["API_SECRET_FILE"] = secret;
    const auto ran = cli.run({"broadcaster", "list"});
    CHECK(ran.code == 0);
    CHECK(contains(ran.err, secret));
    CHECK(contains(ran.err, data + ": set its mode to 0700"));
    CHECK_FALSE(contains(ran.err, "a secret of the API"));
}
