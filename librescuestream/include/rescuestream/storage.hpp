#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/logger.hpp"
#include "rescuestream/nodes.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream {

/// One publish request, as the claim needs it. Policies that a key leaves open come with it.
struct ClaimRequest {
    KeyDigest digest{};
    /// The path that is published to; must equal the key's `playback_path`. Empty when the path is
    /// the key value itself.
    std::optional<std::string> path;
    /// Everything of the claim to be written. `live`, `stalled_since`, `last_takeover_at` are
    /// ignored. `claimed_at` is "now" of the decision.
    Claim claim;
    OnDuplicate default_on_duplicate = OnDuplicate::kReject;
    std::chrono::milliseconds reservation_timeout{30'000};  ///< A reservation older is void.
    std::chrono::milliseconds stale_after{5'000};           ///< Stalled for so long: may be taken.
    /// At least so long between two takeovers by the same device.
    std::chrono::milliseconds same_device_interval{10'000};
};

/// What became of a claim. The order of the refusals is the order in which they are checked.
enum class ClaimDecision {
    kGranted,     ///< The connection holds the key now, or held it already (same connection id).
    kUnknownKey,  ///< No key has that digest (or its broadcaster was deleted).
    kRevoked,
    kExpired,
    kDisabled,           ///< The key or its broadcaster.
    kBlocked,            ///< For a time, after its stream was stopped.
    kWrongPath,          ///< The path is not the key's own.
    kForeignConnection,  ///< The connection id is that of another key's claim or live source.
    kInUse,              ///< Another connection holds the key and may not be taken over.
};

std::string_view to_string(ClaimDecision decision) noexcept;

struct ClaimOutcome {
    ClaimDecision decision = ClaimDecision::kUnknownKey;
    StreamKeyId stream_key_id;             ///< Nil with kUnknownKey.
    std::optional<ConnectionId> replaced;  ///< The connection that a takeover displaced.

    bool operator==(const ClaimOutcome&) const = default;
};

/// A key with everything that is going on with it: what the session rules work on.
struct Session {
    StreamKey key;
    std::optional<Claim> claim;
    std::optional<Stream> stream;  ///< The stream that has not ended, if there is one.
    std::int64_t version = 0;      ///< Rises with every claim and every commit of this session.

    bool operator==(const Session&) const = default;
};

/// What one observation changes. Absent members stay as they are.
struct SessionChange {
    StreamKeyId stream_key_id;
    std::int64_t expected_version = 0;
    bool set_claim = false;
    std::optional<Claim> claim;                 ///< With `set_claim`: the new claim, or none.
    std::optional<Stream> stream;               ///< Written whole: inserted, or replaced by id.
    std::vector<StreamTransition> transitions;  ///< Appended to the timeline of `stream`.
};

/// What is changed on a key. Absent members stay as they are.
struct StreamKeyChange {
    StreamKeyId id;
    std::optional<std::string> label;
    std::optional<StreamKeyPolicies> policies;  ///< All of them.
    bool set_expires_at = false;
    std::optional<Timestamp> expires_at;  ///< With `set_expires_at`: empty for "never".
    std::optional<bool> disabled;
};

/// A new value for a key.
struct StreamKeyRotation {
    StreamKeyId id;
    KeyDigest digest{};
    std::optional<Timestamp> overlap_until;  ///< The value before is valid until then. Empty: void.
};

/// Which streams are wanted. Empty members: any.
struct StreamFilter {
    std::vector<StreamState> states;
    std::optional<StreamKeyId> stream_key_id;
    std::optional<BroadcasterId> broadcaster_id;
    std::optional<std::string> node;
    std::optional<Timestamp> from;  ///< Started then or later.
    std::optional<Timestamp> to;    ///< Started before.
};

struct StreamKeyFilter {
    std::optional<BroadcasterId> broadcaster_id;
};

/// Which audit entries are wanted. Empty members: any.
struct AuditFilter {
    std::optional<std::string> action;
    std::optional<std::string> actor_contains;  ///< Part of the name; ASCII case is ignored.
    std::optional<std::string> resource_type;
    std::optional<std::string> resource_id;
    std::optional<Timestamp> from;  ///< Inclusive.
    std::optional<Timestamp> to;    ///< Inclusive.
    std::size_t limit = 50;
    std::size_t offset = 0;
};

struct AuditPage {
    std::vector<AuditEntry> entries;  ///< Newest first by (timestamp, id).
    std::uint64_t total = 0;          ///< How many match in all.
};

/// What a key looks like to the storage when it is made.
struct StreamKeyRow {
    StreamKey key;
    KeyDigest digest{};
};

/// What a refusal leaves to be done on media servers.
struct RevokeOutcome {
    std::vector<StreamKey> keys;  ///< The keys as they are now.
    bool changed = false;         ///< False: it had been done before; nothing was written.
    std::vector<Cutoff> cutoffs;  ///< Every cut-off of these keys that is not done yet.
};

/// What the values of one key are judged by.
struct KeyFact {
    StreamKeyId stream_key_id;
    KeyDigest digest{};
    std::optional<KeyDigest> previous_digest;      ///< Of the value from before a rotation …
    std::optional<Timestamp> previous_expires_at;  ///< … which is void from then on.
    std::string playback_path;
    bool disabled = false;  ///< The key or its broadcaster.
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> revoked_at;
    std::optional<Timestamp> blocked_until;
    bool deleted = false;  ///< With its broadcaster: nothing has this value any more.
    /// Another one after each change, whatever it was; comparable for one key on one storage.
    std::int64_t revision = 0;

    bool operator==(const KeyFact&) const = default;
};

/// A piece of what changed about keys, and where to go on.
struct KeyFacts {
    std::vector<KeyFact> facts;  ///< No key twice.
    std::string next;            ///< The place after them, for this storage alone to read.
    bool complete = false;       ///< Nothing is left of what was committed when reading began.
    /// These are the first facts of all, whatever place was asked for: the storage has another
    /// history than the one that the place belongs to.
    bool from_start = false;
};

/// State of the schema of a storage.
struct SchemaStatus {
    int current = 0;           ///< Number of the newest applied migration; 0: none.
    int latest = 0;            ///< Number of the newest migration that this program knows.
    std::vector<int> pending;  ///< Not applied yet, in order.

    bool operator==(const SchemaStatus&) const = default;
};

/// Room on the file system that a storage writes to.
struct DiskSpace {
    std::uint64_t free_bytes = 0;  ///< For this program: what is reserved for root is not in it.
    std::uint64_t total_bytes = 0;

    bool operator==(const DiskSpace&) const = default;
};

/// Where everything that must outlive the program is kept.
///
/// Each method is one atomic step: it happens whole or not at all, also when the program or the
/// backend is killed meanwhile. After a success nothing is lost, with one exception that `claim`
/// names. Storage reads no clock and makes no ids: both come with the call. Time stamps have
/// microseconds, on all backends. All backends give the same answers; the suite in
/// tests/conformance/storage says which.
///
/// Every method may also answer kUnavailable or kTimeout (backend unreachable, overloaded, too
/// slow) and kInternal (a defect); one that writes, kStorageFull, with nothing changed.
///
/// Texts are valid UTF-8 without NUL; that is the caller's duty (a backend may answer
/// kInvalidArgument, but never stores a shortened text).
///
/// Thread-safety: all methods may be called from any thread at any time.
class Storage {
public:
    virtual ~Storage() = default;

    /// "memory", "sqlite" or "postgresql".
    virtual std::string_view backend() const noexcept = 0;

    /// Where it is, without a credential: for logs.
    virtual std::string description() const = 0;

    /// Success when the backend answers and its schema is the one that this program needs.
    /// kStorageFull: it does, but a step found no room to write; a look now and then, by writing a
    /// little, finds out that there is room again.
    virtual Result<void> ping() = 0;

    /// Empty: not known, as for a database server on another machine.
    virtual std::optional<DiskSpace> disk_space() { return std::nullopt; }

    // Schema -----------------------------------------------------------------------------------

    virtual Result<SchemaStatus> schema_status() = 0;

    /// Applies (or takes back) migrations until `target` is the newest one; empty: the latest.
    /// Safe when several programs do it at once: one works, the others wait; kUnavailable, with
    /// nothing done, when that takes too long. kConflict when an applied migration differs from the
    /// one that this program knows (checksum), or when the schema is newer than this program.
    virtual Result<SchemaStatus> migrate(std::optional<int> target, Timestamp now) = 0;

    // Broadcasters -----------------------------------------------------------------------------

    virtual Result<void> create_broadcaster(const Broadcaster& broadcaster,
                                            const AuditEntry& audit) = 0;
    /// kNotFound.
    virtual Result<Broadcaster> find_broadcaster(BroadcasterId id) = 0;
    /// Newest first by (created_at, id).
    virtual Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) = 0;
    /// Replaces display_name, metadata, updated_at of the one with this id. kNotFound.
    virtual Result<void> update_broadcaster(const Broadcaster& broadcaster,
                                            const AuditEntry& audit) = 0;
    /// Takes the broadcaster and its keys out of every list and every look-up, revokes those keys
    /// that were not revoked, as of `now`, and writes a cut-off for every connection that holds one
    /// (a claim that is live, or a reservation) or delivers a stream of one. Its streams and audit
    /// entries stay. kNotFound; kConflict when one of its streams is live and not `force`.
    virtual Result<RevokeOutcome> delete_broadcaster(BroadcasterId id, bool force, Timestamp now,
                                                     const AuditEntry& audit) = 0;

    /// Disables the broadcaster and ends the claims of its keys, with a cut-off (kDisabled) for
    /// every connection as in `delete_broadcaster`; or enables it. Done before: succeeds, writes
    /// nothing. kNotFound.
    virtual Result<RevokeOutcome> set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                           Timestamp now,
                                                           const AuditEntry& audit) = 0;

    // Stream keys ------------------------------------------------------------------------------

    /// kNotFound: no such broadcaster. kConflict: `playback_path` belongs to a key that is not
    /// revoked. (A digest that exists is kInternal: 256 random bits do not repeat.)
    virtual Result<void> create_stream_key(const StreamKeyRow& row, const AuditEntry& audit) = 0;
    /// kNotFound.
    virtual Result<StreamKey> find_stream_key(StreamKeyId id) = 0;
    /// Newest first by (created_at, id), revoked ones too.
    virtual Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                                     const PageRequest& page) = 0;
    /// Revokes the key as of `now`, ends its claim, and writes a cut-off for the connection that
    /// held it and for the one that delivers its stream (one, if they are the same). Done before:
    /// succeeds, writes nothing. kNotFound.
    virtual Result<RevokeOutcome> revoke_stream_key(StreamKeyId id, Timestamp now,
                                                    const AuditEntry& audit) = 0;

    /// Changes a key that is not revoked. One that is disabled by it loses its claim, with cut-offs
    /// (kDisabled) as in `revoke_stream_key`. Nothing differs: succeeds, writes nothing. kNotFound;
    /// kConflict: it is revoked.
    virtual Result<RevokeOutcome> update_stream_key(const StreamKeyChange& change, Timestamp now,
                                                    const AuditEntry& audit) = 0;
    /// Gives a key another value. Without an overlap the claim ends, with cut-offs (kKeyRotated) as
    /// in `revoke_stream_key`; with one it stays and is marked `by_previous_value`. The value
    /// before the last rotation is void in any case. kNotFound; kConflict: it is revoked.
    virtual Result<RevokeOutcome> rotate_stream_key(const StreamKeyRotation& rotation,
                                                    Timestamp now, const AuditEntry& audit) = 0;

    // Publishing -------------------------------------------------------------------------------

    /// Decides one publish request and takes the key for it, in one statement and one round trip:
    /// of any number of racing callers exactly one is granted. Repeating it with the same
    /// connection id is granted again and changes nothing but `last_used_at`. A grant sets
    /// `last_used_at` and raises the session's version.
    ///
    /// A key is free when it has no claim, when its claim is a reservation older than
    /// `reservation_timeout`, or when the policy allows to take it over: kTakeover always;
    /// kRejectIfHealthy when `stalled_since` is at least `stale_after` ago, or when address and
    /// user agent are the same and not empty and the last takeover is at least
    /// `same_device_interval` ago; kReject never. Taking a live claim over sets `last_takeover_at`.
    ///
    /// A connection belongs to one key: who comes with the id of a connection that another key's
    /// claim has (a reservation older than `reservation_timeout` is none), or that delivers another
    /// key's stream, is refused (kForeignConnection). Several programs on one PostgreSQL do not
    /// know one another's reservations: there the second part holds at once, the first one within
    /// the program that granted it.
    ///
    /// The grant alone may be lost by a crash of the *machine* within a second after success.
    virtual Result<ClaimOutcome> claim(const ClaimRequest& request) = 0;

    /// Decides each of `requests` as `claim` does, no key twice among them: an answer for each, in
    /// their order. An error of one is none of the others. A backend that can do it takes them all
    /// in one round trip, and gives up at `latest`, or at its own deadline when that is earlier.
    virtual std::vector<Result<ClaimOutcome>> claim_all(
        const std::vector<ClaimRequest>& requests, std::chrono::steady_clock::time_point latest);

    /// True when another key's claim is that of `connection`. Not for a hot path: it may look at
    /// all keys.
    virtual Result<bool> is_claimed_elsewhere(const ConnectionId& connection,
                                              StreamKeyId stream_key_id) = 0;

    /// The same checks up to kWrongPath, and nothing is written. kGranted: the key is usable now.
    virtual Result<ClaimOutcome> check_key(const KeyDigest& digest,
                                           const std::optional<std::string>& path,
                                           Timestamp now) = 0;

    /// The facts of keys that changed after `place`, as they are now, at most `limit` of them.
    /// `place` is KeyFacts::next of the call before, or empty for all keys. Who goes on until
    /// `complete` has missed no change that was committed before the first of these calls, in
    /// whatever order changes are committed. A fact may come again.
    virtual Result<KeyFacts> key_facts_after(const std::string& place, std::size_t limit) = 0;

    // Sessions ---------------------------------------------------------------------------------

    /// By the path of a key that is not revoked, or, for a path that is a key value, by its digest
    /// (then a revoked one too). kNotFound.
    virtual Result<Session> load_session_by_path(const std::string& playback_path) = 0;
    virtual Result<Session> load_session_by_digest(const KeyDigest& digest) = 0;
    virtual Result<Session> load_session(StreamKeyId id) = 0;

    /// Writes all of `change`, or nothing: kConflict when the session has another version by now
    /// (load it again and decide again). kNotFound: no such key (one of a deleted broadcaster
    /// counts as existing).
    virtual Result<void> commit_session(const SessionChange& change) = 0;

    /// Every session with a stream on `node` that has not ended; what a poll compares. Newest
    /// stream first.
    virtual Result<std::vector<Session>> open_sessions(const std::string& node) = 0;

    /// Newest first by (started_at, id).
    virtual Result<Page<Stream>> list_streams(const StreamFilter& filter,
                                              const PageRequest& page) = 0;
    /// kNotFound.
    virtual Result<Stream> find_stream(StreamId id) = 0;
    /// The timeline of a stream, oldest first. kNotFound: no such stream.
    virtual Result<std::vector<StreamTransition>> list_transitions(StreamId id) = 0;

    // Cut-offs ---------------------------------------------------------------------------------

    /// Ends the claim of the stream's key if it belongs to the stream's connection, writes a
    /// cut-off with `reason` for that connection, and refuses the key's publishers until
    /// `block_until`, if that is given. Ended before: succeeds with an empty list. kNotFound: no
    /// such stream.
    virtual Result<std::vector<Cutoff>> begin_stop(StreamId id, EndReason reason,
                                                   std::optional<Timestamp> block_until,
                                                   Timestamp now, const AuditEntry& audit) = 0;
    /// Those that are not done, oldest first.
    virtual Result<std::vector<Cutoff>> pending_cutoffs(const std::string& node) = 0;
    /// Removes it, and ends its stream if that has not ended and still has the cut-off's connection
    /// as its source (state, ended_at = `now`, end_reason, `totals`, a line in its timeline; `path`
    /// becomes the key's playback path), raising the session's version. The stream as it is now;
    /// empty when there was none to end. A cut-off that is not there: succeeds.
    virtual Result<std::optional<Stream>> finish_cutoff(const Cutoff& cutoff, Timestamp now,
                                                        std::optional<StreamTotals> totals) = 0;

    // Nodes ------------------------------------------------------------------------------------

    /// kConflict: there is one of this name.
    virtual Result<void> create_node(const Node& node, const AuditEntry& audit) = 0;
    /// By name.
    virtual Result<std::vector<Node>> list_nodes() = 0;
    /// Replaces everything but `name` and `created_at`. kNotFound.
    virtual Result<void> update_node(const Node& node, const AuditEntry& audit) = 0;
    /// With its lease, its standing and the cut-offs that were pending there. kNotFound; kConflict:
    /// a stream of it has not ended.
    virtual Result<void> delete_node(const std::string& name, const AuditEntry& audit) = 0;

    /// What is known of the media server at `api_url` under a node's name (registered or not); of
    /// releases that kept no addresses too. Never kNotFound: nothing is known then.
    virtual Result<NodeStanding> find_node_standing(const std::string& node,
                                                    const std::string& api_url) = 0;
    /// Adds `asked_at` and `enforced_at` where nothing stands yet; `unknown` is ignored. True: it
    /// changed, and `audit` was written, if there is one.
    virtual Result<bool> note_node_standing(const std::string& node, const std::string& api_url,
                                            const NodeStanding& standing,
                                            const std::optional<AuditEntry>& audit) = 0;
    /// Replaces the list of a node.
    virtual Result<void> set_unknown_sources(const std::string& node,
                                             const std::vector<UnknownSource>& sources) = 0;

    /// Takes or renews the lease of a node for `holder`: when nobody has it, when `holder` has it,
    /// or when it is still exactly `expired`. The lease as it is then, whoever has it.
    virtual Result<NodeLease> hold_lease(const std::string& node, const std::string& holder,
                                         const std::optional<NodeLease>& expired) = 0;
    /// Gives it up. Somebody else has it: nothing.
    virtual Result<void> release_lease(const std::string& node, const std::string& holder) = 0;

    /// `listener` is called, on a thread of the storage, soon after another program may have
    /// written a cut-off, or changed a node or a key; also now and then without need. Empty: no
    /// longer; when that returns, no call is under way. Storages that cannot tell do nothing:
    /// whoever listens has to look from time to time as well.
    virtual void watch_changes(std::function<void()> listener) = 0;

    // Audit ------------------------------------------------------------------------------------

    virtual Result<AuditPage> list_audit(const AuditFilter& filter) = 0;
    /// For an event that some other program reports; what this library changes is recorded by the
    /// step that changes it.
    virtual Result<void> append_audit(const AuditEntry& entry) = 0;

    // Signed changes ---------------------------------------------------------------------------

    /// Keeps the digest of a signature, with `now` as the time at which it was seen, unless it is
    /// kept already. The time at which it was first seen, by whichever program. It may be forgotten
    /// from `expires_at` on.
    virtual Result<Timestamp> note_signature(const KeyDigest& digest, Timestamp now,
                                             Timestamp expires_at) = 0;
};

/// How `open_storage` behaves.
struct StorageOptions {
    Logger* logger = nullptr;     ///< Must outlive the storage. Empty: silent.
    std::size_t connections = 8;  ///< PostgreSQL: connections for claims; a few more for the rest.
    std::chrono::milliseconds deadline{2'000};  ///< Longest wait of one call for the backend.
    /// PostgreSQL: longest wait of `migrate` for other programs that do the same. After two seconds
    /// (half of it, if that is less) the log says what is waited for.
    std::chrono::milliseconds migration_wait{60'000};
};

/// Opens the storage that `uri` names: `memory:`, `sqlite:PATH`, `postgresql://…` (or
/// `postgres://…`; libpq's connection URI). Does not migrate. kInvalidArgument: no such scheme, or
/// a malformed rest; kUnavailable: the backend does not answer (an SQLite file that cannot be
/// made). A PostgreSQL server that is down is no error here: every call tries again.
Result<std::unique_ptr<Storage>> open_storage(std::string_view uri,
                                              const StorageOptions& options = {});

}  // namespace rescuestream
