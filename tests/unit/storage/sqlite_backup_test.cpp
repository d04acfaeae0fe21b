// Backups of an SQLite database, and their restoration.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "rescuestream/backup.hpp"
#include "rescuestream/database_copy.hpp"
#include "rescuestream/storage.hpp"
#include "storage/sqlite/connection.hpp"
#include "support/wait.hpp"
#include "tokens/signature.hpp"
#include "unit/storage/backup_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

template <class T>
std::optional<ErrorCode> code_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

}  // namespace

namespace {

void change(const std::string& file, const std::string& script) {
    sqlite::Connection connection(file, sqlite::Connection::Durability::kFull,
                                  sqlite::Connection::Deadline::max());
    connection.script(script);
    connection.checkpoint(sqlite::Connection::Checkpoint::kTruncate);
}

}  // namespace

TEST_CASE_FIXTURE(
    BackupCase,
    "a restore brings back the copied data, and keeps the replaced database beside it") {
    {
        const auto program = open();
        program->broadcaster("before the copy");
        const auto backup = back_up_database(uri, copy);
        REQUIRE(backup);
        CHECK(backup->file == copy);
        CHECK(backup->bytes == std::filesystem::file_size(copy));
        CHECK(backup->schema == open_storage(uri).value()->schema_status().value().current);
        program->broadcaster("after the copy");
    }
    const auto restored = restore_database(uri, copy, now);
    REQUIRE(restored);
    CHECK(restored->replaced == directory.file("live.db.before-restore-20260117T100000Z"));
    CHECK(names(*open()) == std::vector<std::string>{"before the copy"});

    // The replaced database can be restored too.
    REQUIRE(restore_database(uri, restored->replaced, now + std::chrono::hours(1)));
    CHECK(names(*open()).size() == 2);
}

TEST_CASE_FIXTURE(BackupCase,
                  "what root makes for a service that runs as another user belongs to that user") {
    const auto owner_of = [](const std::string& path) {
        struct stat status {};
        REQUIRE(::stat(path.c_str(), &status) == 0);
        return std::pair(status.st_uid, status.st_gid);
    };
    // Only root can make files of somebody else. To others the same applies with themselves.
    const bool is_root = ::geteuid() == 0;
    const std::pair<uid_t, gid_t> service =
        is_root ? std::pair<uid_t, gid_t>(65'534, 65'534) : std::pair(::getuid(), ::getgid());
    const std::string home = directory.file("service");
    REQUIRE(std::filesystem::create_directory(home));
    REQUIRE(::chown(home.c_str(), service.first, service.second) == 0);
    const std::string theirs = "sqlite:" + home + "/live.db";
    REQUIRE(open_storage(theirs).value()->migrate(std::nullopt, Timestamp{}));
    CHECK(owner_of(home + "/live.db") == service);
    REQUIRE(back_up_database(theirs, copy));
    REQUIRE(restore_database(theirs, copy, now));
    CHECK(owner_of(home + "/live.db") == service);
    REQUIRE(std::filesystem::remove(home + "/live.db"));
    REQUIRE(restore_database(theirs, copy, now + std::chrono::seconds(1)));
    CHECK(owner_of(home + "/live.db") == service);
}

TEST_CASE_FIXTURE(BackupCase, "a copy is readable only by its owner, and leaves no other files") {
    open()->broadcaster();
    REQUIRE(back_up_database(uri, copy));
    struct stat status {};
    REQUIRE(::stat(copy.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
        CHECK(entry.path().filename().string().find("copy.db.") == std::string::npos);
    }
}

TEST_CASE_FIXTURE(BackupCase, "a copy that is made during writes contains only complete changes") {
    const auto program = open();
    std::atomic<bool> stop = false;
    std::atomic<int> written = 0;
    std::thread writer([&] {
        while (!stop) {
            program->broadcaster("one of many");
            ++written;
        }
    });
    const int copies = 5;
    for (int i = 0; i < copies; ++i) {
        const int before = written;
        CHECK(eventually([&] { return written > before; }));
        const std::string target = directory.file("copy" + std::to_string(i));
        REQUIRE(back_up_database(uri, target));
        auto storage = open_storage("sqlite:" + target).value();
        // The broadcaster and its audit entry are written as one change.
        PageRequest all;
        all.limit = 100'000;
        const auto broadcasters = storage->list_broadcasters(all).value().items.size();
        const auto entries = storage->list_audit({}).value().total;
        CHECK(broadcasters == entries);
        CHECK(broadcasters >= static_cast<std::size_t>(before));
    }
    stop = true;
    writer.join();
}

TEST_CASE_FIXTURE(BackupCase,
                  "a copy that was made during writes has the same digests when it is restored") {
    const auto program = open();
    std::atomic<bool> stop = false;
    std::atomic<int> written = 0;
    std::thread writer([&] {
        while (!stop) {
            program->broadcaster("one of many");
            ++written;
        }
    });
    CHECK(eventually([&] { return written > 10; }));
    const auto backup = back_up_database(uri, copy);
    stop = true;
    writer.join();
    REQUIRE(backup);
    const std::string restored = "sqlite:" + directory.file("restored.db");
    REQUIRE(restore_database(restored, copy, now));
    const auto wanted = copy_database("sqlite:" + copy, "sqlite:" + directory.file("1.db"), now);
    const auto found = copy_database(restored, "sqlite:" + directory.file("2.db"), now);
    REQUIRE(wanted);
    REQUIRE(found);
    CHECK(wanted->tables.front().rows > 10);
    CHECK(found->tables == wanted->tables);
}

TEST_CASE_FIXTURE(BackupCase, "a file that exists is replaced by a copy only on request") {
    open()->broadcaster();
    std::ofstream(copy) << "somebody's";
    CHECK(code_of(back_up_database(uri, copy)) == ErrorCode::kConflict);
    std::ostringstream content;
    content << std::ifstream(copy).rdbuf();
    CHECK(content.str() == "somebody's");
    REQUIRE(back_up_database(uri, copy, true));
    CHECK(open_storage("sqlite:" + copy).value()->list_broadcasters({}).value().items.size() == 1);
}

TEST_CASE_FIXTURE(BackupCase, "a database is never replaced by a copy, also on request") {
    const auto program = open();
    program->broadcaster("kept");
    const auto itself = directory.file("live.db");
    CHECK(code_of(back_up_database(uri, itself, true)) == ErrorCode::kInvalidArgument);
    const auto other = directory.file("other.db");
    const auto in_use = open_storage("sqlite:" + other).value();
    in_use->migrate(std::nullopt, Timestamp{}).value();
    CHECK(code_of(back_up_database(uri, other, true)) == ErrorCode::kInvalidArgument);
    CHECK(in_use->ping());
    CHECK(names(*program) == std::vector<std::string>{"kept"});
}

TEST_CASE_FIXTURE(BackupCase,
                  "the error names a database that cannot be copied, and no file is created") {
    CHECK(code_of(back_up_database(uri, copy)) == ErrorCode::kNotFound);
    CHECK(code_of(back_up_database("sqlite:", copy)) == ErrorCode::kInvalidArgument);
    CHECK(code_of(back_up_database("memory:", copy)) == ErrorCode::kUnsupported);
    CHECK(code_of(back_up_database("postgresql://db/x", copy)) == ErrorCode::kUnsupported);
    open()->broadcaster();
    CHECK(code_of(back_up_database(uri, directory.file("none/copy.db"))) ==
          ErrorCode::kInvalidArgument);
    CHECK_FALSE(std::filesystem::exists(directory.file("none")));
    std::ofstream(directory.file("junk.db")) << std::string(8'192, 'x');
    CHECK(code_of(back_up_database("sqlite:" + directory.file("junk.db"), copy)) ==
          ErrorCode::kUnavailable);
    CHECK_FALSE(std::filesystem::exists(copy));
}

TEST_CASE_FIXTURE(BackupCase, "a database that another program uses is not replaced") {
    const auto program = open();
    program->broadcaster("kept");
    REQUIRE(back_up_database(uri, copy));
    const auto refused = restore_database(uri, copy, now);
    CHECK(code_of(refused) == ErrorCode::kConflict);
    CHECK(refused.error().message.find("stop rescuestream-server") != std::string::npos);
    program->broadcaster("still served");
    CHECK(names(*program).size() == 2);
}

TEST_CASE_FIXTURE(BackupCase, "the program that uses the database is named") {
    open()->broadcaster("kept");
    REQUIRE(back_up_database(uri, copy));
    int opened[2];
    REQUIRE(::pipe(opened) == 0);
    const pid_t other = ::fork();
    if (other == 0) {
        const auto storage = open_storage(uri);
        const char done = storage ? '1' : '0';
        while (::write(opened[1], &done, 1) == 1) ::pause();
        ::_exit(0);
    }
    char done = 0;
    REQUIRE(::read(opened[0], &done, 1) == 1);
    const auto refused = restore_database(uri, copy, now);
    ::kill(other, SIGKILL);
    ::waitpid(other, nullptr, 0);
    ::close(opened[0]);
    ::close(opened[1]);
    CHECK(done == '1');
    CHECK(code_of(refused) == ErrorCode::kConflict);
    const auto& message = refused.error().message;
    CHECK(message.find("(process " + std::to_string(other) + ")") != std::string::npos);
    REQUIRE(restore_database(uri, copy, now));
}

TEST_CASE_FIXTURE(BackupCase,
                  "a restored copy is not read together with the log of the database before it") {
    const auto live = directory.file("live.db");
    {
        const auto program = open();
        program->broadcaster("kept");
        REQUIRE(back_up_database(uri, copy));
        program->broadcaster("after the copy");
        std::filesystem::copy_file(live + "-wal", directory.file("log"));
    }
    // Somebody removed the database, but not the log that a killed program had left.
    std::filesystem::remove(live);
    std::filesystem::rename(directory.file("log"), live + "-wal");
    REQUIRE(restore_database(uri, copy, now));
    CHECK(names(*open()) == std::vector<std::string>{"kept"});
    CHECK(std::filesystem::exists(live + ".before-restore-20260117T100000Z-wal"));
}

TEST_CASE_FIXTURE(BackupCase,
                  "a file that is not a complete copy of our database is not restored") {
    open()->broadcaster("kept");
    CHECK(code_of(restore_database(uri, copy, now)) == ErrorCode::kNotFound);
    std::ofstream(copy) << "no database";
    CHECK(code_of(restore_database(uri, copy, now)) == ErrorCode::kUnavailable);
    std::filesystem::remove(copy);
    REQUIRE(back_up_database(uri, copy));
    std::filesystem::resize_file(copy, std::filesystem::file_size(copy) / 2);
    CHECK(code_of(restore_database(uri, copy, now)) == ErrorCode::kUnavailable);
    CHECK(names(*open()) == std::vector<std::string>{"kept"});
}

TEST_CASE_FIXTURE(BackupCase, "a damaged database can be replaced by its copy") {
    open()->broadcaster("kept");
    REQUIRE(back_up_database(uri, copy));
    std::ofstream(directory.file("live.db"), std::ios::trunc) << std::string(8'192, 'x');
    REQUIRE(restore_database(uri, copy, now));
    CHECK(names(*open()) == std::vector<std::string>{"kept"});
}

TEST_CASE_FIXTURE(BackupCase, "a copy can be restored where there was no database") {
    open()->broadcaster("kept");
    REQUIRE(back_up_database(uri, copy));
    const std::string elsewhere = "sqlite:" + directory.file("new.db");
    const auto restored = restore_database(elsewhere, copy, now);
    REQUIRE(restored);
    CHECK(restored->replaced.empty());
    CHECK(open_storage(elsewhere).value()->list_broadcasters({}).value().items.size() == 1);
}

TEST_CASE_FIXTURE(BackupCase,
                  "a copy with a trigger, a view or a table of somebody else is refused") {
    open()->broadcaster("kept");
    for (const auto& [script, name] :
         {std::pair{
              "CREATE TRIGGER evil AFTER INSERT ON broadcasters BEGIN DELETE FROM audit_entries; "
              "END",
              "trigger evil"},
          {"CREATE VIEW more AS SELECT 1", "view more"},
          {"CREATE TABLE mine (a)", "table mine"},
          {"ALTER TABLE schema_migrations RENAME TO real_migrations; CREATE VIEW schema_migrations "
           "AS WITH RECURSIVE n(version) AS (SELECT 1 UNION ALL SELECT version FROM n) SELECT "
           "version, '' AS name, '' AS checksum, 0 AS applied_at FROM n",
           "view schema_migrations"},
          {"DROP INDEX streams_newest; CREATE INDEX streams_newest ON streams (length(path))",
           "index streams_newest"},
          {"ALTER TABLE broadcasters ADD COLUMN more TEXT DEFAULT 'x'", "table broadcasters"}}) {
        CAPTURE(name);
        REQUIRE(back_up_database(uri, copy, true));
        change(copy, script);
        const auto restored = restore_database(uri, copy, now);
        CHECK(code_of(restored) == ErrorCode::kConflict);
        if (!restored) CHECK(restored.error().message.find(name) != std::string::npos);
        const auto copied =
            copy_database("sqlite:" + copy, "sqlite:" + directory.file("target.db"), now);
        CHECK(code_of(copied) == ErrorCode::kConflict);
        if (!copied) CHECK(copied.error().message.find(name) != std::string::npos);
        for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(copy + part);
    }
    CHECK(names(*open()) == std::vector<std::string>{"kept"});
}

TEST_CASE_FIXTURE(BackupCase, "a named pipe is not waited for as a copy") {
    REQUIRE(::mkfifo(copy.c_str(), 0600) == 0);
    CHECK(code_of(restore_database(uri, copy, now)) == ErrorCode::kConflict);
    CHECK(code_of(copy_database("sqlite:" + copy, uri, now)) == ErrorCode::kConflict);
}
