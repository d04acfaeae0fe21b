#include "orchestrator/claim_desk.hpp"

#include <doctest/doctest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/faulty_storage.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::hours;
using std::chrono::milliseconds;
using Batches = std::vector<std::size_t>;

namespace {

// A claim desk on storage in memory, with numbered keys.
class ClaimDeskCase {
public:
    static constexpr std::uint8_t kKeys = 20;

    explicit ClaimDeskCase(ClaimDesk::Limits limits = {.steps = 1,
                                                       .max_delay = hours(1),
                                                       .longest = hours(1)})
        : storage_(std::shared_ptr<Storage>(open_storage("memory:").value()), faults),
          desk(storage_, limits) {
        Broadcaster owner;
        owner.id = BroadcasterId(uuid_of(0));
        REQUIRE(storage_.create_broadcaster(owner, audit_of(0)).has_value());
        for (std::uint8_t number = 1; number <= kKeys; ++number) {
            StreamKeyRow row;
            row.key.id = key(number);
            row.key.broadcaster_id = owner.id;
            row.key.playback_path = path_of(number);
            row.digest = digest_of(number);
            REQUIRE(storage_.create_stream_key(row, audit_of(number)).has_value());
        }
        desk.start();
    }
    ~ClaimDeskCase() { faults->release(); }

    static StreamKeyId key(std::uint8_t number) { return StreamKeyId(uuid_of(number)); }
    static ClaimRequest request(std::uint8_t number, const std::string& connection) {
        ClaimRequest request;
        request.digest = digest_of(number);
        request.path = path_of(number);
        // A connection belongs to one key.
        if (!connection.empty()) {
            request.claim.connection = ConnectionId{connection + " of " + std::to_string(number)};
        }
        return request;
    }

    std::future<ClaimDesk::Answer> ask(std::uint8_t number, const std::string& connection = "a") {
        auto promise = std::make_shared<std::promise<ClaimDesk::Answer>>();
        auto future = promise->get_future();
        desk.ask(request(number, connection),
                 [promise](ClaimDesk::Answer answer) { promise->set_value(std::move(answer)); });
        return future;
    }
    /// Starts a step that blocks until `faults->release()`.
    std::future<ClaimDesk::Answer> hold(std::uint8_t number = 1) {
        const auto before = faults->claims_together().size();
        faults->hold_method("claim");
        auto answer = ask(number);
        CHECK(eventually([&] { return faults->claims_together().size() > before; }));
        return answer;
    }
    Batches batches() const { return faults->claims_together(); }

    const std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();

private:
    static Uuid uuid_of(std::uint8_t number) {
        std::array<std::uint8_t, 16> bytes{};
        bytes[15] = number;
        return Uuid(bytes);
    }
    static AuditEntry audit_of(std::uint8_t number) {
        AuditEntry entry;
        entry.id = AuditEntryId(uuid_of(number));
        return entry;
    }
    static KeyDigest digest_of(std::uint8_t number) {
        KeyDigest digest{};
        digest[0] = number;
        return digest;
    }
    static std::string path_of(std::uint8_t number) { return "live/" + std::to_string(number); }

    FaultyStorage storage_;

public:
    ClaimDesk desk;
};

bool is_granted(std::future<ClaimDesk::Answer> answer, std::uint8_t number) {
    return answer.get().value() ==
           ClaimOutcome{ClaimDecision::kGranted, ClaimDeskCase::key(number), std::nullopt};
}

}  // namespace

TEST_CASE("claim desk: a single caller is decided in a batch of its own") {
    ClaimDeskCase desk_case;
    CHECK(is_granted(desk_case.ask(1), 1));
    CHECK(is_granted(desk_case.ask(2), 2));
    CHECK(desk_case.desk.ask(ClaimDeskCase::request(3, "a")).value().stream_key_id ==
          ClaimDeskCase::key(3));
    CHECK(desk_case.batches() == Batches{1, 1, 1});
}

TEST_CASE("claim desk: waiting callers share one batch, up to its limit") {
    ClaimDeskCase desk_case(
        {.steps = 1, .max_batch = 4, .max_delay = hours(1), .longest = hours(1)});
    auto first = desk_case.hold();
    std::vector<std::future<ClaimDesk::Answer>> others;
    for (std::uint8_t number = 2; number <= 7; ++number) others.push_back(desk_case.ask(number));
    CHECK(desk_case.desk.waiting() == 6);
    desk_case.faults->release();
    CHECK(is_granted(std::move(first), 1));
    for (std::uint8_t i = 0; i < 6; ++i) {
        CHECK(is_granted(std::move(others[i]), static_cast<std::uint8_t>(i + 2)));
    }
    CHECK(desk_case.batches() == Batches{1, 4, 2});
}

TEST_CASE("claim desk: a key is in a batch once, and its callers are decided one after the other") {
    ClaimDeskCase desk_case;
    auto first = desk_case.hold();
    auto second = desk_case.ask(5, "b");
    auto third = desk_case.ask(5, "c");
    auto fourth = desk_case.ask(6);
    desk_case.faults->release();
    CHECK(is_granted(std::move(first), 1));
    CHECK(is_granted(std::move(second), 5));
    CHECK(third.get().value().decision == ClaimDecision::kInUse);
    CHECK(is_granted(std::move(fourth), 6));
    CHECK(desk_case.batches() == Batches{1, 2, 1});
}

TEST_CASE("claim desk: a batch that is delayed does not delay later callers for long") {
    ClaimDeskCase desk_case({.steps = 2, .max_delay = milliseconds(1), .longest = hours(1)});
    auto first = desk_case.hold();
    auto second = desk_case.ask(2);
    // The second batch has begun beside the first.
    CHECK(eventually([&] { return desk_case.batches().size() == 2; }));
    auto third = desk_case.ask(3);
    desk_case.faults->release();
    CHECK(is_granted(std::move(first), 1));
    CHECK(is_granted(std::move(second), 2));
    CHECK(is_granted(std::move(third), 3));
}

TEST_CASE("claim desk: a caller that waits too long is refused without a call of the storage") {
    ClaimDeskCase desk_case(
        {.steps = 1, .max_delay = milliseconds(1), .longest = milliseconds(20)});
    auto first = desk_case.hold();
    const auto late = desk_case.ask(2).get();
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().code == ErrorCode::kUnavailable);
    CHECK(desk_case.desk.waiting() == 0);
    desk_case.faults->release();
    CHECK(is_granted(std::move(first), 1));
    CHECK(desk_case.batches() == Batches{1});
}

TEST_CASE("claim desk: callers beyond the limit of waiting ones are refused at once") {
    ClaimDeskCase desk_case({.steps = 1, .waiting = 2, .max_delay = hours(1), .longest = hours(1)});
    auto first = desk_case.hold();
    auto second = desk_case.ask(2);
    auto third = desk_case.ask(3);
    CHECK(desk_case.ask(4).get().error().code == ErrorCode::kUnavailable);
    desk_case.faults->release();
    CHECK(is_granted(std::move(first), 1));
    CHECK(is_granted(std::move(second), 2));
    CHECK(is_granted(std::move(third), 3));
}

TEST_CASE("claim desk: an error of the storage is returned only to the callers of that batch") {
    ClaimDeskCase desk_case;
    desk_case.faults->fail_next(1, StorageFaults::timeout());
    CHECK(desk_case.ask(1).get().error().code == ErrorCode::kTimeout);
    CHECK(is_granted(desk_case.ask(1), 1));
}

TEST_CASE("claim desk: a caller without a connection gets a decision and claims nothing") {
    ClaimDeskCase desk_case;
    CHECK(is_granted(desk_case.ask(1, ""), 1));
    CHECK(desk_case.batches().empty());
    CHECK(is_granted(desk_case.ask(1, "a"), 1));
    CHECK(desk_case.faults->calls("check_key") == 1);
}

TEST_CASE("claim desk: callers that block until the answer share a batch too") {
    ClaimDeskCase desk_case;
    auto first = desk_case.hold();
    auto second = std::async(std::launch::async,
                             [&] { return desk_case.desk.ask(ClaimDeskCase::request(2, "a")); });
    auto third = std::async(std::launch::async,
                            [&] { return desk_case.desk.ask(ClaimDeskCase::request(3, "a")); });
    CHECK(eventually([&] { return desk_case.desk.waiting() == 2; }));
    desk_case.faults->release();
    CHECK(is_granted(std::move(first), 1));
    CHECK(is_granted(std::move(second), 2));
    CHECK(is_granted(std::move(third), 3));
    CHECK(desk_case.batches() == Batches{1, 2});
}

TEST_CASE("claim desk: stopping answers waiting callers, and later ones run on their own threads") {
    ClaimDeskCase desk_case;
    auto first = desk_case.hold();
    auto second = desk_case.ask(2);
    auto stopped = std::async(std::launch::async, [&] { desk_case.desk.stop(); });
    desk_case.faults->release();
    stopped.get();
    CHECK(is_granted(std::move(first), 1));
    CHECK(is_granted(std::move(second), 2));
    std::optional<std::thread::id> thread;
    desk_case.desk.ask(ClaimDeskCase::request(3, "a"),
                       [&](const ClaimDesk::Answer&) { thread = std::this_thread::get_id(); });
    CHECK(thread == std::this_thread::get_id());
}
