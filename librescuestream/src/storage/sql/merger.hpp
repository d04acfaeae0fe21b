#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <list>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace rescuestream::sql {

/// Lets callers that ask at the same time share one trip to whoever answers.
///
/// Who comes while nobody is under way goes at once, alone. The others wait, and the first of them
/// takes those behind him along when that trip has ended, or, up to `trips` at a time, when he has
/// waited for `patience` or may not be on a trip with those before him: a trip that is held up
/// holds nobody else up for long. So a caller without company waits for nobody, and the more there
/// are, the less each costs.
///
/// Thread-safety: all methods may be called from any thread. No caller may be inside when it ends.
template <class Question, class Answer>
class Merger {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    struct Passenger {
        explicit Passenger(const Question& asked) : question(asked) {}

        const Question& question;
        std::optional<Answer> answer;
        std::exception_ptr failure;  ///< Instead of an answer.

    private:
        friend class Merger;
        enum class Place { kWaiting, kLeading, kAboard, kArrived };
        Place place_ = Place::kWaiting;
        Deadline patient_until_;
        std::condition_variable changed_;
    };
    using Trip = std::vector<Passenger*>;

    Merger(std::size_t trips, std::size_t seats, std::chrono::steady_clock::duration patience)
        : trips_(trips), seats_(seats), patience_(patience) {}

    /// The answer to `question`; empty when its turn does not come until `deadline`. Calls
    /// `may_join(trip, question)` to ask whether a question may be on a trip with others, and
    /// `run(trip)`, which gives every passenger an answer or a failure, on the thread of one of
    /// the callers: that of the first passenger. Throws what `run` or the failure throws.
    template <class MayJoin, class Run>
    std::optional<Answer> ask(const Question& question, Deadline deadline, MayJoin may_join,
                              Run run) {
        Passenger self(question);
        std::unique_lock lock(mutex_);
        if (!wait_for_turn(self, lock, deadline)) return std::nullopt;
        if (self.place_ == Passenger::Place::kLeading) lead(self, lock, may_join, run);
        if (self.failure) std::rethrow_exception(self.failure);
        return std::move(self.answer);
    }

    /// Callers whose trip has not left yet.
    std::size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return waiting_.size();
    }

private:
    using Place = typename Passenger::Place;

    bool wait_for_turn(Passenger& self, std::unique_lock<std::mutex>& lock, Deadline deadline) {
        if (under_way_ == 0) {  // then nobody waits: see lead
            ++under_way_;
            self.place_ = Place::kLeading;
            return true;
        }
        const auto here = waiting_.insert(waiting_.end(), &self);
        const auto has_turn = [&] { return self.place_ != Place::kWaiting; };
        self.patient_until_ = std::min(deadline, std::chrono::steady_clock::now() + patience_);
        if (!self.changed_.wait_until(lock, self.patient_until_, has_turn) && under_way_ < trips_) {
            waiting_.erase(here);
            ++under_way_;
            self.place_ = Place::kLeading;
            return true;
        }
        if (!self.changed_.wait_until(lock, deadline, has_turn)) {
            waiting_.erase(here);
            return false;
        }
        self.changed_.wait(lock, [&] { return self.place_ != Place::kAboard; });
        return true;
    }

    template <class MayJoin, class Run>
    void lead(Passenger& self, std::unique_lock<std::mutex>& lock, MayJoin may_join, Run run) {
        Trip trip{&self};
        for (auto it = waiting_.begin(); it != waiting_.end() && trip.size() < seats_;) {
            if (may_join(std::as_const(trip), (*it)->question)) {
                (*it)->place_ = Place::kAboard;
                trip.push_back(*it);
                it = waiting_.erase(it);
            } else {
                ++it;
            }
        }
        if (trip.size() < seats_) send_next();  // they may not be on this one
        lock.unlock();
        try {
            run(std::as_const(trip));
        } catch (...) {
            for (auto* passenger : trip) passenger->failure = std::current_exception();
        }
        lock.lock();
        for (auto* passenger : trip) {
            if (passenger == &self) continue;
            passenger->place_ = Place::kArrived;
            passenger->changed_.notify_one();
        }
        --under_way_;
        const bool overdue = !waiting_.empty() &&
                             waiting_.front()->patient_until_ <= std::chrono::steady_clock::now();
        if (under_way_ == 0 || overdue) send_next();
    }

    void send_next() {
        if (waiting_.empty() || under_way_ == trips_) return;
        ++under_way_;
        waiting_.front()->place_ = Place::kLeading;
        waiting_.front()->changed_.notify_one();
        waiting_.pop_front();
    }

    mutable std::mutex mutex_;
    std::size_t under_way_ = 0;
    const std::size_t trips_;
    const std::size_t seats_;
    const std::chrono::steady_clock::duration patience_;
    std::list<Passenger*> waiting_;
};

}  // namespace rescuestream::sql
