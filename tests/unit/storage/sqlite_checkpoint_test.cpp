// The write-ahead log of an SQLite file.
#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "storage/sqlite/checkpointer.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "storage/sqlite/writer.hpp"
#include "support/temporary_directory.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using sqlite::Connection;
using std::chrono::steady_clock;

namespace {

steady_clock::time_point later() {
    return steady_clock::now() + std::chrono::hours(1);
}

/// Rows that are written over and over, while checkpoints run.
class Log {
public:
    Log()
        : path((std::ofstream(directory.file("a.db")), directory.file("a.db"))),
          writer(path, later(),
                 [this](int now) {
                     pages = now;
                     checkpointer.log_has(now);
                 }),
          checkpointer(path, writer) {
        writer.write_alone(
            [](sql::Connection& connection) {
                connection.script(
                    "CREATE TABLE pages (id INTEGER PRIMARY KEY, bytes BLOB);"
                    "WITH RECURSIVE ids (id) AS"
                    " (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < 100)"
                    " INSERT INTO pages SELECT id, randomblob(3000) FROM ids");
                return true;
            },
            later());
    }

    /// A hundred pages.
    void write() {
        const rescuestream::sql::Values none;
        writer.claim("UPDATE pages SET bytes = randomblob(3000)", {&none}, later());
    }
    std::uintmax_t size() const { return std::filesystem::file_size(path + "-wal"); }

    const testing::TemporaryDirectory directory;
    const std::string path;
    int pages = 0;
    sqlite::Writer writer;
    sqlite::Checkpointer checkpointer;
};

/// Reads repeatedly, each time in one snapshot of the file for two statements.
class Reader {
public:
    explicit Reader(const std::string& path) : thread_([this, path] { run(path); }) {}
    ~Reader() {
        stop_ = true;
        thread_.join();
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    int torn() const { return torn_; }

private:
    void run(const std::string& path) {
        Connection connection(path, Connection::Durability::kNormal, later());
        const auto sum = [&] {
            return connection.run("SELECT sum(unicode(hex(bytes))) FROM pages", {})->integer(0, 0);
        };
        while (!stop_) {
            connection.script("BEGIN");
            if (sum() != sum()) ++torn_;
            connection.script("COMMIT");
        }
    }

    std::atomic<bool> stop_ = false;
    std::atomic<int> torn_ = 0;
    std::thread thread_;  // last, because it uses all members above
};

}  // namespace

TEST_CASE("SQLite: the log is reused during constant reads and writes, and shrinks afterwards") {
    Log log;
    {
        const Reader reader(log.path);
        const Reader another(log.path);
        constexpr int kRounds = 2;
        constexpr int kMost = 4'000;  // 400,000 pages, if the log were never reused
        int rounds = 0;
        int writes = 0;
        int before = 0;
        while (rounds < kRounds && writes < kMost) {
            ++writes;
            log.write();
            if (log.pages < before) ++rounds;
            before = log.pages;
        }
        CHECK(rounds == kRounds);
        CHECK(reader.torn() + another.torn() == 0);
    }
    CHECK(testing::eventually([&] { return log.size() == 0; }, std::chrono::seconds(60)));
    log.write();
    CHECK(log.size() > 0);
}

TEST_CASE("SQLite: a database that was closed consists of one file") {
    const testing::TemporaryDirectory directory;
    const std::string path = directory.file("a.db");
    {
        const auto storage = open_sqlite_storage(path, {}).value();
        storage->migrate(std::nullopt, Timestamp()).value();
        CHECK(std::filesystem::exists(path + "-wal"));
    }
    CHECK_FALSE(std::filesystem::exists(path + "-wal"));
    CHECK_FALSE(std::filesystem::exists(path + "-shm"));
    CHECK(open_sqlite_storage(path, {}).value()->ping().has_value());
}
