// Callers of a database that share a call.
#include "storage/sql/joint_calls.hpp"

#include <doctest/doctest.h>

#include <future>
#include <string>
#include <thread>
#include <vector>

using namespace rescuestream;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

using NumberCalls = sql::JointCalls<int, int>;

constexpr seconds kJointCallsTimeout{20};

template <class Condition>
bool holds_in_time(Condition condition) {
    const auto end = steady_clock::now() + kJointCallsTimeout;
    while (!condition()) {
        if (steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

/// Calls that answer each number with its double, and begin when the test allows it.
class SlowCalls {
public:
    explicit SlowCalls(milliseconds max_delay = hours(1), std::size_t max_batch = 32)
        : calls([this](const std::vector<const int*>& numbers) { return call(numbers); },
                {max_batch, max_delay}) {}

    std::future<int> ask(int number) {
        return std::async(std::launch::async, [this, number] { return calls.ask(number); });
    }
    bool wait_until_waiting(std::size_t count) {
        return holds_in_time([&] { return calls.waiting() == count; });
    }
    bool wait_until_begun(std::size_t count) {
        return holds_in_time([&] { return batches().size() == count; });
    }
    /// Returns how many callers each call had.
    std::vector<std::size_t> batches() {
        const std::lock_guard lock(mutex_);
        return groups_;
    }
    /// Lets that many calls end.
    void release(int count) {
        const std::lock_guard lock(mutex_);
        released_ += count;
        changed_.notify_all();
    }

private:
    std::vector<int> call(const std::vector<const int*>& numbers) {
        std::unique_lock lock(mutex_);
        groups_.push_back(numbers.size());
        if (!changed_.wait_for(lock, kJointCallsTimeout, [this] { return released_ > 0; })) {
            throw std::runtime_error("the test did not let the call end");
        }
        --released_;
        std::vector<int> answers;
        for (const int* number : numbers) {
            if (*number < 0) throw sql::Failure{sql::Failure::Kind::kTimeout, "a negative number"};
            answers.push_back(2 * *number);
        }
        return answers;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::size_t> groups_;
    int released_ = 0;

public:
    NumberCalls calls;  // last, because it uses all members above
};

}  // namespace

TEST_CASE("callers that arrive while a call is in flight share the next one") {
    SlowCalls desk;
    auto first = desk.ask(1);
    REQUIRE(desk.wait_until_begun(1));
    auto second = desk.ask(2);
    auto third = desk.ask(3);
    REQUIRE(desk.wait_until_waiting(2));
    desk.release(2);
    CHECK(first.get() == 2);
    CHECK(second.get() == 4);
    CHECK(third.get() == 6);
    CHECK(desk.batches() == std::vector<std::size_t>{1, 2});
    // No caller is left, and the next one has a call of its own.
    desk.release(1);
    CHECK(desk.ask(4).get() == 8);
    CHECK(desk.batches().back() == 1);
}

TEST_CASE("callers beyond the limit of a shared call are in the call after it") {
    SlowCalls desk(hours(1), 2);
    auto first = desk.ask(1);
    REQUIRE(desk.wait_until_begun(1));
    std::vector<std::future<int>> others;
    for (int number = 2; number < 5; ++number) others.push_back(desk.ask(number));
    REQUIRE(desk.wait_until_waiting(3));
    desk.release(3);
    CHECK(first.get() == 2);
    int sum = 0;
    for (auto& other : others) sum += other.get();
    CHECK(sum == 18);
    CHECK(desk.batches() == std::vector<std::size_t>{1, 2, 1});
}

TEST_CASE("a call that is delayed does not delay callers beyond their longest wait") {
    SlowCalls desk(milliseconds(1));
    auto first = desk.ask(1);
    REQUIRE(desk.wait_until_begun(1));
    auto second = desk.ask(2);
    REQUIRE(desk.wait_until_begun(2));
    desk.release(2);
    CHECK(first.get() == 2);
    CHECK(second.get() == 4);
}

TEST_CASE("each caller of a shared call gets the exception that it throws") {
    SlowCalls desk;
    auto first = desk.ask(1);
    REQUIRE(desk.wait_until_begun(1));
    auto second = desk.ask(2);
    auto third = desk.ask(-1);
    REQUIRE(desk.wait_until_waiting(2));
    desk.release(2);
    CHECK(first.get() == 2);
    CHECK_THROWS_AS(second.get(), sql::Failure);
    CHECK_THROWS_AS(third.get(), sql::Failure);
    desk.release(1);
    CHECK(desk.ask(5).get() == 10);
}
