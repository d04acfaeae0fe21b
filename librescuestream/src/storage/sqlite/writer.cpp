#include "storage/sqlite/writer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rescuestream::sqlite {

using std::chrono::steady_clock;

namespace {

// A copy for each thread, so that no exception object is read by one thread while another destroys
// it.
std::exception_ptr copy_of(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const sql::Failure& failure) {
        return std::make_exception_ptr(failure);
    } catch (...) {
        return std::current_exception();
    }
}

}  // namespace

Writer::Writer(const std::string& path, Deadline deadline, std::function<void(int)> on_commit,
               Limits limits)
    : connection_(path, Connection::Durability::kFull, deadline),
      on_commit_(std::move(on_commit)),
      limits_(limits) {}

void Writer::write(const Step& step, Deadline deadline) {
    Job job(step, deadline, true);
    run(job);
}

void Writer::write_alone(const Step& step, Deadline deadline) {
    Job job(step, deadline, true);
    job.alone = true;
    run(job);
}

std::vector<std::unique_ptr<sql::Rows>> Writer::claim(const std::string& statement,
                                                      const std::vector<const sql::Values*>& claims,
                                                      Deadline deadline) {
    std::vector<std::unique_ptr<sql::Rows>> rows;
    const Step step = [&](sql::Connection& connection) {
        rows.clear();
        for (const auto* values : claims) rows.push_back(connection.run(statement, *values));
        return true;
    };
    Job job(step, deadline, false);
    job.one_statement = claims.size() == 1;
    run(job);
    return rows;
}

void Writer::hold(const std::function<void()>& work, Deadline deadline) {
    const Step nothing;
    Job job(nothing, deadline, false);
    job.alone = true;
    queue_.enter(job);
    try {
        work();
    } catch (...) {
        queue_.leave({});
        throw;
    }
    queue_.leave({});
}

void Writer::run(Job& job) {
    if (queue_.enter(job)) {
        const Batch batch = lead(job);
        group_sizes_.observe(static_cast<double>(1 + batch.size()));
        on_commit_(connection_.log_pages());
        queue_.leave(batch);
    }
    if (job.failure) std::rethrow_exception(job.failure);
}

Writer::Batch Writer::lead(Job& leader) {
    using Durability = Connection::Durability;
    Batch batch;
    leader.failure = nullptr;  // of an earlier run that exceeded its share
    try {
        connection_.set_durability(leader.durable ? Durability::kFull : Durability::kNormal);
        connection_.set_deadline(leader.deadline);
        if (leader.one_statement && queue_.waiting() == 0) {
            leader.work(connection_);  // a transaction of its own
            return batch;
        }
        Deadline full;
        do {
            connection_.set_deadline(leader.deadline);
            connection_.begin();
            full = steady_clock::now() + limits_.fill_time;
            if (!leader.work(connection_)) {
                connection_.roll_back();
                return batch;
            }
        } while (!fill(leader, batch, full));
        connection_.commit();
    } catch (...) {
        connection_.roll_back();
        leader.failure = std::current_exception();
        for (auto* job : batch) {
            if (job->kept) job->failure = copy_of(leader.failure);
        }
    }
    return batch;
}

// Returns false if the transaction is lost, because SQLite ended it after an interrupted change or
// an error of the disk. Then all jobs in the batch wait again, except the one that was the cause.
bool Writer::fill(const Job& leader, Batch& batch, Deadline full) {
    while (batch.size() < limits_.max_batch && steady_clock::now() < full) {
        Job* const job = queue_.take_along(leader, batch);
        if (job == nullptr) break;
        job->alone = !run_part(*job);
        if (!connection_.in_transaction()) {
            if (!job->alone) queue_.answer_last(batch);
            queue_.put_back(batch);
            return false;
        }
        if (job->alone) {
            Batch last;
            last.splice(last.end(), batch, std::prev(batch.end()));
            queue_.put_back(last);
        }
    }
    return true;
}

// Returns false if the job took longer than its share and has time left to run alone.
bool Writer::run_part(Job& job) {
    const SpanScope scope(job.span);
    job.kept = false;
    job.failure = nullptr;
    bool given_up = false;
    connection_.set_deadline(std::min(job.deadline, steady_clock::now() + limits_.share));
    try {
        // A single statement that fails undoes itself.
        if (!job.one_statement) connection_.begin_part();
        job.kept = job.work(connection_);
    } catch (const sql::Failure& failure) {
        job.failure = std::current_exception();
        given_up = failure.kind == sql::Failure::Kind::kTimeout;
    } catch (...) {
        job.failure = std::current_exception();
    }
    if (!job.one_statement && connection_.in_transaction()) {
        try {
            if (job.kept) {
                connection_.end_part();
            } else {
                connection_.undo_part();
            }
        } catch (...) {
            job.kept = false;
            job.failure = std::current_exception();
            connection_.roll_back();
        }
    }
    return !given_up || steady_clock::now() >= job.deadline;
}

}  // namespace rescuestream::sqlite
