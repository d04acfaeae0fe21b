// The secrets in the configuration for MediaMTX, and the files that contain them.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "mediamtx_cli.hpp"
#include "support/control_credential.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;
using rescuestream::testing::TemporaryDirectory;

TEST_CASE("the media secret is in the auth address, and hooks read it from a file") {
    const TemporaryDirectory directory;
    const std::string secret = directory.file("secret");
    std::ofstream(secret) << "a/b c@d%\n";
    MediaMtxCli cli;
    const auto printed = cli.run({"mediamtx", "config", "--media-secret-file", secret});
    REQUIRE(printed.code == 0);
    CHECK(contains(printed.out,
                   "authHTTPAddress: 'http://mediamtx:a%2Fb%20c%40d%25@127.0.0.1:8080/auth'"));
    CHECK(contains(printed.out, "hook ready --server http://127.0.0.1:8080 --media-secret-file " +
                                    secret + "'"));
    CHECK(contains(printed.err, "--output"));

    cli.environment["MEDIA_SECRET"] = "another secret";
    const auto from_environment = cli.run({"mediamtx", "config"});
    CHECK(contains(from_environment.out, "'http://mediamtx:another%20secret@127.0.0.1:8080/auth'"));
    CHECK(contains(from_environment.out, "RESCUESTREAM_MEDIA_SECRET"));
    CHECK_FALSE(contains(from_environment.out, "--media-secret-file /"));
    CHECK(cli.run({"mediamtx", "config", "--media-secret-file", "/nonexistent/x"}).code == 2);
}

TEST_CASE(
    "the first configuration creates the credential of the control interface as a private file") {
    MediaMtxCli cli;
    const auto printed = cli.run({"mediamtx", "config"});
    REQUIRE(printed.code == 0);
    const std::string file = cli.control_secret_file();
    const std::string secret = file_text(file);
    CHECK(secret.size() == 44);
    CHECK(mode_of(file) == kOwnerAlone);
    CHECK(mode_of(cli.environment["DATA_DIR"]) == std::filesystem::perms::owner_all);
    // MediaMTX asks the server, and does not need it.
    CHECK_FALSE(contains(printed.out, secret.substr(0, 43)));
    REQUIRE(cli.run({"mediamtx", "config", "--node", "north"}).code == 0);
    CHECK(file_text(file) == secret);
}

TEST_CASE("a command without a server sends MediaMTX the credential from the data directory") {
    MediaMtxCli cli;
    REQUIRE(cli.run({"node", "list"}).code == 0);
    CHECK(cli.opened->direct->settings.api_user.empty());
    REQUIRE(cli.run({"mediamtx", "config"}).code == 0);
    REQUIRE(cli.run({"node", "list"}).code == 0);
    const auto& direct = *cli.opened->direct;
    CHECK(direct.settings.api_user == "rescuestream");
    CHECK(direct.settings.control_secret.reveal() + "\n" == file_text(cli.control_secret_file()));
    // Whoever listens at MEDIAMTX_API_URL gets the password, and must not have the secret.
    CHECK(direct.settings.api_password.reveal() ==
          default_control_password(direct.settings.control_secret, "default").reveal());
    CHECK(direct.settings.api_password.reveal() != direct.settings.control_secret.reveal());

    cli.environment["MEDIAMTX_API_USER"] = "me";
    cli.environment["MEDIAMTX_API_PASSWORD"] = "a password";
    REQUIRE(cli.run({"node", "list"}).code == 0);
    CHECK(cli.opened->direct->settings.api_user == "me");
    CHECK(cli.opened->direct->settings.api_password.reveal() == "a password");
}

TEST_CASE("machines with the same API secret derive the same credential") {
    MediaMtxCli here;
    MediaMtxCli there;
    REQUIRE(here.run({"mediamtx", "config"}).code == 0);
    here.environment["API_SECRET"] = "the same everywhere";
    there.environment["API_SECRET"] = "the same everywhere";
    REQUIRE(here.run({"mediamtx", "config"}).code == 0);
    REQUIRE(there.run({"mediamtx", "config"}).code == 0);
    CHECK(file_text(here.control_secret_file()) == file_text(there.control_secret_file()));
    CHECK_FALSE(contains(file_text(here.control_secret_file()), "the same everywhere"));

    MediaMtxCli by_file;
    const TemporaryDirectory directory;
    std::ofstream(directory.file("api")) << "the same everywhere\n";
    by_file.environment["API_SECRET_FILE"] = directory.file("api");
    REQUIRE(by_file.run({"mediamtx", "config"}).code == 0);
    CHECK(file_text(by_file.control_secret_file()) == file_text(here.control_secret_file()));
}

TEST_CASE("a credential that every user of the machine can read is not used") {
    MediaMtxCli cli;
    REQUIRE(cli.run({"mediamtx", "config"}).code == 0);
    const std::string file = cli.control_secret_file();
    std::filesystem::permissions(file, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    for (const auto& command : {std::vector<std::string>{"mediamtx", "config"}, {"node", "list"}}) {
        const auto ran = cli.run(command);
        CHECK(ran.code == 2);
        CHECK(contains(ran.err, file));
    }
}

TEST_CASE("no credential is created when one is set or a server is given") {
    MediaMtxCli cli;
    cli.environment["MEDIAMTX_API_PASSWORD"] = "a password";
    REQUIRE(cli.run({"mediamtx", "config"}).code == 0);
    cli.environment.erase("MEDIAMTX_API_PASSWORD");
    REQUIRE(cli.run({"--server", "http://10.1.2.3:8080", "mediamtx", "config"}).code == 0);
    CHECK_FALSE(std::filesystem::exists(cli.environment["DATA_DIR"]));
}

TEST_CASE("the file of a MediaMTX on another machine contains the credential of its node") {
    MediaMtxCli cli;
    const auto config = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"mediamtx", "config"};
        words.insert(words.end(), more.begin(), more.end());
        return cli.run(words);
    };
    const auto secret_in = [](const std::string& yaml) {
        const auto begin = yaml.find("http://mediamtx:rsm_");
        REQUIRE(begin != std::string::npos);
        const auto start = begin + std::string("http://mediamtx:").size();
        return yaml.substr(start, yaml.find('@', start) - start);
    };
    const auto remote = config({"--server-url", "http://192.0.2.5:8080", "--node", "north"});
    REQUIRE(remote.code == 0);
    CHECK(contains(remote.out, "@192.0.2.5:8080/auth/north'\n"));
    CHECK(contains(remote.err, "It contains a secret"));
    const std::string north = secret_in(remote.out);
    CHECK(north.starts_with("rsm_north."));
    CHECK(north.size() == std::string("rsm_north.").size() + 43);
    CHECK(config({"--server-url", "http://192.0.2.5:8080", "--node", "north"}).out == remote.out);
    CHECK(secret_in(config({"--server-url", "http://192.0.2.5:8080"}).out)
              .starts_with("rsm_default."));

    // On the server's machine none is needed, and MEDIA_SECRET replaces it.
    for (const char* here : {"http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8"}) {
        CHECK_FALSE(contains(config({"--server-url", here}).out, "rsm_"));
    }
    cli.environment["MEDIA_SECRET"] = "a secret of all";
    CHECK_FALSE(contains(config({"--server-url", "http://192.0.2.5:8080"}).out, "rsm_"));
}

TEST_CASE("hooks read the credential of the node from a file that is made for them") {
    MediaMtxCli cli;
    const TemporaryDirectory directory;
    const std::string file = directory.file("credential");
    const auto run = [&](const char* node) {
        return cli.run({"mediamtx", "config", "--server-url", "http://192.0.2.5:8080", "--node",
                        node, "--media-secret-file", file});
    };
    const auto content = [&] {
        std::ifstream in(file);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const auto made = run("north");
    REQUIRE(made.code == 0);
    CHECK(mode_of(file) == kOwnerAlone);
    CHECK(content().starts_with("rsm_north."));
    CHECK(contains(made.out, "--media-secret-file " + file));
    CHECK(contains(made.out, content().substr(0, content().find('\n')) + "@192.0.2.5:8080"));
    // The credential of before is replaced, a secret of somebody else is not.
    REQUIRE(run("south").code == 0);
    CHECK(content().starts_with("rsm_south."));
    std::ofstream(file) << "a secret of my own\n";
    REQUIRE(run("south").code == 0);
    CHECK(content() == "a secret of my own\n");
}

TEST_CASE("a check makes no file") {
    MediaMtxCli cli;
    const TemporaryDirectory directory;
    const std::string yaml = directory.file("mediamtx.yml");
    std::ofstream(yaml) << "paths:\n  all_others:\n";
    cli.run({"mediamtx", "check", yaml, "--server-url", "http://192.0.2.5:8080"});
    CHECK_FALSE(std::filesystem::exists(cli.environment.at("DATA_DIR")));
    const auto checked =
        cli.run({"mediamtx", "check", yaml, "--server-url", "http://192.0.2.5:8080",
                 "--media-secret-file", directory.file("none")});
    CHECK(checked.code == 2);
    CHECK_FALSE(std::filesystem::exists(directory.file("none")));
}
