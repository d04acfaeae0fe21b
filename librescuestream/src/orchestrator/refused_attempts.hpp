#pragma once

#include <deque>
#include <mutex>
#include <vector>

#include "orchestrator/first_questions.hpp"
#include "orchestrator/refusal_table.hpp"
#include "orchestrator/worker.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

class Clock;
class Logger;
class Storage;
struct ApiCredential;

/// The methods of StreamOrchestrator about refused attempts; its header documents them.
///
/// `note_refusal` and `note_acceptance` only change tables of a fixed size in memory, because a
/// media server waits for them. A thread stores what was counted, and reports attempts with the
/// names of their keys. It writes at most kRowsAtOnce rows every two seconds, so that a flood of
/// refusals is no load for the storage; what cannot be kept until then is lost.
///
/// Thread-safety: all methods may be called from any thread, `start` and `stop` only from one.
class RefusedAttempts {
public:
    static constexpr std::size_t kRowsAtOnce = 256;

    RefusedAttempts(Storage& storage, const Clock& clock, Logger& logger);
    ~RefusedAttempts() { stop(); }

    void note_refusal(RefusedQuestion question);
    void note_acceptance(const ConnectionId& connection);
    Result<std::vector<RefusedAttempt>> list_refused_attempts(RefusedAttemptFilter filter,
                                                              const ApiCredential* reader);

    void start();
    /// Stores what was counted; what has not been reported is not reported any more.
    void stop();
    /// Does one round of the thread's work.
    void work();

private:
    // A report for which the key has to be read.
    struct Report {
        RefusedAttempt attempt;
        RefusedQuestion::Tell tell;
    };

    void count(const RefusedQuestion& question);
    void report(const Report& report, bool reads_key);
    void report_waiting();
    void count_overdue();
    // Stores a part of what was counted. Returns false if nothing is left or nothing can be stored.
    bool write_some();

    Storage& storage_;
    const Clock& clock_;
    Logger& logger_;

    std::mutex mutex_;  // for the members up to `reports_`; held for microseconds
    RefusalTable table_;
    FirstQuestions first_questions_;
    std::deque<Report> reports_;

    std::mutex writing_;  // one write at a time, so that a list contains what was counted before
    bool cannot_store_ = false;

    Worker worker_;
};

}  // namespace rescuestream
