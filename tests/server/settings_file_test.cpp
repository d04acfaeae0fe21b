// The settings file, and secrets in files of their own.
#include <sys/stat.h>

#include "config_case.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::TemporaryDirectory;

TEST_CASE("a file that cannot be read, is malformed or has unknown keys is refused") {
    const TemporaryDirectory directory;
    CHECK(wrong(read({"--config", directory.path() / "none"})) ==
          std::vector<std::string>{"CONFIG_FILE"});
    CHECK(wrong(read({"--config", write_file(directory, "API_PROT = 1\n")})) ==
          std::vector<std::string>{"API_PROT"});
    CHECK(wrong(read({"--config", write_file(directory, "[api]\nport = 1\n")})).size() == 1);
    // A named pipe is not waited for, and a device is not read without an end.
    const auto pipe = directory.path() / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    for (const std::string& path : {pipe.string(), std::string("/dev/zero")}) {
        const auto result = read({"--config", path});
        REQUIRE(wrong(result) == std::vector<std::string>{"CONFIG_FILE"});
        CHECK(result.error().fields.front().detail.find("is no ordinary file") !=
              std::string::npos);
    }
}

TEST_CASE("a value of the file is read completely, with comment signs, escapes and quotes in it") {
    const TemporaryDirectory directory;
    const auto line =
        read({"--config", write_file(directory,
                                     "DATA_DIR = \"/srv/a#b \\u00e9\\t\\\"c\" # a comment\n"
                                     "API_KEY_NAMES = ['one', \"two\"]\n")});
    REQUIRE(line.has_value());
    CHECK(line->settings.data_dir == "/srv/a#b \xC3\xA9\t\"c");
    CHECK(line->settings.api_key_names == std::vector<std::string>{"one", "two"});
}

TEST_CASE("a malformed file is refused with line and column") {
    const TemporaryDirectory directory;
    for (const char* text :
         {"API_PORT = 1\nLOG_LEVEL = info\n", "API_PORT = 1\nDATA_DIR = \"x\" junk\n",
          "API_PORT = 1\nAPI_PORT = 2\n", "API_PORT = 1\nDATA_DIR = \"x\n"}) {
        CAPTURE(text);
        const auto result = read({"--config", write_file(directory, text)});
        REQUIRE(wrong(result) == std::vector<std::string>{"CONFIG_FILE"});
        CHECK(result.error().fields.front().detail.find("line 2, column") != std::string::npos);
    }
}

TEST_CASE("a malformed file does not hide other wrong settings, and is reported once") {
    const TemporaryDirectory directory;
    const auto result = read(
        {"--config", write_file(directory, "API_PORT = 1\nAPI_PORT = 2\n"), "--log-level", "x"},
        {{"STALE_AFTER", "0"}});
    CHECK(wrong(result) == std::vector<std::string>{"CONFIG_FILE", "STALE_AFTER", "LOG_LEVEL"});
    CHECK(result.error().message == "Settings are wrong.");
}

TEST_CASE("a wrong value in the file is reported with line and column") {
    const TemporaryDirectory directory;
    const auto result = read({"--config", write_file(directory,
                                                     "# a comment\n  API_PROT = 1\n"
                                                     "STALE_AFTER = 0\nLOG_LEVEL = [['x']]\n")});
    REQUIRE(wrong(result) == std::vector<std::string>{"LOG_LEVEL", "API_PROT", "STALE_AFTER"});
    const auto& fields = result.error().fields;
    CHECK(fields[0].detail.find("(line 4, column 1 of ") != std::string::npos);
    CHECK(fields[1].detail.find("is no setting (line 2, column 3 of ") != std::string::npos);
    CHECK(fields[2].detail.find("(in line 3, column 1 of ") != std::string::npos);
}

TEST_CASE("a file with a secret that every user can read gives a warning") {
    const TemporaryDirectory directory;
    const auto warnings = [](const Result<CommandLine>& line) {
        REQUIRE(line.has_value());
        return line->settings.warnings;
    };
    const std::string file = write_file(directory, "MEDIA_SECRET = 'a secret of MediaMTX'\n");
    const auto mode = [](const std::string& path, unsigned bits) {
        std::filesystem::permissions(path, static_cast<std::filesystem::perms>(bits));
    };
    mode(file, 0644);
    const auto told = warnings(read({"--config", file}));
    REQUIRE(told.size() == 1);
    CHECK(told.front().find("MEDIA_SECRET") != std::string::npos);
    CHECK(told.front().find(file) != std::string::npos);
    CHECK(told.front().find("a secret of") == std::string::npos);
    mode(file, 0600);
    CHECK(warnings(read({"--config", file})).empty());

    const std::string secret = directory.file("secret");
    std::ofstream(secret) << "a secret of MediaMTX\n";
    mode(secret, 0640);
    CHECK(warnings(read({}, {{"MEDIA_SECRET_FILE", secret}})).empty());
    mode(secret, 0644);
    CHECK(warnings(read({}, {{"MEDIA_SECRET_FILE", secret}})).size() == 1);
    // Without a secret every user may read the file.
    CHECK(warnings(read({"--config", write_file(directory, "LOG_LEVEL = 'info'\n")})).empty());
}

TEST_CASE("a key of the file is refused with its name when it is given twice in two spellings") {
    const TemporaryDirectory directory;
    CHECK(wrong(read({"--config", write_file(directory, "api-port = 1\nAPI_PORT = 2\n")})).size() ==
          1);
}

TEST_CASE("a value of the file with an unsuitable type is refused with the name of its key") {
    const TemporaryDirectory directory;
    CHECK(wrong(read({"--config", write_file(directory, "API_PORT = 2026-01-01\n")})) ==
          std::vector<std::string>{"API_PORT"});
    CHECK(wrong(read({"--config", write_file(directory, "API_KEY_NAMES = [['a']]\n")})) ==
          std::vector<std::string>{"API_KEY_NAMES"});
}

TEST_CASE("an INI file is read line by line") {
    const TemporaryDirectory directory;
    const std::string path = directory.path() / "settings.ini";
    std::ofstream(path) << "# a comment\n; another\n\nLOG_LEVEL = warn\nDATA_DIR=\"/srv/a#b\"\n";
    const auto line = read({"--config", path});
    REQUIRE(line.has_value());
    CHECK(line->settings.data_dir == "/srv/a#b");
    CHECK(line->settings.log_level == LogThreshold::kWarning);
    for (const char* text : {"LOG_LEVEL\n", "= warn\n", "LOG_LEVEL = warn\nLOG_LEVEL = info\n"}) {
        CAPTURE(text);
        std::ofstream(path) << text;
        CHECK(wrong(read({"--config", path})) == std::vector<std::string>{"CONFIG_FILE"});
    }
}

TEST_CASE("a secret may be in a file of its own, as containers mount it") {
    const TemporaryDirectory directory;
    const std::string secret = directory.file("secret");
    std::ofstream(secret) << "a secret with blanks \n";
    const auto line = read({}, {{"API_SECRET_FILE", secret}});
    REQUIRE(line.has_value());
    CHECK(line->settings.api_secret.equals("a secret with blanks "));
    const auto by_file =
        read({"--config", write_file(directory, "API_SECRET_FILE = '" + secret + "'\n")});
    REQUIRE(by_file.has_value());
    CHECK(by_file->settings.api_secret.equals("a secret with blanks "));
    // The environment overrides the file, whichever form each of them uses.
    const auto both =
        read({"--config", write_file(directory, "API_SECRET = 'of the settings file'\n")},
             {{"API_SECRET_FILE", secret}});
    REQUIRE(both.has_value());
    CHECK(both->settings.api_secret.equals("a secret with blanks "));
}

TEST_CASE("a secret file that cannot be used is refused with the name of its setting") {
    const TemporaryDirectory directory;
    const std::vector<std::string> expected{"API_SECRET_FILE"};
    CHECK(wrong(read({}, {{"API_SECRET_FILE", directory.file("none")}})) == expected);
    CHECK(wrong(read({}, {{"API_SECRET_FILE", directory.path()}})) == expected);
    std::ofstream(directory.file("empty")) << "\n";
    CHECK(wrong(read({}, {{"API_SECRET_FILE", directory.file("empty")}})) == expected);
    std::ofstream(directory.file("large")) << std::string(100'000, 'x');
    CHECK(wrong(read({}, {{"API_SECRET_FILE", directory.file("large")}})) == expected);
    CHECK(wrong(read({}, {{"API_SECRET_FILE", directory.file("large")},
                          {"API_SECRET", "a secret of my own"}})) == expected);
    // A setting that is not a secret cannot be in a file of its own.
    CHECK(wrong(read({"--config", write_file(directory, "LOG_LEVEL_FILE = 'x'\n")})) ==
          std::vector<std::string>{"LOG_LEVEL_FILE"});
}

}  // namespace
}  // namespace rescuestream::server::testing
