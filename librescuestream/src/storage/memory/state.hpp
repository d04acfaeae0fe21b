#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "rescuestream/audit_chain.hpp"
#include "rescuestream/audit_draft.hpp"
#include "rescuestream/claims.hpp"
#include "rescuestream/guest_links.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/incidents.hpp"
#include "rescuestream/key_changes.hpp"
#include "rescuestream/nodes.hpp"
#include "rescuestream/playback.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/refused_attempts.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/sessions.hpp"
#include "rescuestream/storage/credentials.hpp"
#include "rescuestream/streams.hpp"
#include "rescuestream/time.hpp"
#include "rescuestream/viewers.hpp"
#include "storage/memory/newest_first.hpp"
#include "storage/reservation_state.hpp"

namespace rescuestream::memory {

struct DigestHash {
    std::size_t operator()(const KeyDigest& digest) const noexcept {
        // Any eight bytes of a SHA-256 can serve as its hash.
        std::size_t value = 0;
        std::memcpy(&value, digest.data(), sizeof value);
        return value;
    }
};

struct KeyEntry {
    StreamKey key;
    KeyDigest digest{};
    std::optional<KeyDigest> previous_digest;  ///< From before a rotation.
    bool deleted = false;                      ///< Together with its broadcaster.
    std::optional<Claim> claim;
    std::optional<StreamId> stream;  ///< The stream that has not ended.
    std::int64_t version = 0;
    std::int64_t fact_version = 0;
    NewestFirst streams;  ///< All streams of the key.
};

struct BroadcasterEntry {
    Broadcaster broadcaster;
    NewestFirst keys;
};

/// What playback tokens are judged by.
struct PlaybackState {
    template <class T>
    struct Versioned {
        T value;
        std::int64_t version = 0;  ///< Of the last change.
    };
    std::map<std::string, Versioned<PlaybackKey>> keys;
    std::map<std::string, std::string> accounts_of_keys;
    std::map<KeyDigest, Versioned<ShortPlaybackToken>> short_tokens;
    std::map<std::pair<RevokedBy, std::string>, Versioned<PlaybackRevocation>> revocations;
    std::int64_t version = 0;
};

struct ViewerState {
    struct Versioned {
        Viewer value;
        std::int64_t version = 0;  ///< Of the last change.
    };
    std::unordered_map<ConnectionId, Versioned> by_id;
    std::int64_t version = 0;
};

/// The records of a storage in memory, and the parts of steps that its roles share.
///
/// Thread-safety: a step holds `mutex` from its first check to its last write. All functions
/// require that.
struct MemoryState {
    /// The pointers are null if the record does not exist (any more).
    BroadcasterEntry* visible_broadcaster(BroadcasterId id);
    KeyEntry* visible_key(StreamKeyId id);
    KeyEntry* visible_key(const KeyDigest& digest);

    Session session_of(const KeyEntry& entry) const;
    /// Adds the names of the stream's key and broadcaster.
    ListedStream listed(const Stream& stream) const;
    static KeyFact fact_of(const KeyEntry& entry);
    /// The key and its pending cut-offs, as the outcome of a change of it.
    KeyChangeOutcome outcome_of(const KeyEntry& entry, bool changed) const;

    /// What an incident consists of: the texts of the ids of itself, its broadcasters, keys,
    /// streams with their keys and broadcasters, and guest links; and its times. Empty: there is
    /// none.
    struct IncidentScope {
        std::unordered_set<std::string> ids;
        Timestamp from{};
        std::optional<Timestamp> to;

        bool overlaps(Timestamp first, Timestamp last) const noexcept {
            return last >= from && (!to || first <= *to);
        }
    };
    std::optional<IncidentScope> scope_of(IncidentId id) const;

    /// When it was decided that the stream has ended; empty: that was not recorded.
    std::optional<Timestamp> end_decided_at(StreamId id) const;

    bool audit_exists(const AuditEntry& entry) const;
    /// Also marks the entry's reservation.
    void write_audit(const ChangeEntry& entry);
    /// Fails if the reservation of the change, if it has one, cannot be marked. A step that creates
    /// something checks this first.
    Result<void> check_reservation(const AuditDraft& change);
    /// The same for a change of `key`, whose names are added.
    void write_audit(const AuditDraft& draft, const StreamKey& key);
    void write_stream(KeyEntry& entry, const Stream& stream);
    /// Returns the cut-off that is stored: an earlier one for the same connection stays.
    const Cutoff& write_cutoff(Cutoff cutoff);
    /// The number of the key's cut-offs at a node.
    std::size_t cutoffs_at(StreamKeyId key, const std::string& node) const;
    void append_cutoffs(StreamKeyId key, std::vector<Cutoff>& out) const;

    /// The sessions of the keys with this path that are not revoked, in the order of
    /// rules::sort_by_priority.
    std::vector<Session> sessions_at(const std::string& path) const;
    /// Fails if `key`, which is new, may not have its path.
    Result<void> check_path(const StreamKey& key) const;
    void enter_path(const KeyEntry& entry);
    void leave_path(const KeyEntry& entry);

    /// Notes that the fact of the key has changed.
    void number_fact(KeyEntry& entry);
    /// Revokes the key, ends its claim, and writes the cut-offs.
    void revoke(KeyEntry& entry, Timestamp now);
    /// Ends the claim and writes the cut-offs.
    void cut_off(KeyEntry& entry, EndCause cause, Timestamp now);
    void cut_off(KeyEntry& entry, EndReason reason, Timestamp now) {
        cut_off(entry, EndCause{reason, ObservedBy::kAdmin}, now);
    }
    /// Writes the cut-off that follows when the claim becomes `next`.
    void cut_off_replaced(const KeyEntry& entry, const std::optional<Claim>& next);

    /// Writes the cut-offs of rules::is_cut_off_by_grant after a grant of `claim` for the key.
    void cut_off_waiting(const KeyEntry& granted, const Claim& claim);

    /// Removes signatures and nonces that have expired.
    void forget_signatures(Timestamp now);

    /// Notes that the connection belongs to `entry` from now on.
    void remember_connection(const ConnectionId& connection, const KeyEntry& entry);
    /// Returns true if the connection of `request` belongs to another key than `entry`.
    bool is_foreign(const KeyEntry& entry, const ClaimRequest& request) const;
    static bool has_claim(const KeyEntry& entry, const ConnectionId& connection);
    bool has_source(const KeyEntry& entry, const ConnectionId& connection) const;

    std::mutex mutex;

    std::unordered_map<BroadcasterId, BroadcasterEntry> broadcasters;
    NewestFirst broadcaster_order;
    std::unordered_map<BroadcasterId, std::string> removed_broadcasters;  ///< Their names.

    std::unordered_map<StreamKeyId, KeyEntry> keys;  ///< Including keys of deleted broadcasters.
    NewestFirst key_order;
    std::unordered_map<KeyDigest, StreamKeyId, DigestHash> key_by_digest;
    /// Only keys that are not revoked. No path is empty.
    std::unordered_map<std::string, std::vector<StreamKeyId>> keys_by_path;

    /// The key with which a connection was last seen; it may have lost it since.
    std::unordered_map<ConnectionId, StreamKeyId> key_of_connection;

    std::map<std::int64_t, StreamKeyId> fact_order;
    std::int64_t newest_fact = 0;

    std::unordered_map<StreamId, Stream> streams;
    std::unordered_map<StreamId, std::vector<StreamTransition>> transitions;
    NewestFirst stream_order;
    NewestFirst open_stream_order;  ///< Streams that have not ended.

    using CutoffName = std::pair<StreamKeyId, ConnectionId>;
    std::map<CutoffName, Cutoff> cutoffs;  ///< Pending cut-offs.

    std::unordered_map<IncidentId, Incident> incidents;
    std::unordered_map<IncidentId, std::string> accounts_of_incidents;
    std::unordered_map<IncidentId, std::set<BroadcasterId>> broadcasters_when_closed;
    std::unordered_map<IncidentId, std::set<StreamKeyId>> keys_when_closed;
    NewestFirst incident_order;

    std::unordered_map<GuestLinkId, GuestLinkRow> guest_links;
    NewestFirst guest_link_order;
    std::map<std::pair<GuestLinkId, std::string>, Timestamp> guest_entries;  ///< By link, address.

    std::map<std::string, Node> nodes;
    std::map<std::string, NodeLease> leases;
    std::map<std::pair<std::string, std::string>, NodeStanding> standings;  ///< By name, address.
    std::map<std::string, std::vector<UnknownSource>> unknown_sources;      ///< By node.

    std::unordered_map<AuditEntryId, AuditEntry> audit;
    NewestFirst audit_order;

    std::map<std::int64_t, AuditSeal> seals;

    std::map<RefusedAttemptId, RefusedAttempt> refused_attempts;

    PlaybackState playback;
    ViewerState viewers;

    std::map<ApiCredentialId, ApiCredentialRow> credentials;
    std::vector<ApiSession> sessions;
    std::int64_t credential_changes = 1;  ///< The number of the last one.

    struct Reservation : KeptReservation {
        Uuid id;
    };
    /// Returns null if there is none with this id.
    Reservation* reservation(const Uuid& id);
    std::unordered_map<KeyDigest, Reservation, DigestHash> reservations;
    std::unordered_map<Uuid, KeyDigest> reservation_keys;

    std::unordered_map<KeyDigest, Timestamp, DigestHash> signatures;  ///< When first seen.
    std::multimap<Timestamp, KeyDigest> signature_expiry;
};

}  // namespace rescuestream::memory
