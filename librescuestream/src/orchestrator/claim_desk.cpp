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

// Maximum of waiting requests that are examined for one batch. Some stay in the queue because their
// key is in the batch already.
constexpr std::size_t kMaxExamined = 256;
// Checks of an empty queue before the watcher sleeps.
constexpr int kIdleChecks = 20;
// A step gets at least this time, even if its first request has less time left.
constexpr std::chrono::milliseconds kLeastTimeOfAStep{200};

Error overloaded(const char* detail) {
    return {ErrorCode::kUnavailable, "The database is overloaded at this moment.", detail, {}};
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
    Batch own;
    own.push_back({std::move(request), std::move(done), steady_clock::now(), copy_current_span()});
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
    // Notify without the lock: otherwise the woken thread would have to wait for it.
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
        Batch own;
        own.push_back({std::move(request), nullptr, steady_clock::now(), {}});
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
        ++idle_workers_;
        has_turn_.wait(lock, [this] { return turns_ > 0 || stopping_; });
        --idle_workers_;
        if (turns_ > 0) {
            --turns_;
        } else if (waiting_.empty()) {
            return;
        }
        Batch batch = take_batch();
        if (batch.empty()) continue;  // they were answered as late
        ++under_way_;
        lock.unlock();
        {
            Span span = span_of(batch);
            const SpanScope scope(span.records() ? &span.active() : &batch.front().span);
            auto answers = run(batch);
            span.end();
            // The next step begins while the answers of this one are delivered.
            end_step();
            auto answer = answers.begin();
            for (auto& question : batch) question.done(std::move(*answer++));
        }
        batch.clear();
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

// Detects steps that take long and requests that have waited too long. No other thread would notice
// them.
void ClaimDesk::watch() {
    std::unique_lock lock(mutex_);
    while (true) {
        is_watched_.wait(lock, [this] { return watching_ || stopping_; });
        int idle_checks = 0;
        while (!stopping_ && idle_checks < kIdleChecks) {
            is_watched_.wait_for(lock, limits_.max_delay, [this] { return stopping_; });
            idle_checks = waiting_.empty() ? idle_checks + 1 : 0;
            const auto now = steady_clock::now();
            Batch late = take_late(now);
            if (!late.empty()) {
                lock.unlock();
                for (auto& question : late) {
                    question.done(overloaded("the request waited until its deadline"));
                }
                lock.lock();
            }
            const bool is_overdue =
                !waiting_.empty() && now - waiting_.front().asked_at >= limits_.max_delay;
            if (is_overdue && idle_workers_ > turns_) {
                ++turns_;
                has_turn_.notify_one();
            }
        }
        watching_ = false;
        if (stopping_) return;
    }
}

ClaimDesk::Batch ClaimDesk::take_batch() {
    Batch batch;
    std::vector<const KeyDigest*> in_batch;
    std::size_t examined = 0;
    for (auto next = waiting_.begin();
         next != waiting_.end() && batch.size() < limits_.max_batch && examined < kMaxExamined;
         ++examined) {
        const auto question = next++;
        const KeyDigest& digest = question->request.digest;
        // A step decides each key once. A second request for the same key is decided by a later
        // step.
        const bool is_in_batch = std::any_of(in_batch.begin(), in_batch.end(),
                                             [&](const auto* other) { return *other == digest; });
        if (is_in_batch) continue;
        in_batch.push_back(&digest);
        batch.splice(batch.end(), waiting_, question);
    }
    return batch;
}

ClaimDesk::Batch ClaimDesk::take_late(Instant now) {
    Batch late;
    while (!waiting_.empty() && now - waiting_.front().asked_at >= limits_.longest) {
        late.splice(late.end(), waiting_, waiting_.begin());
    }
    return late;
}

// The span of several requests is a child of the first one that is recorded, and is linked with the
// others.
Span ClaimDesk::span_of(const Batch& batch) {
    if (batch.size() == 1) return {};
    Span span;
    for (const auto& question : batch) {
        const SpanContext& asked = question.span.context;
        if (!asked.sampled) continue;
        if (span.records()) {
            span.link(asked);
        } else {
            span = Span(question.span.tracer, "claim batch", SpanKind::kInternal, &asked);
        }
    }
    span.set("rescuestream.batch.size", static_cast<std::int64_t>(batch.size()));
    return span;
}

std::vector<ClaimDesk::Answer> ClaimDesk::run(Batch& batch) {
    const auto now = steady_clock::now();
    const auto latest = std::max(batch.front().asked_at + limits_.longest, now + kLeastTimeOfAStep);
    std::vector<ClaimRequest> claims;
    claims.reserve(batch.size());
    std::vector<bool> is_claim;
    is_claim.reserve(batch.size());
    for (auto& question : batch) {
        is_claim.push_back(!question.request.claim.connection.empty());
        if (is_claim.back()) claims.push_back(std::move(question.request));
    }
    std::vector<Answer> claimed;
    if (!claims.empty()) claimed = storage_.claim_all(claims, latest);
    std::vector<Answer> answers;
    answers.reserve(batch.size());
    auto next = claimed.begin();
    std::size_t place = 0;
    for (const auto& question : batch) {
        if (is_claim[place++]) {
            answers.push_back(std::move(*next++));
        } else if (steady_clock::now() < latest) {
            const ClaimRequest& request = question.request;
            answers.push_back(
                storage_.check_key(request.digest, request.path, request.claim.claimed_at));
        } else {
            answers.push_back(overloaded("the other requests of the batch took too long"));
        }
    }
    return answers;
}

}  // namespace rescuestream
