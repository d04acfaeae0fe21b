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

namespace rescuestream::sql {

/// What a database cannot do, in our own words. Thrown below SqlStorage, which turns it into an
/// Error; each backend makes it from its library's errors in one place.
struct Failure {
    enum class Kind {
        kUnavailable,   ///< Unreachable or overloaded.
        kTimeout,       ///< No answer within the deadline; the outcome is unknown.
        kFull,          ///< No room on the disk, or none left of a quota; nothing was done.
        kReadOnly,      ///< The disk may not be written; nothing was done.
        kUnauthorized,  ///< Our credential was refused.
        kLocked,        ///< Somebody else's lock was not free in time; nothing was done.
        kMigrating,     ///< The same, and the lock is that of a migration.
        kNoSchema,      ///< A table is missing: not migrated.
        kBadText,       ///< A text that the backend cannot keep whole.
        kUnique,        ///< A unique index refused a row; `detail` has its name or its columns.
        kDefect,
    };

    Kind kind = Kind::kDefect;
    std::string detail;  ///< The library's own text, for logs.

    Error error() const;
    /// Of several who share a step one may be the reason, and the others may succeed without him.
    bool may_concern_one() const noexcept;
};

/// A parameter of a statement. `monostate` is NULL.
using Value =
    std::variant<std::monostate, bool, std::int64_t, std::string, Uuid, Timestamp, KeyDigest>;
using Values = std::vector<Value>;

template <class T>
Value nullable(const std::optional<T>& value) {
    return value ? Value(*value) : Value();
}

/// The rows of an answer. Reading NULL gives an empty or zero value.
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

/// One connection while a step works with it.
class Connection {
public:
    virtual ~Connection() = default;

    /// Runs one statement with placeholders `$1`, `$2`, …; it is prepared once for each text, so
    /// texts are constants or one of a few combinations. Throws Failure.
    virtual std::unique_ptr<Rows> run(const std::string& statement, const Values& values) = 0;
    /// Runs several statements without parameters. Throws Failure.
    virtual void script(const std::string& statements) = 0;
};

/// A statement that callers who come at the same time share.
struct SharedStatement {
    std::string one;  ///< Of one caller: its parameters are his values.
    /// Of several, each of whose parameters is an array of their values. Before the columns of
    /// `one` it has the caller's place among them, from 1, and it has one row at most for each.
    /// Empty: the dialect has none.
    std::string many;
    /// It changes something. A caller without a row changed nothing, and `one` says why; nobody
    /// else's change is undone for that.
    bool is_change = false;
};

/// Where the dialects differ.
struct Dialect {
    std::string name;  ///< What Storage::backend answers.
    const std::vector<Migration>* migrations = nullptr;
    std::string lock_row;                 ///< After a SELECT of rows that are to be changed.
    std::string share_row;                ///< After a SELECT of a row that has to stay.
    std::string skip_locked;              ///< After a SELECT of rows that others may leave alone.
    std::string actor_contains;           ///< Condition on `a.actor`; `$#` is the part of it.
    std::string migrations_table_exists;  ///< Query with one boolean.
    std::string create_migrations_table;  ///< Script.
    std::string claim;                    ///< Takes the key: see statements.hpp.
    std::string probe;  ///< The newest fact of the key that has a value, and who has the key.
    std::string probe_previous;  ///< The same by the value from before a rotation.
    /// Its statements do not compare the reservations of other keys: an index on what every claim
    /// writes would cost more than the claim.
    bool remembers_claims = false;
    bool probes_first = false;  ///< A refusal shall not wait for those who write.
    /// Storage::key_facts_after. Throws Failure.
    KeyFacts (*key_facts)(Connection&, const std::string& place, std::size_t limit) = nullptr;
    /// Storage::key_list_after. Throws Failure. Null: it cannot tell changes apart.
    KeyListChanges (*key_list)(Connection&, const std::string& place) = nullptr;
    SharedStatement find_broadcaster;
    SharedStatement find_key;
    // Changes with their audit entry in one statement, whose parameters are those of the record
    // and then those of the entry. Empty: several statements do it.
    SharedStatement create_broadcaster;
    /// No row: there is no such broadcaster, or it is not what the key's maker believes.
    SharedStatement create_key;
    /// Of a key without claim, stream and cut-offs; $1 id, $2 now. No row: it is no such key.
    SharedStatement revoke_idle_key;
    SharedStatement append_audit;
};

/// A database with its connections.
///
/// Each method takes a connection, runs `work` on it, and throws Failure when that failed. `work`
/// may run more than once: a connection that was found dead is replaced and the work repeated.
///
/// Thread-safety: all methods may be called from any thread.
class Database {
public:
    using Work = std::function<void(Connection&)>;
    /// True: commit; false: roll back.
    using Step = std::function<bool(Connection&)>;
    using Deadline = std::chrono::steady_clock::time_point;

    virtual ~Database() = default;

    virtual const Dialect& dialect() const noexcept = 0;
    virtual std::string description() const = 0;

    /// One statement that changes nothing.
    virtual void read(const Work& work) = 0;
    /// A transaction; durable when this returns.
    virtual void write(const Step& step) = 0;
    /// The rows of one of the dialect's shared statements for one caller's `values`. A change is a
    /// transaction by itself, shared or not, and durable when this returns.
    virtual std::unique_ptr<Rows> share(const SharedStatement& statement, const Values& values) = 0;
    /// A key was changed: other programs are told, soon.
    virtual void tell_keys_changed() = 0;
    /// The answers of Dialect::claim for each of `claims`, whose first values differ; all of them
    /// are taken or none is. A crash of the machine may take them back.
    virtual std::vector<std::unique_ptr<Rows>> claim(const std::vector<const Values*>& claims,
                                                     Deadline latest) = 0;
    /// The answers of Dialect::probe or Dialect::probe_previous in the same way.
    virtual std::vector<std::unique_ptr<Rows>> probe(const std::string& statement,
                                                     const std::vector<const Values*>& claims,
                                                     Deadline latest) = 0;
    /// A transaction without time limit, one at a time over all programs. Waiting for its turn has
    /// a limit.
    virtual void migrate(const Step& step) = 0;
    /// After a step has thrown kFull or kReadOnly: throws the same until writing succeeds again,
    /// which it tries now and then. Else: nothing.
    virtual void check_room() {}
    /// See Storage::disk_space.
    virtual std::optional<DiskSpace> disk_space() { return std::nullopt; }
    /// See Storage::watch_changes.
    virtual void watch_changes(std::function<void()> listener) = 0;
};

}  // namespace rescuestream::sql
