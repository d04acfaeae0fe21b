#include "support/regular_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "support/secret_file.hpp"
#include "support/temporary_directory.hpp"

using namespace rescuestream;
using rescuestream::testing::TemporaryDirectory;

TEST_CASE("an ordinary file is read whole, with its permissions") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("a");
    std::ofstream(path) << std::string(100'000, 'x');
    ::chmod(path.c_str(), 0640);
    const auto read = read_regular_file(path, 100'000);
    REQUIRE(read);
    CHECK(read->content == std::string(100'000, 'x'));
    CHECK(read->mode == 0640);
}

TEST_CASE("a file that is larger than permitted, or missing, is an error that says so") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("a");
    std::ofstream(path) << std::string(101, 'x');
    const auto large = read_regular_file(path, 100);
    REQUIRE_FALSE(large);
    CHECK(large.error().message == "is larger than 100 bytes");
    const auto missing = read_regular_file(directory.file("b"), 100);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == ErrorCode::kNotFound);
}

TEST_CASE("a named pipe, a device and a directory are refused at once, without a wait") {
    const TemporaryDirectory directory;
    const std::string pipe = directory.file("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    for (const std::string& path :
         {pipe, std::string("/dev/zero"), std::string("/dev/null"), directory.path().string()}) {
        CAPTURE(path);
        const auto read = read_regular_file(path, 100);
        REQUIRE_FALSE(read);
        CHECK(read.error().message.find("is no ordinary file") != std::string::npos);
        CHECK_FALSE(read_kept_secret(path));
    }
}
