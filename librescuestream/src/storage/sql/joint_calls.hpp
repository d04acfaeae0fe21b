#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "storage/sql/database.hpp"

namespace rescuestream::sql {

/// Combines concurrent calls of one kind into batches: each batch is one call of the database.
///
/// A caller that arrives while no call is in flight makes its call at once, alone. Callers that
/// arrive meanwhile wait; when the call ends, the first of them makes the next call for the whole
/// batch. So a single caller never waits for others, and the cost of each decreases with their
/// number. A caller that has waited for `Limits::max_delay` makes a call at once for all that wait
/// then, so that a call that is blocked by a lock does not delay the others for long.
///
/// Thread-safety: `ask` may be called from any thread. No caller may be in `ask` when the object is
/// destroyed.
template <class Question, class Answer>
class JointCalls {
public:
    struct Limits {
        std::size_t max_batch = 32;  ///< Maximum of callers in one call.
        std::chrono::milliseconds max_delay{10};
    };
    /// Returns one answer for each question. If it throws, each of these callers gets the failure.
    using Call = std::function<std::vector<Answer>(const std::vector<const Question*>&)>;

    explicit JointCalls(Call call) : JointCalls(std::move(call), Limits()) {}
    JointCalls(Call call, Limits limits) : call_(std::move(call)), limits_(limits) {}
    JointCalls(const JointCalls&) = delete;
    JointCalls& operator=(const JointCalls&) = delete;

    /// Returns the answer for `question`. Throws Failure.
    Answer ask(const Question& question) {
        Caller self{&question, {}, State::kWaits, {}, {}};
        std::unique_lock lock(mutex_);
        if (is_busy_) {
            const auto place = waiting_.insert(waiting_.end(), &self);
            const auto has_turn = [&self] { return self.state != State::kWaits; };
            if (!self.woken.wait_for(lock, limits_.max_delay, has_turn)) {
                waiting_.erase(place);
                make_call(lock, self, false);
            } else {
                self.woken.wait(lock, [&self] { return self.state != State::kIsInBatch; });
            }
            if (self.state == State::kLeads) make_call(lock, self, true);
        } else {
            is_busy_ = true;
            make_call(lock, self, true);
        }
        lock.unlock();
        if (self.failure) throw Failure(*std::move(self.failure));
        return std::move(self.answer);
    }

    /// Number of callers whose call has not begun.
    std::size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return waiting_.size();
    }

private:
    enum class State { kWaits, kLeads, kIsInBatch, kIsAnswered };
    struct Caller {
        const Question* question;
        std::condition_variable woken;
        State state;
        Answer answer;
        std::optional<Failure> failure;
    };

    // `hands_on`: the first caller that waits when the call ends makes the next one.
    void make_call(std::unique_lock<std::mutex>& lock, Caller& self, bool hands_on) {
        std::vector<Caller*> batch{&self};
        while (!waiting_.empty() && batch.size() < limits_.max_batch) {
            batch.push_back(waiting_.front());
            waiting_.pop_front();
            batch.back()->state = State::kIsInBatch;
        }
        lock.unlock();
        answer(batch);
        lock.lock();
        // With the lock, because a caller that sees its answer leaves and destroys its `Caller`.
        for (Caller* caller : batch) {
            caller->state = State::kIsAnswered;
            if (caller != &self) caller->woken.notify_one();
        }
        if (!hands_on) return;
        is_busy_ = !waiting_.empty();
        if (!is_busy_) return;
        Caller* const next = waiting_.front();
        waiting_.pop_front();
        next->state = State::kLeads;
        next->woken.notify_one();
    }

    void answer(const std::vector<Caller*>& batch) const {
        std::vector<const Question*> questions;
        questions.reserve(batch.size());
        for (const Caller* caller : batch) questions.push_back(caller->question);
        std::optional<Failure> failure;
        try {
            auto answers = call_(questions);
            for (std::size_t i = 0; i < batch.size(); ++i) {
                batch[i]->answer = std::move(answers.at(i));
            }
        } catch (const Failure& thrown) {
            failure = thrown;
        } catch (const std::exception& error) {
            failure = Failure{Failure::Kind::kDefect, error.what()};
        }
        for (Caller* caller : batch) caller->failure = failure;
    }

    const Call call_;
    const Limits limits_;
    mutable std::mutex mutex_;
    std::list<Caller*> waiting_;
    bool is_busy_ = false;  // a call is in flight whose end starts the next one
};

}  // namespace rescuestream::sql
