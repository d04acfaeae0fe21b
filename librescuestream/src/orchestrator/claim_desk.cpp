#include "orchestrator/claim_desk.hpp"

#include <pthread.h>

#include <algorithm>
#include <future>
#include <iterator>
#include <utility>

#include "rescuestream/storage/publishing.hpp"

namespace rescuestream {
namespace {

using std::chrono::steady_clock;

// Of those who wait, so many are looked at for one step: those with the same key stay behind.
constexpr std::size_t kLookedAt = 256;
// Looks of the watcher at an empty queue before it rests.
constexpr int kIdleLooks = 20;
// Also when the first of those who share it has hardly any time left.
constexpr std::chrono::milliseconds kLeastTimeOfAStep{200};

Error overloaded(const char* detail) {
    return {ErrorCode::kUnavailable, "The database has too much to do at this moment.", detail, {}};
}

}  // namespace

ClaimDesk::ClaimDesk(PublishingStorage& storage, Limits limits)
    : storage_(storage), limits_(limits) {}

ClaimDesk::~ClaimDesk() {
    stop();
}

void ClaimDesk::start() {
    const std::lock_guard lock(mutex_);
    if (running_) return;
    running_ = true;
    stopping_ = false;
    for (std::size_t i = 0; i < limits_.steps; ++i) {
        workers_.emplace_back([this] { work(); });
        pthread_setname_np(workers_.back().native_handle(), "claims");
    }
    watcher_ = std::thread([this] { watch(); });
    pthread_setname_np(watcher_.native_handle(), "claims-watch");
}

void ClaimDesk::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (!running_) return;
        running_ = false;
        stopping_ = true;
    }
    has_turn_.notify_all();
    is_watched_.notify_all();
    for (auto& worker : workers_) worker.join();
    workers_.clear();
    watcher_.join();
}

void ClaimDesk::ask(ClaimRequest request, Done done) {
    Trip own;
    own.push_back({std::move(request), std::move(done), steady_clock::now()});
    const char* refusal = nullptr;
    std::condition_variable* to_wake = nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (running_ && waiting_.size() < limits_.waiting) {
            waiting_.splice(waiting_.end(), own);
            if (!is_busy()) {
                ++turns_;
                to_wake = &has_turn_;
            } else if (!watching_) {
                watching_ = true;
                to_wake = &is_watched_;
            }
        } else if (running_) {
            refusal = "too many publish decisions wait";
        }
    }
    // Without the lock, or who wakes would have to wait for it.
    if (to_wake != nullptr) to_wake->notify_one();
    if (own.empty()) return;
    Answer answer = refusal != nullptr ? Answer(overloaded(refusal)) : run(own).front();
    own.front().done(std::move(answer));
}

ClaimDesk::Answer ClaimDesk::ask(ClaimRequest request) {
    std::unique_lock lock(mutex_);
    if (!running_ || !is_busy()) {
        ++under_way_;
        lock.unlock();
        Trip own;
        own.push_back({std::move(request), nullptr, steady_clock::now()});
        Answer answer = run(own).front();
        end_step();
        return answer;
    }
    lock.unlock();
    std::promise<Answer> promise;
    ask(std::move(request), [&](Answer answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
}

std::size_t ClaimDesk::waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

void ClaimDesk::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        ++resting_;
        has_turn_.wait(lock, [this] { return turns_ > 0 || stopping_; });
        --resting_;
        if (turns_ > 0) {
            --turns_;
        } else if (waiting_.empty()) {
            return;
        }
        Trip trip = take_trip();
        if (trip.empty()) continue;  // they have been told that they are late
        ++under_way_;
        lock.unlock();
        auto answers = run(trip);
        // The next step begins while this one's answers are given out.
        end_step();
        auto answer = answers.begin();
        for (auto& question : trip) question.done(std::move(*answer++));
        trip.clear();
        lock.lock();
    }
}

void ClaimDesk::end_step() {
    bool goes_on = false;
    {
        const std::lock_guard lock(mutex_);
        --under_way_;
        goes_on = !waiting_.empty() && !is_busy();
        if (goes_on) ++turns_;
    }
    if (goes_on) has_turn_.notify_one();
}

// Nobody else would see that a step takes long, or that somebody waits for too long.
void ClaimDesk::watch() {
    std::unique_lock lock(mutex_);
    while (true) {
        is_watched_.wait(lock, [this] { return watching_ || stopping_; });
        int idle_looks = 0;
        while (!stopping_ && idle_looks < kIdleLooks) {
            is_watched_.wait_for(lock, limits_.patience, [this] { return stopping_; });
            idle_looks = waiting_.empty() ? idle_looks + 1 : 0;
            const auto now = steady_clock::now();
            Trip late = take_late(now);
            if (!late.empty()) {
                lock.unlock();
                for (auto& question : late) {
                    question.done(overloaded("its turn did not come until the deadline"));
                }
                lock.lock();
            }
            const bool is_overdue =
                !waiting_.empty() && now - waiting_.front().asked_at >= limits_.patience;
            if (is_overdue && resting_ > turns_) {
                ++turns_;
                has_turn_.notify_one();
            }
        }
        watching_ = false;
        if (stopping_) return;
    }
}

ClaimDesk::Trip ClaimDesk::take_trip() {
    Trip trip;
    std::vector<const KeyDigest*> aboard;
    std::size_t looked_at = 0;
    for (auto next = waiting_.begin();
         next != waiting_.end() && trip.size() < limits_.seats && looked_at < kLookedAt;
         ++looked_at) {
        const auto question = next++;
        const KeyDigest& digest = question->request.digest;
        // One step takes a key once: who asks for it behind somebody else is decided after him.
        const bool is_aboard = std::any_of(aboard.begin(), aboard.end(),
                                           [&](const auto* other) { return *other == digest; });
        if (is_aboard) continue;
        aboard.push_back(&digest);
        trip.splice(trip.end(), waiting_, question);
    }
    return trip;
}

ClaimDesk::Trip ClaimDesk::take_late(Instant now) {
    Trip late;
    while (!waiting_.empty() && now - waiting_.front().asked_at >= limits_.longest) {
        late.splice(late.end(), waiting_, waiting_.begin());
    }
    return late;
}

std::vector<ClaimDesk::Answer> ClaimDesk::run(Trip& trip) {
    const auto now = steady_clock::now();
    const auto latest = std::max(trip.front().asked_at + limits_.longest, now + kLeastTimeOfAStep);
    std::vector<ClaimRequest> claims;
    claims.reserve(trip.size());
    std::vector<bool> is_claim;
    is_claim.reserve(trip.size());
    for (auto& question : trip) {
        is_claim.push_back(!question.request.claim.connection.empty());
        if (is_claim.back()) claims.push_back(std::move(question.request));
    }
    std::vector<Answer> claimed;
    if (!claims.empty()) claimed = storage_.claim_all(claims, latest);
    std::vector<Answer> answers;
    answers.reserve(trip.size());
    auto next = claimed.begin();
    std::size_t place = 0;
    for (const auto& question : trip) {
        if (is_claim[place++]) {
            answers.push_back(std::move(*next++));
        } else if (steady_clock::now() < latest) {
            const ClaimRequest& look = question.request;
            answers.push_back(storage_.check_key(look.digest, look.path, look.claim.claimed_at));
        } else {
            answers.push_back(overloaded("those before it took too long"));
        }
    }
    return answers;
}

}  // namespace rescuestream
