#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/storage.hpp"
#include "rescuestream/time.hpp"
#include "storage/migrations.hpp"
#include "storage/sql/failure.hpp"

namespace rescuestream::sql {

/// A parameter of a statement. `monostate` is NULL.
using Value =
    std::variant<std::monostate, bool, std::int64_t, std::string, Uuid, Timestamp, KeyDigest>;
using Values = std::vector<Value>;

template <class T>
Value nullable(const std::optional<T>& value) {
    return value ? Value(*value) : Value();
}

class UnreadableRows;

/// The rows of a result. Reading NULL gives an empty or zero value.
class Rows {
public:
    virtual ~Rows() = default;

    virtual std::size_t size() const = 0;
    virtual bool is_null(std::size_t row, int column) const = 0;
    virtual std::string text(std::size_t row, int column) const = 0;
    virtual std::int64_t integer(std::size_t row, int column) const = 0;
    virtual bool boolean(std::size_t row, int column) const = 0;
    virtual Uuid uuid(std::size_t row, int column) const = 0;
    virtual Timestamp time(std::size_t row, int column) const = 0;
    virtual KeyDigest digest(std::size_t row, int column) const = 0;
};

/// A connection during one step.
class Connection {
public:
    virtual ~Connection() = default;

    /// Runs one statement with placeholders `$1`, `$2`, …; each text is prepared once, so texts
    /// should be constants or one of few combinations. Throws Failure.
    virtual std::unique_ptr<Rows> run(const std::string& statement, const Values& values) = 0;
    /// Runs several statements without parameters. Throws Failure.
    virtual void script(const std::string& statements) = 0;
};

/// A statement that concurrent callers share.
struct SharedStatement {
    std::string one;  ///< For one caller: its parameters are that caller's values.
    /// For several callers: each parameter is an array of their values. A row has the caller's
    /// position (from 1) before the columns of `one`, and there is at most one row for each caller.
    /// Empty: the dialect does not have this form.
    std::string many;
    /// The statement writes. A caller without a row changed nothing and learns the reason by `one`;
    /// the changes of the other callers are kept.
    bool is_change = false;
    /// The parameter that has the actor of the caller's audit entry, from 1; 0: there is none.
    int actor = 0;
    /// The same as `one` and `many` for actors that have an entry already.
    std::string one_with_known_actor{};
    std::string many_with_known_actors{};
};

/// The differences between the dialects.
struct Dialect {
    std::string name;  ///< The result of Storage::backend.
    const std::vector<Migration>* migrations = nullptr;
    std::string lock_row;   ///< Appended to a SELECT of rows that will be changed.
    std::string share_row;  ///< Appended to a SELECT of a row that must not be deleted.
    /// Waits until no other transaction has locked the number $1, and locks it until the commit.
    /// Empty: there is one writer at a time.
    std::string lock_number;
    std::string skip_locked;      ///< Appended to a SELECT that may leave out locked rows.
    std::string matching_actors;  ///< SELECT of the `name`s of actors that contain `$#`.
    bool has_lateral = false;
    /// Condition: the id of the audit entry `a` is a uuid. Empty: the column has no other values.
    std::string is_uuid{};
    std::string uuid_as_text;             ///< Expression: the uuid `$#` as a text.
    std::string migrations_table_exists;  ///< Query with one boolean.
    std::string create_migrations_table;  ///< Script.
    std::string claim;                    ///< Claims a key; see statements.hpp.
    std::string take;  ///< The same for one key, in a transaction that has locked its path.
    /// Locks key $1 and all keys that share its path, in the order of their digests; the columns
    /// are those of sql::kSelectLockedKeys.
    std::string lock_path{};
    std::string probe;  ///< Reads the newest fact of the key with a value, and the key's claim.
    std::string probe_previous;  ///< The same for the value from before a rotation.
    /// The statements do not check the reservations of other keys: an index on a column that every
    /// claim writes would cost more than the claim.
    bool remembers_claims = false;
    bool probes_first =
        false;  ///< Probe before a claim, so that a refusal does not wait for writers.
    /// Expression of a stream `s`, a text: it changes whenever a row of a list of open streams
    /// does, also by the names in it. Empty: the dialect has none.
    std::string stream_version{};
    /// Storage::key_facts_after. Throws Failure.
    KeyFacts (*key_facts)(Connection&, const std::string& place, std::size_t limit,
                          UnreadableRows& unreadable) = nullptr;
    /// Storage::key_list_after. Throws Failure. Null: the dialect cannot detect changes.
    KeyListChanges (*key_list)(Connection&, const std::string& place,
                               UnreadableRows& unreadable) = nullptr;
    SharedStatement find_broadcaster;
    SharedStatement find_key;
    // Changes that write their audit entry in the same statement; the parameters of the record come
    // first, then those of the entry. Empty: several statements are used instead.
    SharedStatement create_broadcaster;
    // The statements about keys add names to the entry, and only do it for names in which nothing
    // has to be masked.
    /// Returns whether the broadcaster is disabled, and its incident. No row: there is no such
    /// broadcaster, or its name or one of the key is not like that.
    SharedStatement create_key;
    /// Only for a key without claim, stream and cut-offs; $1 is its id, $2 the present time. No
    /// row: the key, or a name, is not like that.
    SharedStatement revoke_idle_key;
    SharedStatement append_audit;
};

/// A database with its connections.
///
/// Each method takes a connection, runs `work` on it, and throws Failure on an error. `work` may
/// run more than once: a broken connection is replaced and the work is repeated.
///
/// Thread-safety: all methods may be called from any thread.
class Database {
public:
    using Work = std::function<void(Connection&)>;
    /// Returns true to commit, false to roll back.
    using Step = std::function<bool(Connection&)>;
    using Deadline = std::chrono::steady_clock::time_point;

    Database();
    virtual ~Database() = default;

    /// What this object's steps have met.
    UnreadableRows& unreadable() const noexcept { return *unreadable_; }

    virtual const Dialect& dialect() const noexcept = 0;
    virtual std::string description() const = 0;

    /// Runs one statement that only reads.
    virtual void read(const Work& work) = 0;
    /// Runs a transaction. It is durable when this returns.
    virtual void write(const Step& step) = 0;
    /// Runs one of the dialect's shared statements for one caller's `values` and returns its rows.
    /// A change is a transaction of its own, shared or not, and is durable when this returns.
    virtual std::unique_ptr<Rows> share(const SharedStatement& statement, const Values& values) = 0;
    /// Notifies other programs soon that a key was changed.
    virtual void tell_keys_changed() = 0;
    /// Runs Dialect::claim for each of `claims`, whose first values differ, in one transaction and
    /// returns their rows. A crash of the machine may undo it. `likely_free`: the keys probably
    /// have no claim; this changes nothing but the time that the call takes.
    virtual std::vector<std::unique_ptr<Rows>> claim(const std::vector<const Values*>& claims,
                                                     bool likely_free, Deadline latest) = 0;
    /// Runs Dialect::probe or Dialect::probe_previous for each of `claims` and returns their rows.
    virtual std::vector<std::unique_ptr<Rows>> probe(const std::string& statement,
                                                     const std::vector<const Values*>& claims,
                                                     Deadline latest) = 0;
    /// Runs a transaction without a time limit. Only one of them runs at a time in all programs;
    /// waiting for that has a limit.
    virtual void migrate(const Step& step) = 0;
    /// After a step has thrown kFull or kReadOnly, throws the same until a write succeeds again,
    /// which it tries at intervals. Otherwise does nothing.
    virtual void check_room() {}
    /// See Storage::disk_space.
    virtual std::optional<DiskSpace> disk_space() { return std::nullopt; }
    /// See Storage::figures.
    virtual StorageFigures figures() { return {}; }
    /// See Storage::watch_changes.
    virtual void watch_changes(std::function<void()> listener) = 0;

private:
    const std::shared_ptr<UnreadableRows> unreadable_;
};

}  // namespace rescuestream::sql
