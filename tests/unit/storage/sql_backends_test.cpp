// Behaviour of SQLite and PostgreSQL beyond the common contract.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdlib.h>  // mkdtemp
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

#include "storage/postgres/conninfo.hpp"
#include "storage/sql/pool.hpp"
#include "storage/sqlite/sqlite_storage.hpp"

using namespace rescuestream;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

class Directory {
public:
    Directory() {
        std::string pattern = std::filesystem::temp_directory_path() / "rescuestream-XXXXXX";
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~Directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    std::string path() const { return path_.string(); }
    std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

/// Removes root's right to write everywhere from this thread; other users do not have it.
class OrdinaryUser {
public:
    OrdinaryUser() {
        if (::geteuid() == 0) ::setfsuid(kNobody);
    }
    ~OrdinaryUser() {
        if (::geteuid() == 0) ::setfsuid(0);
    }
    OrdinaryUser(const OrdinaryUser&) = delete;
    OrdinaryUser& operator=(const OrdinaryUser&) = delete;

private:
    static constexpr uid_t kNobody = 65534;
};

void check_unavailable(const std::string& path) {
    const auto opened = open_sqlite_storage(path, {});
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == ErrorCode::kUnavailable);
    CHECK(opened.error().message.find(path) != std::string::npos);
}

}  // namespace

TEST_CASE("the files of an SQLite database can be read only by their owner") {
    const Directory directory;
    const auto storage = open_sqlite_storage(directory.file("a.db"), {}).value();
    storage->migrate(std::nullopt, Timestamp()).value();
    for (const char* name : {"a.db", "a.db-wal", "a.db-shm"}) {
        CAPTURE(name);
        struct stat status {};
        REQUIRE(::stat(directory.file(name).c_str(), &status) == 0);
        CHECK((status.st_mode & 0777) == 0600);
    }
}

TEST_CASE("the error names an SQLite database that cannot be opened") {
    const Directory directory;
    SUBCASE("a directory") {
        std::filesystem::create_directory(directory.file("a.db"));
        check_unavailable(directory.file("a.db"));
    }
    SUBCASE("in a directory that does not exist") {
        check_unavailable(directory.file("no/a.db"));
    }
    SUBCASE("a file of another kind") {
        std::ofstream(directory.file("a.db")) << std::string(4096, 'x');
        check_unavailable(directory.file("a.db"));
    }
}

TEST_CASE("a write-protected SQLite database is refused, and is not opened for reading") {
    const Directory directory;
    const std::string file = directory.file("a.db");
    SUBCASE("an empty one") {
        std::ofstream{file};
    }
    SUBCASE("one that was in use") {
        open_sqlite_storage(file, {}).value()->migrate(std::nullopt, Timestamp()).value();
    }
    // Only the file itself is write-protected for an ordinary user.
    REQUIRE(::chmod(directory.path().c_str(), 0777) == 0);
    REQUIRE(::chmod(file.c_str(), 0444) == 0);
    const OrdinaryUser user;
    REQUIRE(::open(file.c_str(), O_RDWR | O_CLOEXEC) == -1);
    REQUIRE(errno == EACCES);
    check_unavailable(file);
}

TEST_CASE("a PostgreSQL address is described without its password") {
    const auto info = postgres::make_conninfo(
        "postgresql://someone:p%40ss-w0rd@db.example:5433/media?password=other", milliseconds(700));
    REQUIRE(info.has_value());
    CHECK(info->description == "postgresql://someone@db.example:5433/media");
}

TEST_CASE("options in a PostgreSQL address are kept, and ours are added") {
    const auto info = postgres::make_conninfo(
        "postgres:///d?connect_timeout=7&options=-c%20geqo%3Doff&application_name=it's",
        milliseconds(700));
    REQUIRE(info.has_value());
    CHECK(info->durable.conninfo.find("connect_timeout='7'") != std::string::npos);
    CHECK(info->durable.conninfo.find("application_name='it\\'s'") != std::string::npos);
    CHECK(info->durable.conninfo.find("options='-c geqo=off -c statement_timeout=700 ") !=
          std::string::npos);
    CHECK(info->durable.conninfo.find("synchronous_commit") == std::string::npos);
    CHECK(info->claims.conninfo.find("-c synchronous_commit=off") != std::string::npos);
    CHECK(info->unlimited.conninfo.find("-c statement_timeout=0 ") != std::string::npos);
}

TEST_CASE("a malformed PostgreSQL address is refused without being repeated") {
    const auto info =
        postgres::make_conninfo("postgresql://u:hidden@host:port:x/%zz", milliseconds(700));
    REQUIRE_FALSE(info.has_value());
    CHECK(info.error().code == ErrorCode::kInvalidArgument);
    CHECK((info.error().message + info.error().detail).find("hidden") == std::string::npos);
}

TEST_CASE("a pool lends each item to one caller, and a caller stops waiting at its deadline") {
    Histogram waits(kSecondsOfSteps);
    sql::Pool<int> pool({1, 2}, waits);
    const auto soon = [] { return steady_clock::now() + milliseconds(20); };
    {
        auto first = pool.take(soon());
        auto second = pool.take(soon());
        REQUIRE(first.has_value());
        REQUIRE(second.has_value());
        CHECK(**first + **second == 3);
        CHECK_FALSE(pool.take(soon()).has_value());
        PoolFigures figures;
        pool.add_to(figures);
        CHECK(figures.busy == 2);
        CHECK(figures.idle == 0);
        CHECK(waits.read().total() == 3);
        CHECK(waits.read().sum >= 0.02);
    }
    CHECK(pool.take(soon()).has_value());
}

TEST_CASE("a pool gives a returned item to a caller that waits") {
    Histogram waits(kSecondsOfSteps);
    sql::Pool<int> pool({1}, waits);
    auto lease = pool.take(steady_clock::now());
    REQUIRE(lease.has_value());
    std::thread waiter(
        [&] { CHECK(pool.take(steady_clock::now() + std::chrono::seconds(20)).has_value()); });
    lease.reset();
    waiter.join();
    CHECK(pool.take(steady_clock::now()).has_value());
}
