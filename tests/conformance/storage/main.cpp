// Runs the suite over the backend that RESCUESTREAM_TEST_STORAGE names: `memory:`, `forwarding:`,
// `sqlite:`, `postgresql://…`, or `postgresql:` for the server that RESCUESTREAM_TEST_POSTGRES
// names; `pgbouncer-session:` and `pgbouncer-transaction:` for that server behind PgBouncer.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "conformance/storage/backend.hpp"
#include "support/pg_bouncer.hpp"

namespace {

constexpr int kSkipped = 77;
constexpr int kUsage = 2;

std::unique_ptr<rescuestream::testing::Backend> g_backend;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

}  // namespace

rescuestream::testing::Backend& rescuestream::testing::backend() {
    return *g_backend;
}

int main(int argc, char** argv) {
    std::string uri = environment("RESCUESTREAM_TEST_STORAGE");
    if (uri.empty()) {
        std::cerr << "RESCUESTREAM_TEST_STORAGE must say which backend to test: memory:, sqlite:, "
                     "postgresql: or postgresql://…\n";
        return kUsage;
    }
    std::string pool_mode;
    const std::string pooled = "pgbouncer-";
    if (uri.compare(0, pooled.size(), pooled) == 0) {
        if (!rescuestream::testing::PgBouncer::is_installed()) {
            std::cout << "skipped: PgBouncer is not installed (Debian package pgbouncer)\n";
            return kSkipped;
        }
        pool_mode = uri.substr(pooled.size(), uri.size() - pooled.size() - 1);
        uri = "postgresql:";
    }
    if (uri == "postgresql:") {
        uri = environment("RESCUESTREAM_TEST_POSTGRES");
        if (uri.empty()) {
            std::cout << "skipped: RESCUESTREAM_TEST_POSTGRES names no PostgreSQL server; "
                         "tests/support/postgres_cluster.sh starts one\n";
            return kSkipped;
        }
    }
    try {
        g_backend = rescuestream::testing::make_backend(uri, pool_mode);
    } catch (const std::exception& error) {
        std::cerr << "cannot prepare the backend: " << error.what() << '\n';
        return kUsage;
    }
    std::cout << "storage backend: " << g_backend->name() << ' ' << pool_mode << '\n';
    doctest::Context context(argc, argv);
    const int result = context.run();
    g_backend.reset();
    return result;
}
