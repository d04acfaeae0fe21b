// Backups of an SQLite database, and their restoration.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "rescuestream/backup.hpp"
#include "rescuestream/storage.hpp"
#include "support/temporary_directory.hpp"
#include "support/test_orchestrator.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

template <class T>
std::optional<ErrorCode> code_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

/// A database file, and programs that use it.
class BackupCase {
public:
    std::unique_ptr<TestOrchestrator> open() const {
        auto storage = open_storage(uri).value();
        storage->migrate(std::nullopt, Timestamp{}).value();
        return std::make_unique<TestOrchestrator>(std::move(storage),
                                                  TestOrchestrator::default_settings());
    }
    static std::vector<std::string> names(TestOrchestrator& program) {
        std::vector<std::string> all;
        for (const auto& each : program->list_broadcasters({}).value().items) {
            all.push_back(each.display_name);
        }
        return all;
    }

    TemporaryDirectory directory;
    const std::string uri = "sqlite:" + directory.file("live.db");
    const std::string copy = directory.file("copy.db");
    const Timestamp now = parse_rfc3339("2026-01-17T10:00:00Z").value();
};

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

TEST_CASE_FIXTURE(BackupCase, "a file that exists is never overwritten by a copy") {
    open()->broadcaster();
    std::ofstream(copy) << "somebody's";
    CHECK(code_of(back_up_database(uri, copy)) == ErrorCode::kConflict);
    std::ostringstream content;
    content << std::ifstream(copy).rdbuf();
    CHECK(content.str() == "somebody's");
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
