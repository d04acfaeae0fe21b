#include "storage/sql/records.hpp"

#include <algorithm>
#include <utility>

#include "fields/broadcaster.hpp"
#include "fields/incident.hpp"
#include "fields/stream_key_json.hpp"
#include "json/values.hpp"
#include "rules/key.hpp"
#include "storage/sql/field_columns.hpp"
#include "support/time_range.hpp"

namespace rescuestream::sql {
namespace {

constexpr int kKeyColumnCount = 19;
constexpr int kClaimColumnCount = 11;
constexpr int kTotalsColumnCount = 3;
constexpr int kStreamColumnCount = 22;

Claim read_claim(RowReader row) {
    Claim claim;
    claim.connection = ConnectionId{row.text()};
    claim.node = row.text();
    claim.protocol = row.name<Protocol>();
    claim.path_is_secret = row.boolean();
    claim.remote_address = row.text();
    claim.user_agent = row.text();
    claim.claimed_at = row.time();
    claim.live = row.boolean();
    claim.stalled_since = row.optional_time();
    claim.last_takeover_at = row.optional_time();
    claim.by_previous_value = row.boolean();
    return claim;
}

// The column `playback` is of a release before playback policies, which stand in `policies`.
const std::string kUnusedPlayback = "public";

Value connection_of(const std::optional<ConnectionId>& value) {
    return value ? Value(value->value) : Value();
}

// In place of a time that cannot be read, a block lasts; other times are past, and end the use.
std::optional<Timestamp> read_block(RowReader& row) {
    return row.optional([&] { return row.time(kLatestTime); });
}

}  // namespace

StreamKeyPolicies read_policies(RowReader& row) {
    row.skip(1);  // `playback`
    const auto on_duplicate = row.optional([&] { return row.name<OnDuplicate>(); });
    StreamKeyPolicies unknown;
    rules::mark_unreadable(unknown);
    auto policies = row.parsed(
        [](const std::string& text) {
            try {
                StreamKeyPolicies stored;
                fields::read_stored_policies(text, stored);
                return stored;
            } catch (const json::BadValue& error) {
                throw Failure{Failure::Kind::kDefect, error.what()};
            }
        },
        std::move(unknown));
    policies.on_duplicate = on_duplicate;
    return policies;
}

JsonObject RowReader::json() {
    return parsed([](const std::string& text) {
        auto object = JsonObject::parse(text);
        if (!object) throw Failure{Failure::Kind::kDefect, "stored metadata is not a JSON object"};
        return *std::move(object);
    });
}

// Without the name, which somebody may have written: this is logged.
void RowReader::fail() {
    throw Failure{Failure::Kind::kDefect, "a stored name is not known"};
}

Broadcaster read_broadcaster(RowReader row) {
    Broadcaster broadcaster;
    broadcaster.id = row.id<BroadcasterId>();
    fields::for_each_field(broadcaster, ReadColumn{row});
    broadcaster.disabled = row.boolean();
    broadcaster.created_at = row.time();
    broadcaster.updated_at = row.time();
    broadcaster.incident_id = row.optional([&] { return row.id<IncidentId>(); });
    return broadcaster;
}

StreamKey read_key(RowReader row) {
    StreamKey key;
    key.id = row.own_id<StreamKeyId>();
    key.broadcaster_id = row.id<BroadcasterId>();
    key.label = row.text();
    key.playback_path = row.text();
    key.policies = read_policies(row);
    if (row.has_failed()) rules::mark_unreadable(key.policies);
    key.disabled = row.boolean();
    key.broadcaster_disabled = row.boolean();
    key.created_at = row.time();
    key.expires_at = row.optional_time();
    key.revoked_at = row.optional_time();
    key.blocked_until = read_block(row);
    key.previous_value_expires_at = row.optional_time();
    key.last_used_at = row.optional_time();
    key.incident_id = row.optional([&] { return row.id<IncidentId>(); });
    key.until_closed = row.boolean();
    key.created_by = row.text();
    key.rotated_at = row.optional_time();
    return key;
}

KeyFact read_key_fact(RowReader row) {
    KeyFact fact;
    fact.stream_key_id = row.id<StreamKeyId>();
    fact.digest = row.digest();
    fact.previous_digest = row.optional([&] { return row.digest(); });
    fact.previous_expires_at = row.optional_time();
    fact.playback_path = row.text();
    fact.policies = read_policies(row);
    if (row.has_failed()) rules::mark_unreadable(fact.policies);
    fact.disabled = row.boolean();
    fact.expires_at = row.optional_time();
    fact.revoked_at = row.optional_time();
    fact.blocked_until = read_block(row);
    fact.deleted = row.boolean();
    if (row.has_failed() && fact.stream_key_id == StreamKeyId()) {
        // Its path must not lose its policy, and no two such keys may be taken for one.
        Uuid::Bytes part{};
        std::copy_n(fact.digest.begin(), part.size(), part.begin());
        fact.stream_key_id = StreamKeyId(Uuid(part));
    }
    return fact;
}

Session read_session(RowReader row) {
    Session session;
    session.key = read_key(row);
    row.skip(kKeyColumnCount);
    if (!row.at_null()) session.claim = read_claim(row);
    row.skip(kClaimColumnCount);
    session.version = row.integer();
    if (const auto reason = row.optional([&] { return row.name(EndReason::kStopped); })) {
        session.pending_end = EndCause{*reason, row.name(ObservedBy::kReconciler)};
    } else {
        row.skip(1);
    }
    if (row.at_null()) return session;
    try {
        session.stream = read_stream(row);
    } catch (Failure& failure) {
        if (!row.is_lenient()) throw;
        row.remember(std::move(failure));
        return session;
    }
    // By the join, whatever the row says.
    session.stream->stream_key_id = session.key.id;
    if (session.stream->broadcaster_id == BroadcasterId()) {
        session.stream->broadcaster_id = session.key.broadcaster_id;
    }
    if (row.has_failed() && session.claim && session.stream->started_at == Timestamp{}) {
        session.stream->started_at = session.claim->claimed_at;
    }
    return session;
}

Stream read_stream(RowReader row) {
    Stream stream;
    stream.id = row.own_id<StreamId>();
    stream.stream_key_id = row.id<StreamKeyId>();
    stream.broadcaster_id = row.id<BroadcasterId>();
    stream.node = row.text();
    stream.path = row.text();
    stream.state = row.name(StreamState::kLive);
    stream.generation = static_cast<std::int32_t>(row.integer());
    stream.started_at = row.time();
    stream.ended_at = row.optional_time();
    stream.end_reason = row.optional([&] { return row.name(EndReason::kLost); });
    stream.source_type = row.optional_text();
    stream.source_id = row.optional([&] { return ConnectionId{row.text()}; });
    stream.interrupted_at = row.optional_time();
    stream.interruptions = static_cast<std::int32_t>(row.integer());
    stream.interrupted_for = std::chrono::milliseconds(row.integer());
    stream.observed_by = row.name(ObservedBy::kReconciler);
    stream.metadata = row.json();
    stream.recording_ref = row.optional_text();
    if (!row.at_null()) {
        StreamTotals totals;
        totals.inbound_bytes = static_cast<std::uint64_t>(row.integer());
        totals.peak_bitrate = static_cast<std::uint64_t>(row.integer());
        totals.peak_readers = static_cast<std::uint32_t>(row.integer());
        stream.totals = totals;
    } else {
        row.skip(kTotalsColumnCount);
    }
    stream.incident_id = row.optional([&] { return row.id<IncidentId>(); });
    return stream;
}

ListedStream read_listed_stream(RowReader row) {
    ListedStream listed{read_stream(row), {}, {}, {}, {}, {}, {}};
    row.skip(kStreamColumnCount);
    listed.key_label = row.text();
    listed.broadcaster_name = row.text();
    return listed;
}

StreamTransition read_transition(RowReader row) {
    StreamTransition transition;
    transition.at = row.time();
    transition.kind = row.name<TransitionKind>();
    transition.source = row.name<ObservedBy>();
    transition.generation = static_cast<std::int32_t>(row.integer());
    transition.connection = row.optional([&] { return ConnectionId{row.text()}; });
    transition.reason = row.text();
    transition.gap = row.optional([&] { return std::chrono::milliseconds(row.integer()); });
    return transition;
}

Cutoff read_cutoff(RowReader row) {
    Cutoff cutoff;
    cutoff.stream_key_id = row.own_id<StreamKeyId>();
    cutoff.connection = ConnectionId{row.text()};
    cutoff.node = row.text();
    cutoff.protocol = row.name<Protocol>();
    cutoff.playback_path = row.text();
    cutoff.digest = row.digest();
    cutoff.stream_id = row.optional([&] { return row.id<StreamId>(); });
    cutoff.cause.reason = row.name(EndReason::kStopped);
    cutoff.cause.decided_by = row.name(ObservedBy::kReconciler);
    cutoff.requested_at = row.time();
    return cutoff;
}

AuditEntry read_audit(RowReader row) {
    AuditEntry entry;
    entry.id = row.id<AuditEntryId>();
    entry.timestamp = row.time();
    entry.actor = row.text();
    entry.action = row.text();
    entry.resource_type = row.optional_text();
    entry.resource_id = row.optional_text();
    entry.request_method = row.text();
    entry.request_path = row.text();
    entry.ip_address = row.text();
    entry.outcome = row.name<AuditOutcome>();
    entry.failure_reason = row.optional_text();
    entry.metadata = row.json();
    entry.request_id = row.optional_text();
    entry.origin = row.name<AuditOrigin>();
    return entry;
}

Incident read_incident(RowReader row) {
    Incident incident;
    incident.id = row.id<IncidentId>();
    fields::for_each_field(incident, ReadColumn{row});
    incident.created_at = row.time();
    incident.updated_at = row.time();
    incident.created_by = row.text();
    incident.closed_at = row.optional_time();
    incident.closed_by = row.text();
    return incident;
}

Values values_of(const Incident& incident) {
    Values values{incident.id.uuid()};
    fields::for_each_field(incident, AddValue{values});
    values.insert(values.end(), {incident.created_at, incident.updated_at, incident.created_by,
                                 nullable(incident.closed_at), incident.closed_by});
    return values;
}

Values values_of(const Broadcaster& broadcaster) {
    Values values{broadcaster.id.uuid()};
    fields::for_each_field(broadcaster, AddValue{values});
    values.insert(values.end(),
                  {broadcaster.disabled, broadcaster.created_at, broadcaster.updated_at});
    return values;
}

Values values_of(const StreamKeyRow& row) {
    const StreamKey& key = row.key;
    return {key.id.uuid(),
            key.broadcaster_id.uuid(),
            key.label,
            key.playback_path,
            kUnusedPlayback,
            name_of(key.policies.on_duplicate),
            fields::stored_policies(key.policies),
            key.disabled,
            key.created_at,
            nullable(key.expires_at),
            nullable(key.revoked_at),
            nullable(key.last_used_at),
            row.digest,
            key.until_closed,
            key.created_by};
}

Values update_values(const StreamKey& key) {
    return {key.id.uuid(),
            key.label,
            kUnusedPlayback,
            name_of(key.policies.on_duplicate),
            fields::stored_policies(key.policies),
            nullable(key.expires_at),
            key.disabled,
            key.playback_path};
}

Values values_of(const Stream& stream) {
    const auto total = [&stream](auto member) {
        return stream.totals ? Value(static_cast<std::int64_t>((*stream.totals).*member)) : Value();
    };
    return {stream.id.uuid(),
            stream.stream_key_id.uuid(),
            stream.broadcaster_id.uuid(),
            stream.node,
            stream.path,
            name_of(stream.state),
            std::int64_t{stream.generation},
            stream.started_at,
            nullable(stream.ended_at),
            name_of(stream.end_reason),
            nullable(stream.source_type),
            connection_of(stream.source_id),
            nullable(stream.interrupted_at),
            std::int64_t{stream.interruptions},
            std::int64_t{stream.interrupted_for.count()},
            name_of(stream.observed_by),
            stream.metadata.text(),
            nullable(stream.recording_ref),
            total(&StreamTotals::inbound_bytes),
            total(&StreamTotals::peak_bitrate),
            total(&StreamTotals::peak_readers),
            uuid_of(stream.incident_id)};
}

Values values_of(StreamId stream, const StreamTransition& transition) {
    return {stream.uuid(),
            transition.at,
            name_of(transition.kind),
            name_of(transition.source),
            std::int64_t{transition.generation},
            connection_of(transition.connection),
            transition.reason,
            transition.gap ? Value(std::int64_t{transition.gap->count()}) : Value()};
}

Values values_of(const Cutoff& cutoff) {
    return {
        cutoff.stream_key_id.uuid(),      cutoff.connection.value,   cutoff.node,
        name_of(cutoff.protocol),         uuid_of(cutoff.stream_id), name_of(cutoff.cause.reason),
        name_of(cutoff.cause.decided_by), cutoff.requested_at,       cutoff.digest};
}

Values values_of(const AuditEntry& entry) {
    return {entry.id.uuid(),
            entry.timestamp,
            entry.actor,
            entry.action,
            nullable(entry.resource_type),
            nullable(entry.resource_id),
            entry.request_method,
            entry.request_path,
            entry.ip_address,
            name_of(entry.outcome),
            nullable(entry.failure_reason),
            entry.metadata.text(),
            nullable(entry.request_id),
            name_of(entry.origin)};
}

}  // namespace rescuestream::sql
