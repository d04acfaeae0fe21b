// Replaces libFuzzer in ordinary builds: runs the target on each file of a corpus, and on
// each file with its end cut off at some places, so that incomplete inputs are tested too.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/fuzz.hpp"

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCuts = 64;

void run(std::string_view input) {
    // In a copy of exactly that size a sanitizer detects every read beyond its end.
    const std::vector<std::uint8_t> bytes(input.begin(), input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

void replay(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string input((std::istreambuf_iterator<char>(stream)),
                            std::istreambuf_iterator<char>());
    run(input);
    const std::size_t step = std::max<std::size_t>(1, input.size() / kCuts);
    for (std::size_t length = 0; length < input.size(); length += step) {
        run(std::string_view(input).substr(0, length));
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t files = 0;
    for (int i = 1; i < argc; ++i) {
        if (std::string_view(argv[i]).starts_with('-')) continue;  // an option of libFuzzer
        for (const auto& entry : fs::recursive_directory_iterator(argv[i])) {
            if (!entry.is_regular_file()) continue;
            replay(entry.path());
            ++files;
        }
    }
    std::cout << files << " inputs replayed\n";
    // An empty corpus proves nothing.
    return files > 0 ? 0 : 1;
}
