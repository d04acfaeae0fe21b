#include "orchestrator/observed_storage.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "orchestrator/storage_meter.hpp"
#include "support/faulty_storage.hpp"

using namespace rescuestream;
using rescuestream::testing::FaultyStorage;
using rescuestream::testing::StorageFaults;

namespace {

class NotingObserver final : public StorageObserver {
public:
    explicit NotingObserver(std::string name, std::vector<std::string>& notes)
        : name_(std::move(name)), notes_(notes) {}

    void step_begins(const StorageStep& step) noexcept override {
        notes_.push_back(name_ + " begins " + std::string(step.method));
        thread_ = std::this_thread::get_id();
    }
    void step_ended(const StorageStep& step, std::chrono::steady_clock::duration took,
                    const Error* error) noexcept override {
        CHECK(thread_ == std::this_thread::get_id());
        CHECK(took.count() >= 0);
        notes_.push_back(name_ + (error == nullptr ? " done " : " failed ") +
                         std::string(step.method) + " of " + std::to_string(step.size));
    }

private:
    const std::string name_;
    std::vector<std::string>& notes_;
    std::thread::id thread_;
};

std::unique_ptr<Storage> memory() {
    return open_storage("memory:").value();
}

const StepFigures* find(const std::vector<StepFigures>& steps, std::string_view name) {
    for (const auto& step : steps) {
        if (step.step == name) return &step;
    }
    return nullptr;
}

}  // namespace

TEST_CASE(
    "observers of a storage are notified of each step on its thread, the first one outermost") {
    std::vector<std::string> notes;
    NotingObserver outer("a", notes);
    NotingObserver inner("b", notes);
    ObservedStorage storage(memory(), {&outer, &inner});
    CHECK(storage.list_nodes());
    CHECK_FALSE(storage.find_broadcaster({}));
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    CHECK(storage.claim_all({{}, {}, {}}, latest).size() == 3);
    CHECK(notes == std::vector<std::string>{
                       "a begins list_nodes", "b begins list_nodes", "b done list_nodes of 1",
                       "a done list_nodes of 1", "a begins find_broadcaster",
                       "b begins find_broadcaster", "b failed find_broadcaster of 1",
                       "a failed find_broadcaster of 1", "a begins claim_all", "b begins claim_all",
                       "b done claim_all of 3", "a done claim_all of 3"});
}

TEST_CASE("every step has a place of its own among the methods") {
    const auto methods = StorageStep::methods();
    CHECK(std::set<std::string_view>(methods.begin(), methods.end()).size() == methods.size());
}

TEST_CASE("a storage meter counts steps, the failures among them, and the claims of a batch") {
    StorageMeter meter;
    auto faults = std::make_shared<StorageFaults>();
    ObservedStorage storage(std::make_unique<FaultyStorage>(memory(), faults), {&meter});
    CHECK(storage.list_nodes());
    CHECK(storage.list_nodes());
    CHECK_FALSE(storage.find_broadcaster({}));  // an answer, not a failure
    faults->fail_method("list_nodes", {ErrorCode::kTimeout, "Too slow.", {}, {}});
    CHECK_FALSE(storage.list_nodes());
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    storage.claim_all({{}, {}, {}}, latest);

    const auto steps = meter.steps();
    REQUIRE(find(steps, "list_nodes") != nullptr);
    CHECK(find(steps, "list_nodes")->seconds.total() == 3);
    CHECK(find(steps, "list_nodes")->failures == 1);
    CHECK(find(steps, "find_broadcaster")->failures == 0);
    CHECK(find(steps, "commit_session") == nullptr);
    CHECK(meter.claims_per_batch().total() == 1);
    CHECK(meter.claims_per_batch().sum == 3);
}
