#include "storage/postgres/postgres_storage.hpp"

#include <algorithm>
#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <numeric>

#include "storage/disk_space.hpp"
#include "storage/postgres/change_listener.hpp"
#include "storage/postgres/change_teller.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/connector.hpp"
#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/known_actors.hpp"
#include "storage/postgres/local_directory.hpp"
#include "storage/postgres/outage_log.hpp"
#include "storage/postgres/rows.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/postgres/watchdog.hpp"
#include "storage/sql/joint_calls.hpp"
#include "storage/sql/pool.hpp"
#include "storage/sql/room_watch.hpp"
#include "storage/sql/sql_storage.hpp"
#include "support/counters.hpp"
#include "support/text.hpp"

namespace rescuestream {
namespace postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Connections for all calls except claims. More would only cause more context switches on the
// server.
constexpr std::size_t kOtherConnections = 4;
constexpr std::size_t kSharedConnections = 4;
// Attempts after deadlocks and serialization failures. Each time another transaction has succeeded.
constexpr int kAttempts = 4;
// A caller that has waited longer does not establish a new connection.
constexpr milliseconds kLatestConnect{250};
// A number that is not used for other advisory locks: "rescuest" in ASCII. (More: sql::Turn.)
constexpr const char* kLockMigrations = "SELECT pg_advisory_xact_lock(8243121563980100468)";
constexpr const char* kTell =
    "SELECT set_config('synchronous_commit', 'off', TRUE), pg_notify($1, $2)";
// Migrations of other programs usually end within this time; only longer waits are logged.
constexpr milliseconds kQuietWait{2'000};

sql::Values of_free_key(const sql::Values& claim) {
    sql::Values values;
    values.reserve(sql::kOfFreeKey.size());
    for (const std::size_t place : sql::kOfFreeKey) values.push_back(claim[place]);
    return values;
}

class ServerDatabase final : public sql::Database {
public:
    ServerDatabase(ConnInfo conninfo, std::optional<Session> listen, const StorageOptions& options)
        : conninfo_(std::move(conninfo)),
          listen_(std::move(listen)),
          time_(options.deadline),
          migration_wait_(options.migration_wait),
          logger_(options.logger != nullptr ? *options.logger : null_logger()),
          outage_(logger_, conninfo_.description),
          pooler_{conninfo_.names_pooler && options.pooler == Pooler::kAuto ? Pooler::kYes
                                                                            : options.pooler},
          claims_(make_slots(std::max<std::size_t>(options.connections, 1)), waits_),
          shared_(make_slots(kSharedConnections), waits_),
          others_(make_slots(kOtherConnections), waits_) {}

    const sql::Dialect& dialect() const noexcept override { return kDialect; }
    std::string description() const override { return conninfo_.description; }

    void read(const Work& work) override {
        with(others_, conninfo_.durable, steady_clock::now() + time_, work);
    }
    std::vector<std::unique_ptr<sql::Rows>> claim(const std::vector<const sql::Values*>& claims,
                                                  bool likely_free, Deadline latest) override {
        if (claims.size() > 1) return run_all(kDialect.claim, claims, latest);
        const sql::Values& claim = *claims.front();
        return run_claims(1, latest, [&](Connection& connection) {
            if (likely_free) {
                auto claimed = connection.run_texts(kFreeClaim, write_values(of_free_key(claim)));
                if (!claimed.empty()) return claimed;
            }
            return connection.run_texts(kOneClaim, write_values(claim));
        });
    }
    std::vector<std::unique_ptr<sql::Rows>> probe(const std::string& statement,
                                                  const std::vector<const sql::Values*>& claims,
                                                  Deadline latest) override {
        return run_all(statement, claims, latest);
    }
    void write(const Step& step) override {
        with(others_, conninfo_.durable, steady_clock::now() + time_,
             [&](Connection& connection) { connection.transact(step); });
    }
    std::unique_ptr<sql::Rows> share(const sql::SharedStatement& statement,
                                     const sql::Values& values) override {
        const Texts texts = write_values(values);
        auto rows = calls_of(statement).ask(texts);
        return rows != nullptr ? std::move(rows) : run_one(statement, texts);
    }
    void tell_keys_changed() override { teller_.tell(); }
    void migrate(const Step& step) override {
        Connection connection(conninfo_.unlimited, pooler_);
        const milliseconds quiet = std::min(kQuietWait, migration_wait_ / 2);
        if (migrate_within(quiet, connection, step)) return;
        logger_.warning("another program is migrating the database: waiting for it",
                        {{"longest_wait_ms", migration_wait_.count()}});
        if (migrate_within(migration_wait_ - quiet, connection, step)) return;
        throw sql::Failure{
            sql::Failure::Kind::kMigrating,
            "the advisory lock of migrations was held for all of " +
                std::to_string(migration_wait_.count()) +
                " ms; pg_locks (locktype 'advisory') and pg_stat_activity show by whom"};
    }

    std::optional<DiskSpace> disk_space() override {
        const auto directory = local_directory_.find([&](const auto& ask) {
            with(others_, conninfo_.durable, steady_clock::now() + time_, ask);
        });
        return directory ? disk_space_of(*directory) : std::nullopt;
    }

    StorageFigures figures() override {
        PoolFigures pool;
        for (const auto* each : {&claims_, &shared_, &others_}) each->add_to(pool);
        pool.wait_seconds = waits_.read();
        return {std::move(pool), std::nullopt, std::nullopt, {}};
    }

    void watch_changes(std::function<void()> listener) override {
        const std::lock_guard lock(listener_mutex_);
        change_listener_.reset();
        if (!listener) return;
        const auto place = listen_
                               ? ChangeListener::Place{*listen_, true, Pooler::kAuto}
                               : ChangeListener::Place{conninfo_.unlimited, false, pooler_.setting};
        change_listener_ = std::make_unique<ChangeListener>(place, logger_, teller_.payload(),
                                                            std::move(listener));
    }

private:
    // Empty until it is needed, and after the connection has broken.
    using Slot = std::unique_ptr<Connection>;

    // The batches of callers; empty for a caller that must run its statement alone.
    using SharedCalls = sql::JointCalls<Texts, std::unique_ptr<sql::Rows>>;

    struct Shared {
        explicit Shared(ServerDatabase& database, const sql::SharedStatement& of)
            : statement(of), calls([this, &database](const std::vector<const Texts*>& callers) {
                  return database.run_shared(statement, callers);
              }) {}
        const sql::SharedStatement& statement;
        SharedCalls calls;
    };

    SharedCalls& calls_of(const sql::SharedStatement& statement) {
        for (auto& one : shared_calls_) {
            if (&one.statement == &statement) return one.calls;
        }
        throw sql::Failure{sql::Failure::Kind::kDefect, "no shared statement of this dialect"};
    }
    std::vector<std::unique_ptr<sql::Rows>> run_shared(const sql::SharedStatement& statement,
                                                       const std::vector<const Texts*>& callers) {
        std::vector<std::unique_ptr<sql::Rows>> rows(callers.size());
        if (callers.size() == 1) {
            rows.front() = run_one(statement, *callers.front());
            return rows;
        }
        const auto began = steady_clock::now();
        const std::string& text = have_known_actors(statement, callers, began)
                                      ? statement.many_with_known_actors
                                      : statement.many;
        try {
            rows = deal_rows(run_on_shared(statement,
                                           [&](Connection& connection) {
                                               return connection.run_columns(text, callers);
                                           }),
                             callers.size());
        } catch (const ConnectionFailure& failure) {
            if (failure.broken || !failure.may_concern_one()) throw;
            return rows;
        }
        for (std::size_t i = 0; i < callers.size(); ++i) {
            if (rows[i]->size() > 0) {
                note_actor(statement, *callers[i], began);
            } else if (statement.is_change) {
                rows[i].reset();
            }
        }
        return rows;
    }
    std::unique_ptr<sql::Rows> run_one(const sql::SharedStatement& statement, const Texts& texts) {
        const auto began = steady_clock::now();
        const std::string& text = have_known_actors(statement, {&texts}, began)
                                      ? statement.one_with_known_actor
                                      : statement.one;
        auto rows = make_rows(run_on_shared(
            statement, [&](Connection& connection) { return connection.run_texts(text, texts); }));
        if (rows->size() > 0) note_actor(statement, texts, began);
        return rows;
    }
    bool have_known_actors(const sql::SharedStatement& statement,
                           const std::vector<const Texts*>& callers,
                           KnownActors::Clock::time_point now) const {
        return statement.actor > 0 &&
               std::all_of(callers.begin(), callers.end(), [&](const Texts* texts) {
                   return known_actors_.knows(actor_of(statement, *texts), now);
               });
    }
    void note_actor(const sql::SharedStatement& statement, const Texts& texts,
                    KnownActors::Clock::time_point began) {
        if (statement.actor > 0) known_actors_.add(actor_of(statement, texts), began);
    }
    static const std::string& actor_of(const sql::SharedStatement& statement, const Texts& texts) {
        return texts.at(static_cast<std::size_t>(statement.actor) - 1).value();
    }
    template <class Run>
    pqxx::result run_on_shared(const sql::SharedStatement& statement, Run run) {
        pqxx::result result;
        with(shared_, conninfo_.shared, steady_clock::now() + time_, [&](Connection& connection) {
            if (statement.is_change) {
                connection.alone([&](sql::Connection& /*same*/) { result = run(connection); });
            } else {
                result = run(connection);
            }
        });
        return result;
    }

    // In the order of digests, to avoid deadlocks between statements.
    std::vector<std::unique_ptr<sql::Rows>> run_all(const std::string& statement,
                                                    const std::vector<const sql::Values*>& claims,
                                                    Deadline latest) {
        std::vector<std::size_t> order(claims.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        const auto digest_of = [&](std::size_t at) {
            return std::get<KeyDigest>(claims[at]->front());
        };
        std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
            return digest_of(left) < digest_of(right);
        });
        std::vector<Texts> texts;
        texts.reserve(claims.size());
        std::vector<const Texts*> sorted_texts;
        sorted_texts.reserve(claims.size());
        for (const std::size_t at : order) {
            sorted_texts.push_back(&texts.emplace_back(write_values(*claims[at])));
        }
        auto sorted = run_claims(claims.size(), latest, [&](Connection& connection) {
            return connection.run_columns(statement, sorted_texts);
        });
        std::vector<std::unique_ptr<sql::Rows>> rows(claims.size());
        for (std::size_t i = 0; i < order.size(); ++i) rows[order[i]] = std::move(sorted[i]);
        return rows;
    }
    template <class Run>
    std::vector<std::unique_ptr<sql::Rows>> run_claims(std::size_t places, Deadline latest,
                                                       Run run) {
        pqxx::result result;
        with(claims_, conninfo_.claims, std::min(latest, steady_clock::now() + time_),
             [&](Connection& connection) { result = run(connection); });
        return deal_rows(result, places);
    }

    // A notification alone needs no write to the disk.
    void tell(const std::string& payload) {
        try {
            with(others_, conninfo_.durable, steady_clock::now() + time_,
                 [&](Connection& connection) {
                     connection.run(kTell, {std::string(kChangeChannel), payload});
                 });
        } catch (const sql::Failure& failure) {
            // Other programs find the change at their next check.
            logger_.debug("other programs cannot be notified of a change",
                          {{"error", failure.detail}});
        }
    }

    static sql::Failure busy() {
        return {sql::Failure::Kind::kUnavailable, "every connection was busy until the deadline"};
    }

    std::list<Shared> make_shared_calls() {
        std::list<Shared> calls;
        for (const auto* statement :
             {&kDialect.find_broadcaster, &kDialect.find_key, &kDialect.create_broadcaster,
              &kDialect.create_key, &kDialect.revoke_idle_key, &kDialect.append_audit}) {
            calls.emplace_back(*this, *statement);
        }
        return calls;
    }

    static std::vector<Slot> make_slots(std::size_t count) { return std::vector<Slot>(count); }

    // Returns false if other programs held the lock for all of `max_wait`; then nothing was done.
    static bool migrate_within(milliseconds max_wait, Connection& connection, const Step& step) {
        bool locked = false;
        try {
            connection.transact([&](sql::Connection& transaction) {
                // Zero would mean no limit.
                transaction.script("SET LOCAL lock_timeout = " +
                                   std::to_string(std::max(max_wait, milliseconds(1)).count()));
                transaction.run(kLockMigrations, {});
                locked = true;
                transaction.script("SET LOCAL lock_timeout = 0");
                return step(transaction);
            });
        } catch (const sql::Failure& failure) {
            if (locked || failure.kind != sql::Failure::Kind::kLocked) throw;
            return false;
        }
        return true;
    }

    template <class Action>
    void with(sql::Pool<Slot>& pool, const Session& session, steady_clock::time_point deadline,
              const Action& work) {
        try {
            run_on(pool, session, deadline, work);
        } catch (const sql::Failure&) {
            outage_.call_failed();
            throw;
        }
        outage_.call_succeeded();
    }

    template <class Action>
    void run_on(sql::Pool<Slot>& pool, const Session& session, steady_clock::time_point deadline,
                const Action& work) {
        auto lease = pool.take(deadline);
        if (!lease) throw busy();
        Slot& slot = **lease;
        bool replaced = false;
        for (int attempt = 1;; ++attempt) {
            if (!slot) slot = connect(session, deadline);
            try {
                run(*slot, work, deadline);
                return;
            } catch (const ConnectionFailure& failure) {
                if (failure.broken) slot.reset();
                // An idle connection may have broken long ago. A new one that breaks at once shows
                // that the server has a problem.
                const bool again = failure.retry && attempt < kAttempts &&
                                   steady_clock::now() < deadline && !(failure.broken && replaced);
                if (!again) throw;
                replaced = replaced || failure.broken;
            }
        }
    }

    Slot connect(const Session& session, steady_clock::time_point deadline) {
        // A caller that has waited for most of its time leaves this to the next caller.
        if (steady_clock::now() > deadline - time_ + kLatestConnect) {
            throw sql::Failure{sql::Failure::Kind::kUnavailable,
                               "there is no connection, and no time left to establish one"};
        }
        try {
            auto connection = connector_.connect(session, deadline);
            if (connection->is_pooled() && !pooler_is_told_.exchange(true)) {
                logger_.info("the database is behind a connection pooler",
                             {{"database", conninfo_.description}});
            }
            return connection;
        } catch (const ConnectionFailure& failure) {
            outage_.cannot_connect(failure);
            throw;
        }
    }

    template <class Action>
    void run(Connection& connection, const Action& work, steady_clock::time_point deadline) {
        Watchdog::Guard guard(watchdog_, connection.socket(), deadline);
        try {
            work(connection);
        } catch (ConnectionFailure& failure) {
            if (guard.fired()) {
                failure.kind = sql::Failure::Kind::kTimeout;
                failure.broken = true;
                failure.retry = false;
            }
            throw;
        }
    }

    const ConnInfo conninfo_;
    const std::optional<Session> listen_;
    const milliseconds time_;
    const milliseconds migration_wait_;
    Logger& logger_;
    OutageLog outage_;
    PoolerState pooler_;
    std::atomic<bool> pooler_is_told_{false};
    Connector connector_{pooler_};
    Watchdog watchdog_;
    Histogram waits_{kSecondsOfSteps};
    sql::Pool<Slot> claims_;
    sql::Pool<Slot> shared_;
    sql::Pool<Slot> others_;
    KnownActors known_actors_;
    std::list<Shared> shared_calls_ = make_shared_calls();
    LocalDirectory local_directory_;
    std::mutex listener_mutex_;
    std::unique_ptr<ChangeListener> change_listener_;
    ChangeTeller teller_{[this](const std::string& payload) { tell(payload); }};  // uses all above
};

}  // namespace
}  // namespace postgres

Result<std::unique_ptr<Storage>> open_postgres_storage(std::string_view uri,
                                                       const StorageOptions& options) {
    if (!is_clean_utf8(uri)) {
        return Error{ErrorCode::kInvalidArgument,
                     "The PostgreSQL address is not valid UTF-8, or has a NUL character in it.",
                     {},
                     {}};
    }
    auto conninfo = postgres::make_conninfo(uri, options.deadline);
    if (!conninfo) return conninfo.error();
    if (options.logger != nullptr) {
        for (const auto& note : conninfo->notes) {
            options.logger->info(
                "a parameter of the PostgreSQL address is for other clients",
                {{"parameter", std::string(note.name)}, {"meaning", std::string(note.meaning)}});
        }
    }
    std::optional<postgres::Session> listen;
    if (!options.listen_uri.empty()) {
        auto place = postgres::make_conninfo(options.listen_uri, options.deadline);
        if (!place) {
            Error error = place.error();
            error.message = "DATABASE_LISTEN_URL: " + error.message;
            return error;
        }
        listen = std::move(place->unlimited);
    }
    auto database = std::make_unique<postgres::ServerDatabase>(*std::move(conninfo),
                                                               std::move(listen), options);
    return sql::make_sql_storage(
        std::make_unique<sql::RoomWatch>(std::move(database), options.logger), options.logger);
}

}  // namespace rescuestream
