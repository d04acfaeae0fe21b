#include "rescuestream/forwarding_storage.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace rescuestream;

namespace {

/// Records its calls, and answers with errors when the test says so.
class WatchedStorage final : public ForwardingStorage {
public:
    WatchedStorage() : ForwardingStorage(open_storage("memory:").value()) {}

    std::vector<std::string> told;
    std::optional<Error> instead_of_step;
    std::optional<Error> instead_of_answer;

    Storage& behind() { return real(); }

protected:
    std::optional<Error> before(const StorageStep& step) override {
        told.push_back("before " + std::string(step.method));
        return instead_of_step;
    }
    std::optional<Error> after(const StorageStep& step, const Error* error) override {
        told.push_back((error == nullptr ? "done " : "failed ") + std::string(step.method));
        return instead_of_answer;
    }
};

Broadcaster some_broadcaster() {
    Broadcaster broadcaster;
    broadcaster.id = *BroadcasterId::parse("00000000-0000-7000-8000-000000000001");
    broadcaster.display_name = "Rescue 1";
    return broadcaster;
}

}  // namespace

TEST_CASE("a forwarding storage calls its hooks before and after each step") {
    WatchedStorage storage;
    CHECK(storage.list_nodes());
    CHECK(storage.find_broadcaster({}).error().code == ErrorCode::kNotFound);
    CHECK(storage.told == std::vector<std::string>{"before list_nodes", "done list_nodes",
                                                   "before find_broadcaster",
                                                   "failed find_broadcaster"});
}

TEST_CASE("an error from the hook before a step is returned, and the step is not carried out") {
    WatchedStorage storage;
    storage.instead_of_step = Error{ErrorCode::kTimeout, "Too slow.", {}, {}};
    CHECK(storage.create_broadcaster(some_broadcaster(), AuditEntry{}).error() ==
          *storage.instead_of_step);
    CHECK(storage.told == std::vector<std::string>{"before create_broadcaster"});
    CHECK_FALSE(storage.behind().find_broadcaster(some_broadcaster().id));
}

TEST_CASE("an error from the hook after a step is returned although the step was carried out") {
    WatchedStorage storage;
    storage.instead_of_answer = Error{ErrorCode::kUnavailable, "Gone.", {}, {}};
    CHECK(storage.create_broadcaster(some_broadcaster(), AuditEntry{}).error() ==
          *storage.instead_of_answer);
    CHECK(storage.behind().find_broadcaster(some_broadcaster().id));
}

TEST_CASE("an error instead of a batch of claims is the answer to each of them") {
    WatchedStorage storage;
    const auto latest = system_clock().steady_now() + std::chrono::seconds(10);
    storage.instead_of_step = Error{ErrorCode::kTimeout, "Too slow.", {}, {}};
    auto answers = storage.claim_all({{}, {}}, latest);
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].error() == *storage.instead_of_step);
    CHECK(answers[1].error() == *storage.instead_of_step);
    storage.instead_of_step.reset();
    answers = storage.claim_all({{}, {}}, latest);
    REQUIRE(answers.size() == 2);
    CHECK(answers[1].value().decision == ClaimDecision::kUnknownKey);
}

TEST_CASE("creating a forwarding storage without a real storage is a defect of the caller") {
    CHECK_THROWS_AS(ForwardingStorage(nullptr), std::invalid_argument);
}
