// RESCUESTREAM_TEST_DIALECT: sqlite or postgresql; the latter on the server that
// RESCUESTREAM_TEST_POSTGRES names.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>

#include "migrations/place.hpp"

namespace {

constexpr int kSkipped = 77;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

}  // namespace

const std::string& rescuestream::testing::dialect() {
    static const std::string dialect = environment("RESCUESTREAM_TEST_DIALECT");
    return dialect;
}

int main(int argc, char** argv) {
    const auto& dialect = rescuestream::testing::dialect();
    if (dialect != "sqlite" && dialect != "postgresql") {
        std::cerr << "RESCUESTREAM_TEST_DIALECT must be sqlite or postgresql\n";
        return 2;
    }
    if (dialect == "postgresql" && environment("RESCUESTREAM_TEST_POSTGRES").empty()) {
        std::cout << "skipped: RESCUESTREAM_TEST_POSTGRES names no PostgreSQL server; "
                     "tests/support/postgres_cluster.sh starts one\n";
        return kSkipped;
    }
    return doctest::Context(argc, argv).run();
}
