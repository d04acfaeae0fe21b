#include "storage/sqlite/sqlite_storage.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>

#include "storage/disk_space.hpp"
#include "storage/sql/pool.hpp"
#include "storage/sql/room_watch.hpp"
#include "storage/sql/sql_storage.hpp"
#include "storage/sqlite/change_watcher.hpp"
#include "storage/sqlite/checkpointer.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/statements.hpp"
#include "storage/sqlite/writer.hpp"
#include "support/counters.hpp"
#include "support/file_owner.hpp"

namespace rescuestream {
namespace sqlite {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kReaders = 4;
constexpr std::chrono::minutes kMigrationTime{10};

class FileDatabase final : public sql::Database {
public:
    FileDatabase(const std::string& path, std::chrono::milliseconds time)
        : path_(path),
          time_(time),
          writer_(path, steady_clock::now() + time,
                  [this](int pages) { checkpointer_.log_has(pages); }),
          checkpointer_(path, writer_),
          readers_(make_readers(), waits_) {}

    const sql::Dialect& dialect() const noexcept override { return kDialect; }
    std::string description() const override { return "sqlite:" + path_; }

    void read(const Work& work) override { read_by(steady_clock::now() + time_, work); }
    void write(const Step& step) override { writer_.write(step, steady_clock::now() + time_); }
    std::vector<std::unique_ptr<sql::Rows>> claim(const std::vector<const sql::Values*>& claims,
                                                  bool /*likely_free*/, Deadline latest) override {
        return writer_.claim(kDialect.claim, claims, std::min(latest, steady_clock::now() + time_));
    }
    std::vector<std::unique_ptr<sql::Rows>> probe(const std::string& statement,
                                                  const std::vector<const sql::Values*>& claims,
                                                  Deadline latest) override {
        std::vector<std::unique_ptr<sql::Rows>> rows;
        read_by(std::min(latest, steady_clock::now() + time_), [&](sql::Connection& connection) {
            for (const auto* values : claims) rows.push_back(connection.run(statement, *values));
        });
        return rows;
    }
    /// All callers share transactions in this dialect.
    std::unique_ptr<sql::Rows> share(const sql::SharedStatement& statement,
                                     const sql::Values& values) override {
        std::unique_ptr<sql::Rows> rows;
        const auto run = [&](sql::Connection& connection) {
            rows = connection.run(statement.one, values);
            return true;
        };
        if (statement.is_change) {
            write(run);
        } else {
            read([&](sql::Connection& connection) { run(connection); });
        }
        return rows;
    }
    /// Other programs detect the change of the file by themselves.
    void tell_keys_changed() override {}
    void migrate(const Step& step) override {
        writer_.write_alone(step, steady_clock::now() + kMigrationTime);
    }
    std::optional<DiskSpace> disk_space() override { return disk_space_of(path_); }
    StorageFigures figures() override {
        PoolFigures pool;
        readers_.add_to(pool);
        pool.wait_seconds = waits_.read();
        return {std::move(pool), checkpointer_.seconds(), writer_.group_sizes(), {}};
    }
    void watch_changes(std::function<void()> listener) override {
        const std::lock_guard lock(watcher_mutex_);
        watcher_.reset();
        if (listener) watcher_ = std::make_unique<ChangeWatcher>(path_, std::move(listener));
    }

private:
    void read_by(Deadline deadline, const Work& work) {
        auto lease = readers_.take(deadline);
        if (!lease) {
            throw sql::Failure{sql::Failure::Kind::kUnavailable,
                               "every connection was busy until the deadline"};
        }
        (**lease)->set_deadline(deadline);
        work(***lease);
    }
    std::vector<std::unique_ptr<Connection>> make_readers() const {
        const auto deadline = steady_clock::now() + time_;
        std::vector<std::unique_ptr<Connection>> readers;
        for (std::size_t i = 0; i < kReaders; ++i) {
            readers.push_back(
                std::make_unique<Connection>(path_, Connection::Durability::kNormal, deadline));
        }
        return readers;
    }

    const std::string path_;
    const std::chrono::milliseconds time_;
    Writer writer_;
    Checkpointer checkpointer_;
    Histogram waits_{kSecondsOfSteps};
    sql::Pool<std::unique_ptr<Connection>> readers_;
    std::mutex watcher_mutex_;
    std::unique_ptr<ChangeWatcher> watcher_;
};

// Creates the file so that only its owner can read it; SQLite gives its other files the same mode.
// An existing file is not opened, because closing it would release the locks that this process
// holds on it.
void make_file(const std::string& path) {
    using Kind = sql::Failure::Kind;
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
        throw sql::Failure{Kind::kUnavailable, "it is a directory"};
    }
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const int why = errno;
    if (file >= 0) {
        give_to_owner_of_directory(file, path);
        ::close(file);
    } else if (why != EEXIST) {
        const bool is_full = why == ENOSPC || why == EDQUOT;
        throw sql::Failure{is_full        ? Kind::kFull
                           : why == EROFS ? Kind::kReadOnly
                                          : Kind::kUnavailable,
                           std::strerror(why)};
    }
}

}  // namespace
}  // namespace sqlite

Result<std::unique_ptr<Storage>> open_sqlite_storage(std::string_view path,
                                                     const StorageOptions& options) {
    const std::string file(path);
    try {
        sqlite::make_file(file);
        auto database = std::make_unique<sqlite::FileDatabase>(file, options.deadline);
        return sql::make_sql_storage(
            std::make_unique<sql::RoomWatch>(std::move(database), options.logger), options.logger);
    } catch (const sql::Failure& failure) {
        Error error = failure.error();
        if (error.code == ErrorCode::kStorageFull) {
            error.message = "The SQLite database " + file + " cannot be opened. " + error.message;
            return error;
        }
        return Error{ErrorCode::kUnavailable,
                     "The SQLite database " + file + " cannot be opened.",
                     failure.detail,
                     {}};
    }
}

}  // namespace rescuestream
