// The settings file, and secrets in files of their own.
#include "config_case.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::TemporaryDirectory;

TEST_CASE("a file that cannot be read, is malformed or holds strangers is refused") {
    const TemporaryDirectory directory;
    CHECK(wrong(read({"--config", directory.path() / "none"})) ==
          std::vector<std::string>{"CONFIG_FILE"});
    CHECK(wrong(read({"--config", write_file(directory, "API_PROT = 1\n")})) ==
          std::vector<std::string>{"API_PROT"});
    CHECK(wrong(read({"--config", write_file(directory, "[api]\nport = 1\n")})).size() == 1);
}

TEST_CASE("a value of the file is read whole: signs of comments, escapes and quotes in it too") {
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
        CHECK(result.error().message.find("line 2, column") != std::string::npos);
    }
}

TEST_CASE("a key of the file is refused by name when it is given twice in two spellings") {
    const TemporaryDirectory directory;
    CHECK(wrong(read({"--config", write_file(directory, "api-port = 1\nAPI_PORT = 2\n")})).size() ==
          1);
}

TEST_CASE("a value of the file that cannot be a setting is refused by the name of its key") {
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

TEST_CASE("a secret may stand in a file of its own, as containers mount it") {
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
    // The environment wins over the file, whichever way either gives it.
    const auto both =
        read({"--config", write_file(directory, "API_SECRET = 'of the settings file'\n")},
             {{"API_SECRET_FILE", secret}});
    REQUIRE(both.has_value());
    CHECK(both->settings.api_secret.equals("a secret with blanks "));
}

TEST_CASE("a secret file that cannot be used is refused by the setting that names it") {
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
    // What is no secret has no such file.
    CHECK(wrong(read({"--config", write_file(directory, "LOG_LEVEL_FILE = 'x'\n")})) ==
          std::vector<std::string>{"LOG_LEVEL_FILE"});
}

}  // namespace
}  // namespace rescuestream::server::testing
