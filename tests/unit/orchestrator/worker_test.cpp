#include "orchestrator/worker.hpp"

#include <doctest/doctest.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>

#include "rescuestream/logger.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::hours;
using std::chrono::milliseconds;

namespace {

constexpr Worker::Rhythm kOnlyWhenWoken{hours(1)};

class TaskLines final : public Logger {
public:
    void log(LogLevel, std::string_view message,
             std::initializer_list<LogField> fields) noexcept override {
        const std::lock_guard lock(mutex_);
        text_ += message;
        for (const auto& field : fields) {
            text_.append(" ").append(field.name).append("=").append(field.value);
        }
        text_ += '\n';
    }
    std::string text() const {
        const std::lock_guard lock(mutex_);
        return text_;
    }

private:
    mutable std::mutex mutex_;
    std::string text_;
};

/// A round that can be held, so that a test decides what happens during it.
class HeldRound {
public:
    void operator()() {
        begun.set_value();
        may_end.get_future().wait();
    }
    std::promise<void> begun;
    std::promise<void> may_end;
};

}  // namespace

TEST_CASE("the first round begins at once, on a thread with the name of the worker") {
    TaskLines logger;
    Worker worker("counting", kOnlyWhenWoken, logger);
    std::promise<std::string> name;
    CHECK_FALSE(worker.is_running());
    worker.start([&] {
        std::array<char, 16> text{};
        pthread_getname_np(pthread_self(), text.data(), text.size());
        name.set_value(text.data());
    });
    CHECK(worker.is_running());
    CHECK(name.get_future().get() == "counting");
    CHECK(worker.stop());
    CHECK_FALSE(worker.is_running());
}

TEST_CASE("rounds follow each other at the interval, and soon after a wake") {
    TaskLines logger;
    std::atomic<int> rounds{0};
    SUBCASE("at the interval") {
        Worker worker("counting", {milliseconds(1)}, logger);
        worker.start([&] { ++rounds; });
        CHECK(eventually([&] { return rounds >= 3; }));
    }
    SUBCASE("after a wake") {
        Worker worker("counting", {hours(1), milliseconds(1)}, logger);
        worker.start([&] { ++rounds; });
        REQUIRE(eventually([&] { return rounds == 1; }));
        worker.wake();
        CHECK(eventually([&] { return rounds == 2; }));
    }
}

TEST_CASE("a wake during a round causes one more round, however often it is called") {
    TaskLines logger;
    Worker worker("counting", kOnlyWhenWoken, logger);
    HeldRound first;
    std::atomic<int> rounds{0};
    worker.start([&] {
        if (++rounds == 1) first();
    });
    first.begun.get_future().wait();
    for (int i = 0; i < 5; ++i) worker.wake();
    first.may_end.set_value();
    CHECK(eventually([&] { return rounds == 2; }));
    worker.stop();
    CHECK(rounds == 2);
}

TEST_CASE("an exception of a round is logged with the task, and the next round is made") {
    TaskLines logger;
    Worker worker("counting", kOnlyWhenWoken, logger);
    std::atomic<int> rounds{0};
    worker.start([&] {
        if (++rounds == 1) throw std::runtime_error("no memory");
    });
    REQUIRE(eventually([&] { return rounds == 1; }));
    worker.wake();
    CHECK(eventually([&] { return rounds == 2; }));
    worker.stop();
    CHECK(logger.text().find("a background task failed task=counting error=no memory") !=
          std::string::npos);
}

TEST_CASE("stopping waits for the present round, and no other one begins") {
    TaskLines logger;
    Worker worker("counting", kOnlyWhenWoken, logger);
    HeldRound first;
    std::atomic<bool> has_ended{false};
    std::atomic<int> rounds{0};
    worker.start([&] {
        ++rounds;
        first();
        has_ended = true;
    });
    first.begun.get_future().wait();
    worker.wake();
    auto stopped = std::async(std::launch::async, [&] { return worker.stop(); });
    REQUIRE(eventually([&] { return !worker.is_running(); }));
    CHECK_FALSE(has_ended);
    first.may_end.set_value();
    CHECK(stopped.get());
    CHECK(has_ended);
    CHECK(rounds == 1);
}

TEST_CASE(
    "a worker that was stopped can be started again; starting and stopping twice is harmless") {
    TaskLines logger;
    Worker worker("counting", kOnlyWhenWoken, logger);
    CHECK_FALSE(worker.stop());
    std::atomic<int> first{0};
    std::atomic<int> second{0};
    worker.start([&] { ++first; });
    worker.start([&] { ++second; });
    REQUIRE(eventually([&] { return first == 1; }));
    CHECK(worker.stop());
    CHECK_FALSE(worker.stop());
    worker.start([&] { ++second; });
    CHECK(eventually([&] { return second == 1; }));
    CHECK(first == 1);
}
