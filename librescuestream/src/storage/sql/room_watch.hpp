#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "rescuestream/logger.hpp"
#include "storage/sql/database.hpp"

namespace rescuestream::sql {

/// A database that remembers that a step could not write for lack of space until a write succeeds
/// again. It logs the beginning, a count once a minute, and the end.
///
/// Thread-safety: all methods may be called from any thread.
class RoomWatch final : public Database {
public:
    using Clock = std::chrono::steady_clock;

    /// `logger` may be null; then nothing is logged.
    RoomWatch(std::unique_ptr<Database> database, Logger* logger);

    const Dialect& dialect() const noexcept override { return database_->dialect(); }
    std::string description() const override { return database_->description(); }
    void read(const Work& work) override { database_->read(work); }
    void write(const Step& step) override;
    std::unique_ptr<Rows> share(const SharedStatement& statement, const Values& values) override;
    void tell_keys_changed() override { database_->tell_keys_changed(); }
    std::vector<std::unique_ptr<Rows>> claim(const std::vector<const Values*>& claims,
                                             bool likely_free, Deadline latest) override;
    std::vector<std::unique_ptr<Rows>> probe(const std::string& statement,
                                             const std::vector<const Values*>& claims,
                                             Deadline latest) override {
        return database_->probe(statement, claims, latest);
    }
    void migrate(const Step& step) override;
    void check_room() override;
    std::optional<DiskSpace> disk_space() override { return database_->disk_space(); }
    StorageFigures figures() override { return database_->figures(); }
    void watch_changes(std::function<void()> listener) override {
        database_->watch_changes(std::move(listener));
    }

private:
    /// Exists while steps cannot write.
    struct Shortage {
        Failure failure;  // the last failure
        Clock::time_point begun, failed_at, checked_at, told_at;
        std::uint64_t refused = 0;  // refused steps since the last log line
        bool is_told = false;
    };

    template <class Call>
    auto noting(Call call) -> decltype(call());
    void note(const Failure& failure, std::uint64_t refused);
    void tell(Clock::time_point now);
    void end_shortage(Clock::time_point now);
    // Throws Failure if the write fails.
    void try_to_write();

    const std::unique_ptr<Database> database_;
    Logger& logger_;
    std::mutex mutex_;
    std::optional<Shortage> shortage_;
    std::optional<Clock::time_point> last_begin_told_;
};

}  // namespace rescuestream::sql
