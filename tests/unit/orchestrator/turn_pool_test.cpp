#include "orchestrator/turn_pool.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <utility>

#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::milliseconds;

namespace {

/// Returns what the test sets, and counts its turns.
class Counted final : public Recurring {
public:
    explicit Counted(std::function<Next()> turn) : turn_(std::move(turn)) {}

    Next take_turn() override {
        if (++at_once_ > 1) overlapped = true;
        const Next next = turn_();
        ++turns;
        --at_once_;
        return next;
    }

    std::atomic<int> turns{0};
    std::atomic<bool> overlapped{false};

private:
    const std::function<Next()> turn_;
    std::atomic<int> at_once_{0};
};

Recurring::Next in(milliseconds pause, bool is_slow = false) {
    return {std::chrono::steady_clock::now() + pause, is_slow};
}

/// A turn that hangs until it is released.
class Door {
public:
    void pass() {
        std::unique_lock lock(mutex_);
        ++waiting_;
        opened_.wait(lock, [this] { return is_open_; });
        --waiting_;
    }
    void open() {
        const std::lock_guard lock(mutex_);
        is_open_ = true;
        opened_.notify_all();
    }
    int waiting() {
        const std::lock_guard lock(mutex_);
        return waiting_;
    }

private:
    std::mutex mutex_;
    std::condition_variable opened_;
    bool is_open_ = false;
    int waiting_ = 0;
};

constexpr TurnPool::Limits kSmall{
    .threads = 8, .slow = 3, .quick = 2, .short_turn = milliseconds(10)};

}  // namespace

TEST_CASE("turns that hang do not delay others") {
    Door door;
    TurnPool pool(kSmall);
    for (int i = 0; i < 6; ++i) {
        pool.add(std::make_shared<Counted>([&] {
            door.pass();
            return in(milliseconds(1));
        }));
    }
    const auto good = std::make_shared<Counted>([] { return in(milliseconds(1)); });
    pool.add(good);
    REQUIRE(eventually([&] { return door.waiting() == 6; }));
    const int before = good->turns;
    CHECK(eventually([&] { return good->turns > before + 50; }));
    CHECK(pool.threads() <= kSmall.threads);
    door.open();
    pool.stop();
}

TEST_CASE("members that are always slow get a limited share of the threads") {
    Door door;
    TurnPool pool(kSmall);
    for (int i = 0; i < 20; ++i) {
        // Not answered at once the first time, and never after that.
        pool.add(std::make_shared<Counted>([&, first = std::make_shared<bool>(true)] {
            if (!std::exchange(*first, false)) door.pass();
            return in(milliseconds(1), true);
        }));
    }
    const auto good = std::make_shared<Counted>([] { return in(milliseconds(1)); });
    pool.add(good);
    REQUIRE(eventually([&] { return door.waiting() == 3; }));
    const int before = good->turns;
    CHECK(eventually([&] { return good->turns > before + 50; }));
    CHECK(door.waiting() == 3);
    CHECK(pool.threads() <= kSmall.threads);
    door.open();
    pool.stop();
}

TEST_CASE("hundreds of members share a bounded number of threads, one turn of each at a time") {
    TurnPool pool;
    std::vector<std::shared_ptr<Counted>> all;
    for (int i = 0; i < 300; ++i) {
        all.push_back(std::make_shared<Counted>([] { return in(milliseconds(5)); }));
        pool.add(all.back());
    }
    for (const auto& each : all) {
        CHECK(eventually([&] { return each->turns > 3; }));
        pool.wake(*each, std::chrono::steady_clock::now());
    }
    CHECK(pool.threads() <= TurnPool::Limits{}.threads);
    pool.stop();
    for (const auto& each : all) CHECK_FALSE(each->overlapped);
}

TEST_CASE("a member that is woken gets an early turn, also when it is woken during a turn") {
    TurnPool pool(kSmall);
    Door door;
    const auto sleeper = std::make_shared<Counted>([&] {
        door.pass();
        return in(std::chrono::hours(1));
    });
    pool.add(sleeper);
    REQUIRE(eventually([&] { return door.waiting() == 1; }));
    pool.wake(*sleeper, std::chrono::steady_clock::now());
    door.open();
    CHECK(eventually([&] { return sleeper->turns == 2; }));
    pool.wake(*sleeper, std::chrono::steady_clock::now() + milliseconds(5));
    CHECK(eventually([&] { return sleeper->turns == 3; }));
}

TEST_CASE("a removed member has no turn in progress, and none later") {
    TurnPool pool(kSmall);
    for (int round = 0; round < 50; ++round) {
        const auto each = std::make_shared<Counted>([] { return in(milliseconds(0)); });
        pool.add(each);
        CHECK(eventually([&] { return each->turns > 2; }));
        pool.remove(*each);
        const int turns = each->turns;
        pool.wake(*each, std::chrono::steady_clock::now());
        CHECK(each.use_count() == 1);
        CHECK(each->turns == turns);
    }
}
