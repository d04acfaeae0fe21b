// Runs the suite over the backend that RESCUESTREAM_TEST_STORAGE names: `sqlite:`, or `postgresql:`
// for the server that RESCUESTREAM_TEST_POSTGRES names, which must be one on this machine.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <pqxx/pqxx>

#include "full_disk/place.hpp"

namespace {

using rescuestream::testing::Place;
using rescuestream::testing::SmallDisk;

constexpr int kSkipped = 77;
constexpr int kUsage = 2;
constexpr std::size_t kMegabytes = 24;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

class SqlitePlace final : public Place {
public:
    std::string uri() const override { return "sqlite:" + disk_.file("test.db"); }
    SmallDisk& disk() override { return disk_; }

private:
    SmallDisk disk_{kMegabytes};
};

// Returns the same address with another database.
std::string with_database(const std::string& uri, const std::string& database) {
    const auto authority = uri.find("://") + 3;
    return uri.substr(0, uri.find('/', authority)) + "/" + database;
}

class PostgresPlace final : public Place {
public:
    PostgresPlace()
        : server_uri_(environment("RESCUESTREAM_TEST_POSTGRES")),
          name_("full_disk_" + std::to_string(::getpid()) + "_" + std::to_string(next_++)) {
        const passwd* owner = ::getpwnam("postgres");
        const std::string tables = disk_.file("tables");
        if (owner == nullptr || ::chmod(disk_.path().c_str(), 0755) != 0 ||
            ::mkdir(tables.c_str(), 0700) != 0 ||
            ::chown(tables.c_str(), owner->pw_uid, owner->pw_gid) != 0) {
            throw std::runtime_error("cannot create the directory of PostgreSQL's tables");
        }
        pqxx::connection server(server_uri_);
        pqxx::nontransaction step(server);
        step.exec("CREATE TABLESPACE " + name_ + " LOCATION '" + tables + "'");
        step.exec("CREATE DATABASE " + name_ + " TABLESPACE " + name_);
    }
    ~PostgresPlace() override {
        try {
            disk_.make_room();
            pqxx::connection server(server_uri_);
            pqxx::nontransaction step(server);
            step.exec("DROP DATABASE " + name_ + " WITH (FORCE)");
            step.exec("DROP TABLESPACE " + name_);
        } catch (const std::exception&) {
            // The whole cluster is removed after the tests.
        }
    }
    PostgresPlace(const PostgresPlace&) = delete;
    PostgresPlace& operator=(const PostgresPlace&) = delete;

    std::string uri() const override { return with_database(server_uri_, name_); }
    SmallDisk& disk() override { return disk_; }

private:
    static inline std::atomic<int> next_{0};
    const std::string server_uri_;
    const std::string name_;
    SmallDisk disk_{kMegabytes};
};

std::string g_backend;

}  // namespace

std::unique_ptr<Place> rescuestream::testing::make_place() {
    if (is_sqlite()) return std::make_unique<SqlitePlace>();
    return std::make_unique<PostgresPlace>();
}

bool rescuestream::testing::is_sqlite() {
    return g_backend == "sqlite:";
}

int main(int argc, char** argv) {
    g_backend = environment("RESCUESTREAM_TEST_STORAGE");
    if (g_backend != "sqlite:" && g_backend != "postgresql:") {
        std::cerr << "RESCUESTREAM_TEST_STORAGE must be sqlite: or postgresql:\n";
        return kUsage;
    }
    if (!SmallDisk::is_possible()) {
        std::cout << "skipped: no file system can be mounted here (root may)\n";
        return kSkipped;
    }
    if (g_backend == "postgresql:" && environment("RESCUESTREAM_TEST_POSTGRES").empty()) {
        std::cout << "skipped: RESCUESTREAM_TEST_POSTGRES names no PostgreSQL server; "
                     "tests/support/postgres_cluster.sh starts one\n";
        return kSkipped;
    }
    doctest::Context context(argc, argv);
    return context.run();
}
