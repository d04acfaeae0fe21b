#pragma once

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/temporary_directory.hpp"
#include "test_cli.hpp"

namespace rescuestream::cli {

/// The command line and a directory with an owner's file in it.
class MovingCli : public TestCli {
public:
    MovingCli() { environment["DATA_DIR"] = place.file("data"); }

    /// Writes an owner's file and returns its path.
    std::string write(const std::string& text, const std::string& name = "mediamtx.yml") const {
        const auto path = place.file(name);
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }
    Ran check(const std::string& text, std::vector<std::string> more = {}) {
        std::vector<std::string> words{"mediamtx", "check", write(text, "checked.yml")};
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    }
    Ran merge(const std::string& text, std::vector<std::string> more = {}) {
        std::vector<std::string> words{"mediamtx", "config", "--merge", write(text, "merged.yml")};
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    }

    testing::TemporaryDirectory place;
};

/// Returns the text of a file of tests/cli/owner_files.
inline std::string owner_file(const std::string& name) {
    return file_text(std::string(RESCUESTREAM_OWNER_FILES) + "/" + name);
}

/// Returns the line of `text` that has `part`; empty: there is none.
inline std::string line_with(const std::string& text, std::string_view part) {
    for (const auto& line : lines_of(text)) {
        if (contains(line, part)) return line;
    }
    return "";
}

}  // namespace rescuestream::cli
