// Runs the suite over the stage that RESCUESTREAM_TEST_MEDIA_SERVER names: `fake`, `stub` (also
// with the route names of MediaMTX v1.21: `stub_both_names`, `stub_new_names`) or `mediamtx` (the
// program that MEDIAMTX_BIN names, else the one in PATH).
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <map>

#include "conformance/media_server/stage.hpp"

namespace {

constexpr int kSkipped = 77;
constexpr int kUsage = 2;

std::unique_ptr<rescuestream::testing::Stage> g_stage;

}  // namespace

rescuestream::testing::Stage& rescuestream::testing::stage() {
    return *g_stage;
}

int main(int argc, char** argv) {
    using namespace rescuestream::testing;
    const std::map<std::string, std::function<std::unique_ptr<Stage>()>> stages{
        {"fake", make_fake_stage},
        {"stub", make_stub_stage},
        {"stub_both_names", make_stub_stage_with_both_route_names},
        {"stub_new_names", make_stub_stage_with_new_route_names},
        {"mediamtx", make_media_mtx_stage},
    };
    const char* name = std::getenv("RESCUESTREAM_TEST_MEDIA_SERVER");
    const auto found = stages.find(name == nullptr ? "" : name);
    if (found == stages.end()) {
        std::cerr << "RESCUESTREAM_TEST_MEDIA_SERVER names no media server of this suite\n";
        return kUsage;
    }
    try {
        g_stage = found->second();
    } catch (const SkipStage& skip) {
        std::cout << "skipped: " << skip.reason << '\n';
        return kSkipped;
    } catch (const std::exception& error) {
        std::cerr << "cannot prepare the media server: " << error.what() << '\n';
        return kUsage;
    }
    std::cout << "media server: " << g_stage->server().description() << '\n';
    doctest::Context context(argc, argv);
    // Tests for only one of them are in a suite of that name.
    for (const auto& [other, make] : stages) {
        if (other != found->first) context.addFilter("test-suite-exclude", other.c_str());
    }
    const int result = context.run();
    g_stage.reset();
    return result;
}
