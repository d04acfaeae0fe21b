// Runs on the server that RESCUESTREAM_TEST_POSTGRES names, whose log lies below
// RESCUESTREAM_TEST_POSTGRES_DATA, as tests/support/postgres_cluster.sh has them.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "conformance/storage/backend.hpp"
#include "plans/plan_log.hpp"

namespace {

constexpr int kSkipped = 77;

std::unique_ptr<rescuestream::testing::Backend> g_backend;
std::unique_ptr<rescuestream::testing::PlanLog> g_log;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// The server logs for every connection how it carried out each statement, those of triggers and
// foreign keys included.
constexpr const char* kExplain =
    "?options=-c%20session_preload_libraries%3Dauto_explain"
    "%20-c%20auto_explain.log_min_duration%3D0%20-c%20auto_explain.log_analyze%3Don"
    "%20-c%20auto_explain.log_timing%3Doff%20-c%20auto_explain.log_nested_statements%3Don";

}  // namespace

rescuestream::testing::Backend& rescuestream::testing::backend() {
    return *g_backend;
}

rescuestream::testing::PlanLog& rescuestream::testing::plan_log() {
    return *g_log;
}

int main(int argc, char** argv) {
    const std::string uri = environment("RESCUESTREAM_TEST_POSTGRES");
    const std::string data = environment("RESCUESTREAM_TEST_POSTGRES_DATA");
    if (uri.empty() || data.empty()) {
        std::cout << "skipped: no PostgreSQL server with a log that can be read; "
                     "tests/support/postgres_cluster.sh starts one\n";
        return kSkipped;
    }
    g_backend = rescuestream::testing::make_backend(uri + kExplain);
    g_log = std::make_unique<rescuestream::testing::PlanLog>(data + "/log");
    doctest::Context context(argc, argv);
    const int result = context.run();
    g_backend.reset();
    return result;
}
