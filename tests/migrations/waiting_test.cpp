// PostgreSQL alone has a lock that programs which migrate hand to each other.
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

constexpr milliseconds kPatience{20'000};

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

/// A program that migrates, and does not get on until this object lets it or ends.
class SlowProgram {
public:
    explicit SlowProgram(const Place& place)
        : storage_(place.open()), obstacle_(std::make_unique<pqxx::connection>(place.uri())) {
        storage_->migrate(std::nullopt, kNow).value();
        pqxx::nontransaction(*obstacle_)
            .exec("BEGIN; LOCK TABLE rescuestream.schema_migrations IN ACCESS EXCLUSIVE MODE");
        migration_.emplace(*storage_);
        // That table is all that it lacks: the lock that comes before it has got.
        REQUIRE(eventually([&] { return waits_for_table(); }, kPatience));
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
    std::unique_ptr<pqxx::connection> obstacle_;  // ends first: the migration waits for that
};

std::unique_ptr<Storage> open(const Place& place, Logger& logger, milliseconds wait) {
    StorageOptions options;
    options.logger = &logger;
    options.migration_wait = wait;
    return open_storage(place.uri(), options).value();
}

}  // namespace

TEST_SUITE_BEGIN("postgresql");

TEST_CASE("who waits for the migration of another program says so, and goes on after it") {
    const auto place = make_place();
    RecordingLogger logger;
    const auto storage = open(*place, logger, StorageOptions{}.migration_wait);
    SlowProgram other(*place);
    RunningMigration migration(*storage);
    CHECK(eventually([&] { return logger.has_warning("waiting for it"); }, kPatience));
    CHECK(other.finish().value().pending.empty());
    CHECK(migration.answer().value().pending.empty());
}

TEST_CASE("a migration of another program that does not end is not waited for for ever") {
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
