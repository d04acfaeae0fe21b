#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
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
        const auto self = std::make_shared<Caller>(question);
        std::unique_lock lock(mutex_);
        if (!is_busy_) {
            is_busy_ = true;
            make_call(lock, self, true);
            return answer_of(*self);
        }
        const auto place = waiting_.insert(waiting_.end(), self);
        lock.unlock();
        if (!self->wait_for(limits_.max_delay)) {
            lock.lock();
            if (self->is_waiting) {
                self->is_waiting = false;
                waiting_.erase(place);
                make_call(lock, self, false);
                return answer_of(*self);
            }
            lock.unlock();
            self->wait();
        }
        if (self->leads) {
            lock.lock();
            make_call(lock, self, true);
        }
        return answer_of(*self);
    }

    /// Number of callers whose call has not begun.
    std::size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return waiting_.size();
    }

private:
    struct Caller {
        explicit Caller(const Question& asked) : question(&asked) {}

        // Returns false if nobody called `wake` in this time.
        bool wait_for(std::chrono::milliseconds time) {
            std::unique_lock lock(mutex);
            return woken.wait_for(lock, time, [this] { return is_woken; });
        }
        void wait() {
            std::unique_lock lock(mutex);
            woken.wait(lock, [this] { return is_woken; });
        }
        void wake() {
            {
                const std::lock_guard lock(mutex);
                is_woken = true;
            }
            woken.notify_one();
        }

        const Question* const question;
        bool is_waiting = true;  // guarded by the mutex of all
        bool leads = false;      // makes the next call; set before `wake`
        Answer answer;
        std::optional<Failure> failure;
        std::mutex mutex;
        std::condition_variable woken;
        bool is_woken = false;
    };
    // Shared, because a caller may leave as soon as it sees its answer, before `wake` has returned.
    using SharedCaller = std::shared_ptr<Caller>;

    static Answer answer_of(Caller& caller) {
        if (caller.failure) throw Failure(*std::move(caller.failure));
        return std::move(caller.answer);
    }

    // `hands_on`: the first caller that waits when the call ends makes the next one. Unlocks.
    void make_call(std::unique_lock<std::mutex>& lock, const SharedCaller& self, bool hands_on) {
        std::vector<SharedCaller> batch{self};
        while (!waiting_.empty() && batch.size() < limits_.max_batch) {
            batch.push_back(take_first());
        }
        lock.unlock();
        answer(batch);
        if (hands_on) {
            // Before the others wake, so that the database is not idle meanwhile.
            lock.lock();
            is_busy_ = !waiting_.empty();
            const auto next = is_busy_ ? take_first() : nullptr;
            lock.unlock();
            if (next) {
                next->leads = true;
                next->wake();
            }
        }
        for (std::size_t i = 1; i < batch.size(); ++i) batch[i]->wake();
    }

    SharedCaller take_first() {
        auto first = std::move(waiting_.front());
        waiting_.pop_front();
        first->is_waiting = false;
        return first;
    }

    void answer(const std::vector<SharedCaller>& batch) const {
        std::vector<const Question*> questions;
        questions.reserve(batch.size());
        for (const auto& caller : batch) questions.push_back(caller->question);
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
        for (const auto& caller : batch) caller->failure = failure;
    }

    const Call call_;
    const Limits limits_;
    mutable std::mutex mutex_;
    std::list<SharedCaller> waiting_;
    bool is_busy_ = false;  // a call is in flight whose end starts the next one
};

}  // namespace rescuestream::sql
