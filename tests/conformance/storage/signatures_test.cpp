#include <latch>
#include <set>
#include <thread>

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::minutes;

namespace {

struct SignaturesCase : StorageCase {
    Timestamp note(const std::string& signature, microseconds when,
                   microseconds life = minutes(5)) {
        return storage()
            .note_signature(digest_key_value(signature), at(when), at(when + life))
            .value();
    }
};

}  // namespace

TEST_CASE_FIXTURE(SignaturesCase, "a signature keeps the time at which it was first noted") {
    CHECK(note("a", seconds(1)) == at(seconds(1)));
    CHECK(note("b", seconds(2)) == at(seconds(2)));
    CHECK(note("a", seconds(3)) == at(seconds(1)));
    CHECK(note("a", seconds(300)) == at(seconds(1)));
    CHECK(note("b", seconds(2) + microseconds(1)) == at(seconds(2)));
}

TEST_CASE_FIXTURE(SignaturesCase,
                  "a clock that is set back does not change when a signature was first seen") {
    CHECK(note("a", seconds(9)) == at(seconds(9)));
    CHECK(note("a", seconds(5)) == at(seconds(9)));
}

TEST_CASE_FIXTURE(SignaturesCase, "signatures are kept until they expire, however many are noted") {
    note("kept", seconds(0));
    for (int i = 0; i < 200; ++i)
        note("passing " + std::to_string(i), seconds(i / 100), seconds(3));
    CHECK(note("kept", seconds(299)) == at(seconds(0)));
}

TEST_CASE_FIXTURE(SignaturesCase, "expired signatures are removed while others are noted") {
    for (int i = 0; i < 100; ++i) note("old " + std::to_string(i), seconds(0));
    for (int i = 0; i < 64; ++i) note("new " + std::to_string(i), seconds(400));
    int forgotten = 0;
    for (int i = 0; i < 100; ++i) {
        if (note("old " + std::to_string(i), seconds(400)) == at(seconds(400))) ++forgotten;
    }
    CHECK(forgotten == 100);
}

TEST_CASE_FIXTURE(SignaturesCase, "all callers that note one signature at once get the same time") {
    constexpr int kThreads = 8;
    for (int round = 0; round < 5; ++round) {
        const std::string signature = "race " + std::to_string(round);
        std::latch start(kThreads);
        std::vector<Result<Timestamp>> answers(kThreads, Result<Timestamp>(Error{}));
        std::vector<std::thread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([&, i] {
                start.arrive_and_wait();
                answers[static_cast<std::size_t>(i)] = storage().note_signature(
                    digest_key_value(signature), at(seconds(i)), at(minutes(5)));
            });
        }
        for (auto& thread : threads) thread.join();
        std::set<Timestamp> times;
        for (const auto& answer : answers) times.insert(answer.value());
        CHECK(times.size() == 1);
    }
}
