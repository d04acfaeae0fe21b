// Callers that write to an SQLite file at the same time.
#include <doctest/doctest.h>

#include <atomic>
#include <fstream>
#include <future>
#include <latch>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "storage/sqlite/writer.hpp"
#include "support/temporary_directory.hpp"

using namespace rescuestream;
using sqlite::Connection;
using sqlite::Writer;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Kind = sql::Failure::Kind;
using Numbers = std::vector<std::int64_t>;

namespace {

constexpr std::int64_t kFull = 2;
constexpr std::int64_t kNormal = 1;
const std::string kInsert = "INSERT INTO numbers (number) VALUES ($1)";
// Far more work than SQLite does between two checks of the deadline.
const std::string kLongInsert =
    "INSERT INTO numbers SELECT value FROM generated WHERE value >= 1000000";
const std::string kSynchronous = "PRAGMA synchronous";

steady_clock::time_point within(steady_clock::duration time) {
    return steady_clock::now() + time;
}

/// The error with which a call ended; empty for a success.
using Ending = std::optional<Kind>;

template <class Call>
Ending ending_of(Call call) {
    try {
        call();
    } catch (const sql::Failure& failure) {
        return failure.kind;
    }
    return std::nullopt;
}

std::unique_ptr<sql::Rows> claim_one(Writer& writer, const std::string& statement,
                                     const sql::Values& values, Writer::Deadline deadline) {
    return std::move(writer.claim(statement, {&values}, deadline).front());
}

/// A file with a table of numbers, and its writer. A batch has no time limits, unless a test
/// is about those.
class Desk {
public:
    explicit Desk(Writer::Limits limits = {64, hours(1), hours(1)}) {
        std::ofstream{path};
        writer.emplace(
            path, within(hours(1)), [this](int) { ++batches; }, limits);
        writer->write_alone(
            [](sql::Connection& connection) {
                connection.script(
                    "CREATE TABLE numbers (number INTEGER PRIMARY KEY);"
                    "CREATE TABLE children (parent INTEGER REFERENCES numbers (number)"
                    " DEFERRABLE INITIALLY DEFERRED);"
                    "CREATE VIEW generated AS WITH RECURSIVE generated (value) AS"
                    " (SELECT 1 UNION ALL SELECT value + 1 FROM generated WHERE value < 1000000)"
                    " SELECT value FROM generated");
                return true;
            },
            within(hours(1)));
        batches = 0;
    }

    Ending write(const Writer::Step& step, steady_clock::duration limit = hours(1)) {
        return ending_of([&] { writer->write(step, within(limit)); });
    }
    Ending insert(std::int64_t number, steady_clock::duration limit = hours(1)) {
        return write([&](sql::Connection& connection) { return add(connection, number); }, limit);
    }
    static bool add(sql::Connection& connection, std::int64_t number) {
        connection.run(kInsert, {number});
        return true;
    }

    /// Makes the call on a thread of its own; returns when the call waits for its turn.
    template <class Call>
    auto behind(Call call) {
        const std::size_t before = writer->waiting();
        auto result = std::async(std::launch::async, call);
        while (writer->waiting() == before) std::this_thread::yield();
        return result;
    }
    std::future<Ending> insert_behind(std::int64_t number) {
        return behind([this, number] { return insert(number); });
    }
    std::future<Ending> write_behind(Writer::Step step, steady_clock::duration limit = hours(1)) {
        return behind([this, step, limit] { return write(step, limit); });
    }
    std::future<std::int64_t> claim_behind(const std::string& statement) {
        return behind([this, statement] {
            return claim_one(*writer, statement, {}, within(hours(1)))->integer(0, 0);
        });
    }

    /// Blocks all other callers until `release`.
    void hold() {
        std::latch held(1);
        holder_ = std::async(std::launch::async, [&, this] {
            writer->hold(
                [&] {
                    held.count_down();
                    release_.get_future().wait();
                },
                within(hours(1)));
        });
        held.wait();
    }
    void release() {
        release_.set_value();
        holder_.get();
    }

    Numbers numbers() const {
        Connection reader(path, Connection::Durability::kNormal, within(hours(1)));
        const auto rows = reader.run("SELECT number FROM numbers ORDER BY number", {});
        Numbers result;
        for (std::size_t row = 0; row < rows->size(); ++row) {
            result.push_back(rows->integer(row, 0));
        }
        return result;
    }

    const testing::TemporaryDirectory directory;
    const std::string path = directory.file("a.db");
    std::atomic<int> batches = 0;
    std::optional<Writer> writer;

private:
    std::promise<void> release_;
    std::future<void> holder_;
};

}  // namespace

TEST_CASE("SQLite: a single caller has a transaction of its own") {
    Desk desk;
    CHECK(desk.insert(1) == Ending());
    CHECK(desk.insert(1) == Kind::kUnique);
    CHECK(desk.write([](sql::Connection& connection) { return !Desk::add(connection, 2); }) ==
          Ending());
    CHECK(claim_one(*desk.writer, "INSERT INTO numbers VALUES (3) RETURNING number", {},
                    within(hours(1)))
              ->integer(0, 0) == 3);
    CHECK(desk.numbers() == Numbers{1, 3});
    CHECK(desk.batches == 4);
}

TEST_CASE("SQLite: claims that are made together are written all or none") {
    Desk desk;
    const sql::Values one{std::int64_t{1}};
    const sql::Values two{std::int64_t{2}};
    const auto claim_both = [&] {
        return ending_of([&] { desk.writer->claim(kInsert, {&one, &two}, within(hours(1))); });
    };
    SUBCASE("alone") {
        CHECK(desk.insert(2) == Ending());
        CHECK(claim_both() == Kind::kUnique);
    }
    SUBCASE("behind a step") {
        desk.hold();
        auto step = desk.insert_behind(2);
        auto claims = desk.behind(claim_both);
        desk.release();
        CHECK(step.get() == Ending());
        CHECK(claims.get() == Kind::kUnique);
    }
    CHECK(desk.numbers() == Numbers{2});
}

TEST_CASE("SQLite: callers that had to wait are committed together") {
    Desk desk({.max_batch = 3, .fill_time = hours(1), .share = hours(1)});
    desk.hold();
    std::vector<std::future<Ending>> endings;
    for (int number = 1; number <= 6; ++number) endings.push_back(desk.insert_behind(number));
    desk.release();
    for (auto& ending : endings) CHECK(ending.get() == Ending());
    CHECK(desk.numbers() == Numbers{1, 2, 3, 4, 5, 6});
    CHECK(desk.batches == 2);  // the leader with three others, and then the rest
}

TEST_CASE("SQLite: a failed and a rolled back member of a batch do not affect the others") {
    Desk desk;
    desk.hold();
    auto first = desk.insert_behind(1);
    auto failing = desk.write_behind([](sql::Connection& connection) {
        Desk::add(connection, 2);
        return Desk::add(connection, 1);
    });
    auto throwing = desk.behind([&] {
        const auto step = [](sql::Connection& connection) -> bool {
            Desk::add(connection, 3);
            throw std::runtime_error("not of the database");
        };
        CHECK_THROWS_AS(desk.writer->write(step, within(hours(1))), std::runtime_error);
    });
    auto undone =
        desk.write_behind([](sql::Connection& connection) { return !Desk::add(connection, 4); });
    auto claim = desk.claim_behind("INSERT INTO numbers VALUES (5) RETURNING number");
    auto failing_claim = desk.behind([&] {
        return ending_of(
            [&] { claim_one(*desk.writer, kInsert, {std::int64_t{5}}, within(hours(1))); });
    });
    auto last = desk.insert_behind(6);
    desk.release();
    CHECK(first.get() == Ending());
    CHECK(failing.get() == Kind::kUnique);
    throwing.get();
    CHECK(undone.get() == Ending());
    CHECK(claim.get() == 5);
    CHECK(failing_claim.get() == Kind::kUnique);
    CHECK(last.get() == Ending());
    CHECK(desk.numbers() == Numbers{1, 5, 6});
    CHECK(desk.batches == 1);
}

TEST_CASE("SQLite: the leader of a batch may fail or be rolled back, and the others are written") {
    Desk desk;
    REQUIRE(desk.insert(1) == Ending());
    desk.hold();
    auto failing = desk.insert_behind(1);
    auto undone =
        desk.write_behind([](sql::Connection& connection) { return !Desk::add(connection, 2); });
    auto last = desk.insert_behind(3);
    desk.release();
    CHECK(failing.get() == Kind::kUnique);
    CHECK(undone.get() == Ending());
    CHECK(last.get() == Ending());
    CHECK(desk.numbers() == Numbers{1, 3});
}

TEST_CASE("SQLite: a caller whose deadline passes in the queue leaves it and writes nothing") {
    Desk desk;
    desk.hold();
    auto first = desk.insert_behind(1);
    CHECK(desk.insert(2, steady_clock::duration::zero()) == Kind::kUnavailable);
    CHECK(desk.writer->waiting() == 1);
    desk.release();
    CHECK(first.get() == Ending());
    CHECK(desk.numbers() == Numbers{1});
}

TEST_CASE(
    "SQLite: a member whose deadline passes while it runs fails alone; the others are repeated") {
    Desk desk;
    std::atomic<int> runs = 0;
    desk.hold();
    auto first = desk.insert_behind(1);
    auto second = desk.write_behind([&](sql::Connection& connection) {
        ++runs;
        return Desk::add(connection, 2);
    });
    // Long enough to become a member of the batch here; then it waits for its own deadline.
    constexpr milliseconds kLimit{1'000};
    const auto deadline = within(kLimit);
    auto slow = desk.behind([&, deadline] {
        const auto step = [deadline](sql::Connection& connection) {
            while (steady_clock::now() <= deadline) std::this_thread::yield();
            connection.run(kLongInsert, {});
            return true;
        };
        return ending_of([&] { desk.writer->write(step, deadline); });
    });
    auto last = desk.insert_behind(3);
    desk.release();
    CHECK(slow.get() == Kind::kTimeout);
    CHECK(first.get() == Ending());
    CHECK(second.get() == Ending());
    CHECK(last.get() == Ending());
    CHECK(runs == 2);
    CHECK(desk.numbers() == Numbers{1, 2, 3});
}

TEST_CASE("SQLite: a member that needs more than its share of a batch's time runs alone") {
    Desk desk({.max_batch = 64, .fill_time = hours(1), .share = steady_clock::duration::zero()});
    std::atomic<int> runs = 0;
    desk.hold();
    auto first = desk.insert_behind(1);
    std::future<Ending> slow;
    SUBCASE("a change, for which SQLite rolls back the whole transaction") {
        slow = desk.write_behind([&](sql::Connection& connection) {
            ++runs;
            connection.run(kLongInsert, {});
            return true;
        });
    }
    SUBCASE("a query") {
        slow = desk.write_behind([&](sql::Connection& connection) {
            ++runs;
            return Desk::add(connection,
                             connection.run("SELECT max(value) FROM generated", {})->integer(0, 0));
        });
    }
    auto last = desk.insert_behind(3);
    desk.release();
    CHECK(first.get() == Ending());
    CHECK(slow.get() == Ending());
    CHECK(last.get() == Ending());
    CHECK(runs == 2);
    CHECK(desk.numbers() == Numbers{1, 3, 1'000'000});
}

TEST_CASE("SQLite: a failed commit is reported to all members of its batch") {
    Desk desk;
    desk.hold();
    auto first = desk.insert_behind(1);
    auto orphan = desk.write_behind([](sql::Connection& connection) {
        connection.run("INSERT INTO children (parent) VALUES (77)", {});
        return true;
    });
    auto failing = desk.insert_behind(1);
    desk.release();
    CHECK(first.get() == Kind::kDefect);
    CHECK(orphan.get() == Kind::kDefect);
    CHECK(failing.get() == Kind::kUnique);
    CHECK(desk.numbers().empty());
    CHECK(desk.insert(2) == Ending());
}

TEST_CASE("SQLite: steps are committed to the disk; claims wait for it only behind a step") {
    Desk desk;
    const auto synchronous_of_step = [&](std::int64_t& seen) {
        return [&seen](sql::Connection& connection) {
            seen = connection.run(kSynchronous, {})->integer(0, 0);
            return true;
        };
    };
    std::int64_t step = 0;
    desk.hold();
    SUBCASE("a claim leads: claims join it, and the step does not") {
        auto claim = desk.claim_behind(kSynchronous);
        auto written = desk.write_behind(synchronous_of_step(step));
        auto second = desk.claim_behind(kSynchronous);
        desk.release();
        CHECK(claim.get() == kNormal);
        CHECK(second.get() == kNormal);
        CHECK(written.get() == Ending());
        CHECK(desk.batches == 2);
    }
    SUBCASE("a step leads: claims join it") {
        auto written = desk.write_behind(synchronous_of_step(step));
        auto claim = desk.claim_behind(kSynchronous);
        desk.release();
        CHECK(claim.get() == kFull);
        CHECK(written.get() == Ending());
        CHECK(desk.batches == 1);
    }
    CHECK(step == kFull);
    CHECK(claim_one(*desk.writer, kSynchronous, {}, within(hours(1)))->integer(0, 0) == kNormal);
}

TEST_CASE("SQLite: each caller waits for another program's lock until its own deadline") {
    Desk desk;
    Connection other(desk.path, Connection::Durability::kFull, within(hours(1)));
    other.begin();
    CHECK(desk.insert(1, milliseconds(10)) == Kind::kUnavailable);
    desk.hold();
    auto leading = desk.insert_behind(2);
    desk.release();  // now it leads, and waits for the lock
    CHECK(desk.insert(3, milliseconds(10)) == Kind::kUnavailable);
    Desk::add(other, 4);
    other.commit();
    CHECK(leading.get() == Ending());
    CHECK(desk.numbers() == Numbers{2, 4});
}

TEST_CASE("SQLite: when many callers write at once, every write is stored") {
    constexpr int kThreads = 16;
    constexpr int kEach = 40;
    Desk desk(Writer::Limits{});
    std::latch start(kThreads);
    std::atomic<int> failed = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&, thread] {
            start.arrive_and_wait();
            for (int i = 0; i < kEach; ++i) {
                const std::int64_t number = thread * kEach + i;
                const Ending ending = thread % 2 == 0 ? desk.insert(number) : ending_of([&] {
                    claim_one(*desk.writer, kInsert, {number}, within(hours(1)));
                });
                if (ending) ++failed;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(failed == 0);
    Numbers all;
    for (int number = 0; number < kThreads * kEach; ++number) all.push_back(number);
    CHECK(desk.numbers() == all);
}
