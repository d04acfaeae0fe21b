#include "storage/sqlite/writer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rescuestream::sqlite {

using std::chrono::steady_clock;

namespace {

// One for each thread: who reads an exception shall not share it with who drops it.
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
        on_commit_(connection_.log_pages());
        queue_.leave(batch);
    }
    if (job.failure) std::rethrow_exception(job.failure);
}

Writer::Batch Writer::lead(Job& leader) {
    using Durability = Connection::Durability;
    Batch batch;
    leader.failure = nullptr;  // of a share that was too small
    try {
        connection_.set_durability(leader.durable ? Durability::kFull : Durability::kNormal);
        connection_.set_deadline(leader.deadline);
        if (leader.one_statement && queue_.waiting() == 0) {
            leader.work(connection_);  // a transaction by itself
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

// False when the transaction is lost, as SQLite ends it when a change is interrupted or the disk
// fails: everybody who was aboard waits again then, but for the one who was the reason.
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

// False when it took longer than the share of one among others, and has time left to be done alone.
bool Writer::run_part(Job& job) {
    job.kept = false;
    job.failure = nullptr;
    bool given_up = false;
    connection_.set_deadline(std::min(job.deadline, steady_clock::now() + limits_.share));
    try {
        // One statement that fails undoes itself.
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
