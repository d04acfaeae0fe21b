#include "storage/sql/room_watch.hpp"

#include <string>
#include <utility>

#include "storage/sql/statements.hpp"

namespace rescuestream::sql {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kBetweenLines{60};
constexpr milliseconds kBetweenChecks{500};
// A small write may succeed where a larger one fails. The shortage is over when no write has failed
// for this time and there is space for more than a few steps.
constexpr seconds kQuiet{2};
constexpr std::uint64_t kLeastRoom = 1U << 20U;

bool is_shortage(const Failure& failure) {
    return failure.kind == Failure::Kind::kFull || failure.kind == Failure::Kind::kReadOnly;
}

}  // namespace

RoomWatch::RoomWatch(std::unique_ptr<Database> database, Logger* logger)
    : database_(std::move(database)), logger_(logger != nullptr ? *logger : null_logger()) {}

template <class Call>
auto RoomWatch::noting(Call call) -> decltype(call()) {
    try {
        return call();
    } catch (const Failure& failure) {
        if (is_shortage(failure)) note(failure, 1);
        throw;
    }
}

void RoomWatch::write(const Step& step) {
    noting([&] { database_->write(step); });
}

std::vector<std::unique_ptr<Rows>> RoomWatch::claim(const std::vector<const Values*>& claims,
                                                    bool likely_free, Deadline latest) {
    return noting([&] { return database_->claim(claims, likely_free, latest); });
}

std::unique_ptr<Rows> RoomWatch::share(const SharedStatement& statement, const Values& values) {
    return noting([&] { return database_->share(statement, values); });
}

void RoomWatch::migrate(const Step& step) {
    noting([&] { database_->migrate(step); });
}

void RoomWatch::note(const Failure& failure, std::uint64_t refused) {
    const auto now = Clock::now();
    const std::lock_guard lock(mutex_);
    if (!shortage_) shortage_ = Shortage{failure, now, now, now, {}, 0, false};
    shortage_->failure = failure;
    shortage_->failed_at = now;
    shortage_->refused += refused;
    tell(now);
}

// A repeated shortage is logged once a minute.
void RoomWatch::tell(Clock::time_point now) {
    Shortage& shortage = *shortage_;
    if (!shortage.is_told && last_begin_told_ && now - *last_begin_told_ < kBetweenLines) return;
    if (shortage.is_told && now - shortage.told_at < kBetweenLines) return;
    const Error error = shortage.failure.error();
    if (!shortage.is_told) {
        last_begin_told_ = now;
        logger_.error("the database cannot write", {{"database", database_->description()},
                                                    {"error", error.message},
                                                    {"detail", error.detail}});
    } else {
        logger_.error("the database still cannot write", {{"database", database_->description()},
                                                          {"error", error.message},
                                                          {"refused_writes", shortage.refused}});
    }
    shortage.is_told = true;
    shortage.told_at = now;
    shortage.refused = 0;
}

void RoomWatch::check_room() {
    {
        const std::lock_guard lock(mutex_);
        if (!shortage_) return;
        const auto now = Clock::now();
        // Between two checks the result of the last one is used.
        if (now - shortage_->checked_at < kBetweenChecks) throw shortage_->failure;
        shortage_->checked_at = now;
    }
    try_to_write();
    const auto space = database_->disk_space();
    const auto now = Clock::now();
    const std::lock_guard lock(mutex_);
    if (!shortage_) return;
    if (now - shortage_->failed_at < kQuiet || (space && space->free_bytes < kLeastRoom)) {
        throw shortage_->failure;
    }
    end_shortage(now);
}

void RoomWatch::end_shortage(Clock::time_point now) {
    if (shortage_->is_told) {
        const auto lasted = std::chrono::duration_cast<seconds>(now - shortage_->begun);
        logger_.info("the database can write again", {{"database", database_->description()},
                                                      {"seconds", lasted.count()},
                                                      {"refused_writes", shortage_->refused}});
    }
    shortage_.reset();
}

void RoomWatch::try_to_write() {
    try {
        database_->write([](Connection& connection) {
            connection.run(kWriteNothingNew, {});
            return true;
        });
    } catch (const Failure& failure) {
        if (is_shortage(failure)) note(failure, 0);
        throw;
    }
}

}  // namespace rescuestream::sql
