// Only PostgreSQL has a lock that programs which migrate wait for.
#include <doctest/doctest.h>

#include <memory>
#include <mutex>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <thread>
#include <vector>

#include "migrations/place.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kLimit{20'000};

class RecordingLogger final : public Logger {
public:
    void log(LogLevel level, std::string_view message,
             std::initializer_list<LogField> /*fields*/) noexcept override {
        const std::lock_guard lock(mutex_);
        if (level == LogLevel::kWarning) warnings_.emplace_back(message);
    }
    bool has_warning(const std::string& part) const {
        const std::lock_guard lock(mutex_);
        for (const auto& warning : warnings_) {
            if (warning.find(part) != std::string::npos) return true;
        }
        return false;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> warnings_;
};

/// A migration to the newest schema, on a thread of its own.
class RunningMigration {
public:
    explicit RunningMigration(Storage& storage)
        : thread_([this, &storage] { answer_ = storage.migrate(std::nullopt, kNow); }) {}
    ~RunningMigration() {
        if (thread_.joinable()) thread_.join();
    }
    RunningMigration(const RunningMigration&) = delete;
    RunningMigration& operator=(const RunningMigration&) = delete;

    Result<SchemaStatus> answer() {
        thread_.join();
        return answer_;
    }

private:
    Result<SchemaStatus> answer_ = Error{};
    std::thread thread_;
};

/// A program that migrates, and is blocked until this object releases it or is destroyed.
class SlowProgram {
public:
    explicit SlowProgram(const Place& place)
        : storage_(place.open()), obstacle_(std::make_unique<pqxx::connection>(place.uri())) {
        storage_->migrate(std::nullopt, kNow).value();
        pqxx::nontransaction(*obstacle_)
            .exec("BEGIN; LOCK TABLE rescuestream.schema_migrations IN ACCESS EXCLUSIVE MODE");
        migration_.emplace(*storage_);
        // It waits only for that table: it already has the lock that it takes before.
        REQUIRE(eventually([&] { return waits_for_table(); }, kLimit));
    }

    Result<SchemaStatus> finish() {
        obstacle_.reset();
        return migration_->answer();
    }

private:
    bool waits_for_table() {
        return !pqxx::nontransaction(*obstacle_)
                    .exec(
                        "SELECT 1 FROM pg_locks WHERE NOT granted "
                        "AND relation = 'rescuestream.schema_migrations'::regclass")
                    .empty();
    }

    std::unique_ptr<Storage> storage_;
    std::optional<RunningMigration> migration_;
    // Destroyed first, since the migration waits for it.
    std::unique_ptr<pqxx::connection> obstacle_;
};

std::unique_ptr<Storage> open(const Place& place, Logger& logger, milliseconds wait) {
    StorageOptions options;
    options.logger = &logger;
    options.migration_wait = wait;
    return open_storage(place.uri(), options).value();
}

}  // namespace

TEST_SUITE_BEGIN("postgresql");

TEST_CASE("a program that waits for another program's migration logs it, and continues after it") {
    const auto place = make_place();
    RecordingLogger logger;
    const auto storage = open(*place, logger, StorageOptions{}.migration_wait);
    SlowProgram other(*place);
    RunningMigration migration(*storage);
    CHECK(eventually([&] { return logger.has_warning("waiting for it"); }, kLimit));
    CHECK(other.finish().value().pending.empty());
    CHECK(migration.answer().value().pending.empty());
}

TEST_CASE("waiting for another program's migration ends with an error when that does not end") {
    const auto place = make_place();
    RecordingLogger logger;
    const auto storage = open(*place, logger, milliseconds(200));
    SlowProgram other(*place);
    const auto answer = storage->migrate(std::nullopt, kNow);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == ErrorCode::kUnavailable);
    CHECK(answer.error().message.find("Another program is migrating") != std::string::npos);
    CHECK(answer.error().detail.find("200 ms") != std::string::npos);
    CHECK(logger.has_warning("waiting for it"));
    CHECK(other.finish().value().pending.empty());
    CHECK(storage->migrate(std::nullopt, kNow).value().pending.empty());
}

TEST_SUITE_END();
