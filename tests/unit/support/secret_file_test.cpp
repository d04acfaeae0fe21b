#include "support/secret_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "support/control_credential.hpp"
#include "support/temporary_directory.hpp"

using namespace rescuestream;
using rescuestream::testing::TemporaryDirectory;

namespace {

unsigned mode_of(const std::string& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777U;
}

}  // namespace

TEST_CASE("a secret is created once, readable only by its owner, and then read") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("secret");
    CHECK(read_kept_secret(file).error().code == ErrorCode::kNotFound);
    const auto made = keep_secret(file, Secret("one"));
    REQUIRE(made.has_value());
    CHECK(made->made_now);
    CHECK(mode_of(file) == 0600);
    const auto again = keep_secret(file, Secret("two"));
    REQUIRE(again.has_value());
    CHECK_FALSE(again->made_now);
    CHECK(again->secret.reveal() == "one");
    CHECK_FALSE(again->open_to_everybody);
    REQUIRE(replace_kept_secret(file, Secret("three")).has_value());
    CHECK(read_kept_secret(file)->secret.reveal() == "three");
    CHECK(mode_of(file) == 0600);
    // No other file is left.
    CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
}

TEST_CASE("programs that create a secret at the same time all get the same one") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("secret");
    std::vector<std::string> got(8);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < got.size(); ++i) {
        threads.emplace_back([&, i] {
            const auto kept = keep_secret(file, generate_secret());
            if (kept) got[i] = kept->secret.reveal();
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(std::set<std::string>(got.begin(), got.end()).size() == 1);
    CHECK(got.front().size() == 43);
}

TEST_CASE("a file without a secret, or one that every user can read, is reported as such") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("secret");
    for (const auto& text : {std::string(""), std::string("\n"), std::string("a\nb\n"),
                             std::string("a\0b", 3), std::string(5'000, 'x')}) {
        std::ofstream(file, std::ios::binary) << text;
        CHECK(read_kept_secret(file).error().code == ErrorCode::kUnavailable);
    }
    std::ofstream(file) << "secret\n";
    for (const unsigned mode : {0600U, 0640U}) {
        REQUIRE(::chmod(file.c_str(), mode) == 0);
        CHECK_FALSE(read_kept_secret(file)->open_to_everybody);
    }
    for (const unsigned mode : {0604U, 0602U, 0644U}) {
        REQUIRE(::chmod(file.c_str(), mode) == 0);
        CHECK(read_kept_secret(file)->open_to_everybody);
    }
    CHECK(keep_secret("/nonexistent/secret", Secret("x")).error().code == ErrorCode::kUnavailable);
}

TEST_CASE("the secret of the control interface is derived from an API secret that was given") {
    const TemporaryDirectory directory;
    const std::string path = directory.path().string();
    CHECK(find_control_secret(path, Secret())->empty());
    const auto random = keep_control_secret(path, Secret());
    REQUIRE(random.has_value());
    CHECK(keep_control_secret(path, Secret())->reveal() == random->reveal());
    CHECK(find_control_secret(path, Secret())->reveal() == random->reveal());

    const Secret api_secret("given to every server");
    const auto derived = keep_control_secret(path, api_secret);
    REQUIRE(derived.has_value());
    CHECK(derived->reveal() != random->reveal());
    CHECK(derived->reveal() == derive_control_secret(api_secret).reveal());
    // The command line on the same machine was not given it.
    CHECK(find_control_secret(path, Secret())->reveal() == derived->reveal());
    CHECK(keep_control_secret(path + "/none", Secret()).error().code == ErrorCode::kNotFound);
}

TEST_CASE("the API secret that a server has made stays the same when it is given by hand") {
    const TemporaryDirectory directory;
    const std::string path = directory.path().string();
    const auto random = keep_control_secret(path, Secret());  // by a command, before the server
    REQUIRE(random.has_value());
    const auto made = keep_secret(path + "/api-secret", generate_secret());
    REQUIRE(made.has_value());
    CHECK(keep_control_secret(path, made->secret)->reveal() == random->reveal());
    CHECK(find_control_secret(path, made->secret)->reveal() == random->reveal());
    CHECK(keep_control_secret(path, Secret())->reveal() == random->reveal());
    // Another one is of another installation.
    const Secret other("given to every server");
    CHECK(find_control_secret(path, other)->reveal() == derive_control_secret(other).reveal());
}

TEST_CASE("the secret of the control interface is derived from the API secret that was made") {
    const TemporaryDirectory directory;
    const std::string path = directory.path().string();
    const auto made = keep_secret(path + "/api-secret", generate_secret());
    REQUIRE(made.has_value());
    const std::string derived = derive_control_secret(made->secret).reveal();
    CHECK(find_control_secret(path, Secret())->reveal() == derived);
    CHECK(keep_control_secret(path, Secret())->reveal() == derived);
    // Another server, or a copy of the database, with the secret alone.
    const TemporaryDirectory elsewhere;
    CHECK(find_control_secret(elsewhere.path().string(), made->secret)->reveal() == derived);
}

TEST_CASE("each node has a credential of its own, and a given credential takes precedence") {
    const Secret secret("of the installation");
    Node north;
    north.name = "north";
    north.api_url = "http://10.0.0.2:9997";
    Node south = north;
    south.name = "south";
    Node moved = north;
    moved.api_url = "http://10.0.0.3:9997";
    std::set<std::string> passwords;
    for (const auto& node : {north, south, moved}) {
        const Node asked = with_control_credential(node, secret);
        CHECK(asked.api_user == "rescuestream");
        passwords.insert(asked.api_password.reveal());
        CHECK(with_control_credential(node, Secret()).api_user.empty());
    }
    CHECK(passwords.size() == 3);
    CHECK(passwords.count(secret.reveal()) == 0);
    north.api_user = "me";
    north.api_password = Secret("mine");
    CHECK(with_control_credential(north, secret).api_password.reveal() == "mine");
}

TEST_CASE("the password of the default node is derived, whatever its address is called") {
    const Secret secret("of the installation");
    const Secret password = default_control_password(secret, "default");
    CHECK(password.reveal().size() == 43);
    CHECK(password.reveal() != secret.reveal());
    CHECK(default_control_password(secret, "default").equals(password.reveal()));
    CHECK_FALSE(default_control_password(secret, "north").equals(password.reveal()));
    CHECK_FALSE(
        default_control_password(Secret("of another"), "default").equals(password.reveal()));
    CHECK(default_control_password(Secret(), "default").empty());
}
