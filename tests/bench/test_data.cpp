#include "bench/test_data.hpp"

#include <fmt/format.h>

#include <memory>
#include <pqxx/pqxx>
#include <stdexcept>

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

// What is copied: a free key, and another with a live and an ended stream.
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

// A copy of a row: every column as the original has it but the ones that `changes` names.
std::string copy_of(std::string_view table, std::string_view changes) {
    return fmt::format(
        "INSERT INTO rescuestream.{0} SELECT (jsonb_populate_record(o, jsonb_build_object({1}))).* "
        "FROM rescuestream.{0} o",
        table, changes);
}

// The value of key n, as questions.py makes it too.
constexpr std::string_view kKeyValue =
    "'sk_' || translate(rtrim(encode(sha256(convert_to('bench ' || n, 'UTF8')), 'base64'), '='), "
    "'+/', '-_')";

void copy_keys(pqxx::transaction_base& step, const StreamKeyRow& original, std::size_t first,
               std::size_t count) {
    if (count == 0) return;
    step.exec(copy_of("stream_keys",
                      fmt::format("'id', gen_random_uuid(), 'label', 'Unit ' || n, "
                                  "'playback_path', 'live/unit-' || n, 'created_at', o.created_at "
                                  "- n * interval '1 second', 'owner_connection', CASE WHEN "
                                  "o.owner_connection IS NULL THEN NULL ELSE "
                                  "gen_random_uuid()::text END, 'digest', "
                                  "sha256(convert_to({}, 'UTF8'))",
                                  kKeyValue)) +
              fmt::format(", generate_series({}, {}) n WHERE o.id = '{}'", first, first + count - 1,
                          original.key.id.to_string()));
}

void copy_live_streams(pqxx::transaction_base& step, const Originals& originals) {
    step.exec(copy_of("streams",
                      "'id', gen_random_uuid(), 'stream_key_id', k.id, 'path', k.playback_path, "
                      "'source_id', k.owner_connection, 'started_at', k.created_at") +
              fmt::format(" JOIN rescuestream.stream_keys k ON k.owner_live AND k.id <> "
                          "o.stream_key_id WHERE o.id = '{}' AND NOT EXISTS (SELECT FROM "
                          "rescuestream.streams s WHERE s.stream_key_id = k.id)",
                          originals.live_stream.id.to_string()));
}

// Spread over the past, one a minute.
void copy_ended_streams(pqxx::transaction_base& step, StreamId original, std::size_t count) {
    if (count == 0) return;
    step.exec(
        copy_of("streams",
                "'id', gen_random_uuid(), 'started_at', o.started_at - n * interval '1 minute', "
                "'ended_at', o.started_at - n * interval '1 minute' + interval '50 seconds'") +
        fmt::format(", generate_series(1, {}) n WHERE o.id = '{}'", count, original.to_string()));
}

void copy_audit_entries(pqxx::transaction_base& step, std::size_t count) {
    if (count == 0) return;
    step.exec(
        copy_of("audit_entries",
                "'id', gen_random_uuid(), 'occurred_at', o.occurred_at - n * interval '1 second'") +
        fmt::format(", generate_series(1, {}) n WHERE o.id = (SELECT id FROM "
                    "rescuestream.audit_entries WHERE actor = 'benchmark' LIMIT 1)",
                    count));
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
        copy_keys(step, originals.live_key, size.first_key, size.live_streams);
        copy_keys(step, originals.free_key, size.first_key + size.live_streams,
                  size.keys - size.live_streams);
        copy_live_streams(step, originals);
        copy_ended_streams(step, originals.ended_stream.id, size.ended_streams);
        copy_audit_entries(step, size.audit_entries);
        // The originals have done their service: the lists hold the copies alone.
        step.exec(fmt::format("DELETE FROM rescuestream.stream_transitions WHERE stream_id = '{}'",
                              originals.live_stream.id.to_string()));
        step.exec(fmt::format("DELETE FROM rescuestream.streams WHERE id = '{}'",
                              originals.live_stream.id.to_string()));
        step.exec(fmt::format(
            "UPDATE rescuestream.stream_keys SET deleted_at = created_at, "
            "revoked_at = created_at, owner_connection = NULL, owner_live = NULL "
            "WHERE id IN ('{}', '{}')",
            originals.free_key.key.id.to_string(), originals.live_key.key.id.to_string()));
        step.commit();
    }
    pqxx::nontransaction step(connection);
    step.exec("VACUUM ANALYZE");
    step.exec("CHECKPOINT");
}

}  // namespace rescuestream::bench
