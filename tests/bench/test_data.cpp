#include "bench/test_data.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <pqxx/pqxx>
#include <stdexcept>
#include <string>
#include <vector>

#include "rescuestream/random_source.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/storage.hpp"
#include "support/make_uuid.hpp"

namespace rescuestream::bench {
namespace {

template <class IdType>
IdType new_id() {
    return IdType(make_uuid(system_clock().now(), system_random()));
}

AuditEntry make_audit() {
    AuditEntry entry;
    entry.id = new_id<AuditEntryId>();
    entry.timestamp = system_clock().now();
    entry.actor = "benchmark";
    entry.action = "create";
    return entry;
}

// The originals of all copies: a free key, and another with a live and an ended stream.
struct Originals {
    StreamKeyRow free_key;
    StreamKeyRow live_key;
    Stream live_stream;
    Stream ended_stream;
};

StreamKeyRow make_key(Storage& storage, BroadcasterId owner) {
    StreamKeyRow row;
    row.key.id = new_id<StreamKeyId>();
    row.key.broadcaster_id = owner;
    row.key.label = "Original";
    row.key.playback_path = "original/" + row.key.id.to_string();
    row.key.created_at = system_clock().now();
    row.digest = digest_key_value(generate_key_value(system_random()).reveal());
    storage.create_stream_key(row, make_audit()).value();
    return row;
}

Stream begin_stream(Storage& storage, const StreamKeyRow& row) {
    ClaimRequest request;
    request.digest = row.digest;
    request.path = row.key.playback_path;
    request.claim.connection = ConnectionId{new_id<StreamId>().to_string()};
    request.claim.node = "default";
    request.claim.protocol = Protocol::kRtmp;
    request.claim.remote_address = "192.0.2.1";
    request.claim.claimed_at = system_clock().now();
    if (storage.claim(request).value().decision != ClaimDecision::kGranted) {
        throw std::runtime_error("a fresh key was refused");
    }
    const Session session = storage.load_session(row.key.id).value();
    SessionChange change;
    change.stream_key_id = row.key.id;
    change.expected_version = session.version;
    change.set_claim = true;
    change.claim = session.claim;
    change.claim->live = true;
    change.stream.emplace();
    change.stream->id = new_id<StreamId>();
    change.stream->stream_key_id = row.key.id;
    change.stream->broadcaster_id = row.key.broadcaster_id;
    change.stream->node = "default";
    change.stream->path = row.key.playback_path;
    change.stream->started_at = request.claim.claimed_at;
    change.stream->source_type = "rtmpConn";
    change.stream->source_id = request.claim.connection;
    storage.commit_session(change).value();
    return *change.stream;
}

void end_stream(Storage& storage, Stream stream) {
    stream.state = StreamState::kEnded;
    stream.ended_at = system_clock().now();
    stream.end_reason = EndReason::kClientDisconnected;
    SessionChange change;
    change.stream_key_id = stream.stream_key_id;
    change.expected_version = storage.load_session(stream.stream_key_id).value().version;
    change.set_claim = true;
    change.stream = std::move(stream);
    storage.commit_session(change).value();
}

Originals make_originals(Storage& storage) {
    Broadcaster broadcaster;
    broadcaster.id = new_id<BroadcasterId>();
    broadcaster.display_name = "Benchmark";
    broadcaster.created_at = broadcaster.updated_at = system_clock().now();
    storage.create_broadcaster(broadcaster, make_audit()).value();
    Originals originals;
    originals.free_key = make_key(storage, broadcaster.id);
    originals.live_key = make_key(storage, broadcaster.id);
    originals.ended_stream = begin_stream(storage, originals.live_key);
    end_stream(storage, originals.ended_stream);
    originals.live_stream = begin_stream(storage, originals.live_key);
    return originals;
}

using Changes = std::map<std::string, std::string>;

// Copies a row, `o`: every column has the original's value, except the changed ones, whose SQL may
// use what `from` provides.
void copy(pqxx::transaction_base& step, const std::string& table, const std::string& original,
          const Changes& changes, const std::string& from) {
    std::string names;
    std::string values;
    for (const auto& row : step.exec_params("SELECT attname FROM pg_attribute WHERE attnum > 0 "
                                            "AND NOT attisdropped AND attrelid = $1::regclass",
                                            "rescuestream." + table)) {
        const std::string name = row[0].c_str();
        const auto changed = changes.find(name);
        names += (names.empty() ? "" : ", ") + name;
        values += (values.empty() ? "" : ", ") +
                  (changed == changes.end() ? "o." + name : changed->second);
    }
    step.exec(
        fmt::format("INSERT INTO rescuestream.{0} ({1}) SELECT {2} FROM rescuestream.{0} o "
                    "CROSS JOIN {3} AND o.id = '{4}'",
                    table, names, values, from, original));
}

// Drops the indexes of a table, except those of constraints, for its lifetime: millions of rows are
// sorted once instead of being put into each index one by one.
class WithoutIndexes {
public:
    WithoutIndexes(pqxx::transaction_base& step, const std::string& table, std::size_t new_rows)
        : step_(step) {
        constexpr std::size_t kWorthIt = 500'000;
        if (new_rows < kWorthIt) return;
        for (const auto& row : step.exec_params(
                 "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index "
                 "WHERE indrelid = $1::regclass AND NOT EXISTS (SELECT FROM pg_constraint c "
                 "WHERE c.conindid = indexrelid)",
                 "rescuestream." + table)) {
            definitions_.emplace_back(row[1].c_str());
            step.exec(fmt::format("DROP INDEX {}", row[0].c_str()));
        }
    }
    void put_back() {
        step_.exec("SET LOCAL maintenance_work_mem = '256MB'");
        for (const auto& definition : definitions_) step_.exec(definition);
    }

private:
    pqxx::transaction_base& step_;
    std::vector<std::string> definitions_;
};

// One row for each number, `n`.
std::string numbers(std::size_t first, std::size_t count) {
    return fmt::format("generate_series({}, {}) n WHERE TRUE", first, first + count - 1);
}

// The value of key n, as questions.py computes it too.
constexpr std::string_view kKeyValue =
    "'sk_' || translate(rtrim(encode(sha256(convert_to('bench ' || n, 'UTF8')), 'base64'), '='), "
    "'+/', '-_')";

void copy_keys(pqxx::transaction_base& step, const StreamKeyRow& original, std::size_t first,
               std::size_t count) {
    if (count == 0) return;
    copy(step, "stream_keys", original.key.id.to_string(),
         {{"id", "gen_random_uuid()"},
          {"label", "'Unit ' || n"},
          {"fact_xid", "pg_current_xact_id()"},  // as for any new row
          {"playback_path", "'live/unit-' || n"},
          {"created_at", "o.created_at - n * interval '1 second'"},
          {"digest", fmt::format("sha256(convert_to({}, 'UTF8'))", kKeyValue)},
          {"owner_connection",
           "CASE WHEN o.owner_connection IS NOT NULL THEN gen_random_uuid()::text END"}},
         numbers(first, count));
}

void copy_live_streams(pqxx::transaction_base& step, const Originals& originals) {
    copy(step, "streams", originals.live_stream.id.to_string(),
         {{"id", "gen_random_uuid()"},
          {"stream_key_id", "k.id"},
          {"path", "k.playback_path"},
          {"source_id", "k.owner_connection"},
          {"started_at", "k.created_at"}},
         "rescuestream.stream_keys k WHERE k.owner_live AND k.id <> o.stream_key_id AND NOT EXISTS "
         "(SELECT FROM rescuestream.streams s WHERE s.stream_key_id = k.id)");
}

// The streams are spread over the past, one a minute.
void copy_ended_streams(pqxx::transaction_base& step, const Stream& original, std::size_t count) {
    if (count == 0) return;
    WithoutIndexes indexes(step, "streams", count);
    copy(step, "streams", original.id.to_string(),
         {{"id", "gen_random_uuid()"},
          {"started_at", "o.started_at - n * interval '1 minute'"},
          {"ended_at", "o.started_at - n * interval '1 minute' + interval '50 seconds'"}},
         numbers(1, count));
    indexes.put_back();
}

// Each copy gets a timeline: started, then ended.
void make_transitions(pqxx::transaction_base& step, const Stream& original) {
    step.exec(fmt::format(
        "INSERT INTO rescuestream.stream_transitions (stream_id, sequence, occurred_at, kind, "
        "source, generation, reason) SELECT s.id, v.sequence, CASE v.sequence WHEN 1 THEN "
        "s.started_at ELSE s.ended_at END, v.kind, 'hook', 1, v.reason FROM rescuestream.streams s "
        "CROSS JOIN (VALUES (1, 'started', ''), (2, 'ended', 'client_disconnected')) "
        "AS v(sequence, kind, reason) WHERE s.stream_key_id = '{}' AND s.state = 'ended' "
        "ON CONFLICT DO NOTHING",
        original.stream_key_id.to_string()));
}

void copy_audit_entries(pqxx::transaction_base& step, std::size_t count) {
    if (count == 0) return;
    const auto original = step.exec(
        "SELECT id FROM rescuestream.audit_entries WHERE actor = 'benchmark' "
        "ORDER BY occurred_at DESC LIMIT 1");
    WithoutIndexes indexes(step, "audit_entries", count);
    copy(step, "audit_entries", original.at(0)[0].c_str(),
         {{"id", "gen_random_uuid()"}, {"occurred_at", "o.occurred_at - n * interval '1 second'"}},
         numbers(1, count));
    indexes.put_back();
}

}  // namespace

void make_test_data(const std::string& uri, const DataSize& size) {
    if (size.keys < size.live_streams) {
        throw std::runtime_error("there must be as many keys as live streams");
    }
    std::unique_ptr<Storage> storage = open_storage(uri).value();
    const Originals originals = make_originals(*storage);
    pqxx::connection connection(uri);
    {
        pqxx::work step(connection);
        // References are right by construction; checking each of ten million rows is
        // slow.
        step.exec("SET LOCAL session_replication_role = replica");
        copy_keys(step, originals.live_key, size.first_key, size.live_streams);
        copy_keys(step, originals.free_key, size.first_key + size.live_streams,
                  size.keys - size.live_streams);
        copy_live_streams(step, originals);
        copy_ended_streams(step, originals.ended_stream, size.ended_streams);
        if (size.with_transitions) make_transitions(step, originals.ended_stream);
        copy_audit_entries(step, size.audit_entries);
        // The originals are not needed any more: the lists hold only the copies.
        step.exec(fmt::format("DELETE FROM rescuestream.stream_transitions WHERE stream_id = '{}'",
                              originals.live_stream.id.to_string()));
        step.exec(fmt::format("DELETE FROM rescuestream.streams WHERE id = '{}'",
                              originals.live_stream.id.to_string()));
        step.exec(fmt::format(
            "UPDATE rescuestream.stream_keys SET deleted_at = created_at, "
            "fact_xid = pg_current_xact_id(), revoked_at = created_at, "
            "owner_connection = NULL, owner_live = NULL "
            "WHERE id IN ('{}', '{}')",
            originals.free_key.key.id.to_string(), originals.live_key.key.id.to_string()));
        step.commit();
    }
    pqxx::nontransaction step(connection);
    step.exec("VACUUM ANALYZE");
    // Its triggers were disabled meanwhile.
    step.exec("SELECT pg_notify('rescuestream', 'stream_keys')");
    step.exec("CHECKPOINT");
}

}  // namespace rescuestream::bench
