#include "orchestrator/refused_attempts.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "orchestrator/visibility.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/redaction.hpp"
#include "rescuestream/storage.hpp"
#include "support/network.hpp"
#include "support/validation.hpp"

namespace rescuestream {
namespace {

constexpr std::chrono::seconds kWriteInterval{2};
constexpr std::chrono::milliseconds kRound{1'000};
constexpr std::chrono::hours kKeptFor{30 * 24};
constexpr std::size_t kMostReports = 256;
constexpr std::size_t kMostListedAttempts = 1'000;

}  // namespace

RefusedAttempts::RefusedAttempts(Storage& storage, const Clock& clock, Logger& logger)
    : storage_(storage), clock_(clock), logger_(logger), worker_("refusals", {kRound}, logger) {}

void RefusedAttempts::note_refusal(RefusedQuestion question) {
    RefusedAttempt& attempt = question.attempt;
    attempt.times = 1;
    attempt.first_at = attempt.last_at = clock_.now();
    attempt = countable(std::move(attempt));
    const bool may_be_first =
        attempt.protocol == Protocol::kRtsp && question.connection && !question.connection->empty();
    if (may_be_first) {
        const std::lock_guard lock(mutex_);
        const bool is_second = first_questions_.forget(*question.connection);
        if (!is_second && !question.has_credential) {
            auto displaced = first_questions_.keep(std::move(question), clock_.steady_now());
            if (!displaced) return;
            question = *std::move(displaced);
        }
    }
    count(question);
}

void RefusedAttempts::note_acceptance(const ConnectionId& connection) {
    const std::lock_guard lock(mutex_);
    first_questions_.forget(connection);
}

void RefusedAttempts::count(const RefusedQuestion& question) {
    Report next{question.attempt,
                question.on_counted ? question.on_counted(question.attempt) : nullptr};
    bool reads_key = next.attempt.stream_key_id.has_value();
    {
        const std::lock_guard lock(mutex_);
        table_.add(question.attempt);
        if (!next.tell) return;
        if (reads_key && worker_.is_running()) {
            if (reports_.size() < kMostReports) {
                reports_.push_back(std::move(next));
                worker_.wake();
                return;
            }
            reads_key = false;  // the media server waits for this thread
        }
    }
    report(next, reads_key);
}

void RefusedAttempts::report(const Report& report, bool reads_key) {
    if (!reads_key) {
        report.tell(report.attempt, nullptr);
        return;
    }
    const auto key = storage_.find_stream_key(*report.attempt.stream_key_id);
    report.tell(report.attempt, key ? &*key : nullptr);
}

Result<std::vector<RefusedAttempt>> RefusedAttempts::list_refused_attempts(
    RefusedAttemptFilter filter, const ApiCredential* reader) {
    Validation validation;
    if (filter.limit < 1 || filter.limit > kMostListedAttempts) {
        validation.add("/limit", "must be 1 to 1000");
    }
    if (filter.reason && explain_refusal(*filter.reason).empty()) {
        validation.add("/reason", "is not a reason of a refusal");
    }
    if (validation.failed()) return std::move(validation).error();
    if (filter.network) filter.network = network_of(*filter.network);
    if (filter.path) filter.path = redact_key_values(*filter.path);
    while (write_some()) {
    }
    if (!is_restricted(reader)) return storage_.list_refused_attempts(filter);
    std::vector<RefusedAttempt> all;
    for (const auto broadcaster : reader->broadcasters) {
        filter.broadcaster_id = broadcaster;
        auto part = storage_.list_refused_attempts(filter);
        if (!part) return part;
        all.insert(all.end(), part->begin(), part->end());
    }
    std::sort(all.begin(), all.end(), [](const RefusedAttempt& a, const RefusedAttempt& b) {
        return std::tie(a.last_at, a.id) > std::tie(b.last_at, b.id);
    });
    if (all.size() > filter.limit) all.resize(filter.limit);
    return all;
}

bool RefusedAttempts::write_some() {
    const std::lock_guard writing(writing_);
    std::vector<RefusedAttempt> some;
    {
        const std::lock_guard lock(mutex_);
        some = table_.take(kRowsAtOnce);
    }
    if (some.empty()) return false;
    RefusedAttemptLimits limits;
    limits.oldest = clock_.now() - kKeptFor;
    const auto added = storage_.add_refused_attempts(some, limits);
    if (added) {
        cannot_store_ = false;
        return true;
    }
    if (!std::exchange(cannot_store_, true)) {
        // The storage logs its outage, with what ends it.
        logger_.warning("refused attempts cannot be stored yet",
                        {{"error", added.error().message}});
    }
    // Attempts that the storage refuses would be refused for ever.
    if (added.error().code != ErrorCode::kInvalidArgument) {
        const std::lock_guard lock(mutex_);
        table_.put_back(std::move(some));
    }
    return false;
}

void RefusedAttempts::report_waiting() {
    std::deque<Report> waiting;
    {
        const std::lock_guard lock(mutex_);
        waiting.swap(reports_);
    }
    for (const auto& each : waiting) report(each, true);
}

void RefusedAttempts::count_overdue() {
    std::vector<RefusedQuestion> overdue;
    {
        const std::lock_guard lock(mutex_);
        overdue = first_questions_.take_overdue(clock_.steady_now());
    }
    for (const auto& question : overdue) count(question);
}

void RefusedAttempts::work() {
    count_overdue();
    report_waiting();
    write_some();
}

void RefusedAttempts::start() {
    worker_.start([this, written = std::chrono::steady_clock::now()]() mutable {
        count_overdue();
        report_waiting();
        const auto now = std::chrono::steady_clock::now();
        if (now - written < kWriteInterval) return;
        written = now;
        write_some();
    });
}

void RefusedAttempts::stop() {
    if (!worker_.stop()) return;
    {
        const std::lock_guard lock(mutex_);
        reports_.clear();
    }
    while (write_some()) {
    }
}

}  // namespace rescuestream
