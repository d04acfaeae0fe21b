#include "bench/test_data.hpp"

#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <pqxx/pqxx>
#include <stdexcept>
#include <thread>

#include "rescuestream/random_source.hpp"
#include "rescuestream/secret.hpp"
#include "support/make_uuid.hpp"

namespace rescuestream::bench {
namespace {

constexpr std::size_t kWriters = 8;

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

/// Runs `step(i)` for each i below `count`, several at once. The first exception is thrown on.
template <class Step>
void in_parallel(std::size_t count, const Step& step) {
    std::atomic<std::size_t> next = 0;
    std::atomic<bool> failed = false;
    std::string reason;
    std::vector<std::thread> writers;
    for (std::size_t writer = 0; writer < kWriters; ++writer) {
        writers.emplace_back([&] {
            try {
                for (auto i = next++; i < count && !failed; i = next++) step(i);
            } catch (const std::exception& error) {
                if (!failed.exchange(true)) reason = error.what();
            }
        });
    }
    for (auto& writer : writers) writer.join();
    if (failed) throw std::runtime_error("test data: " + reason);
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

void copy_ended_stream(const std::string& uri, StreamId original, std::size_t copies) {
    pqxx::connection connection(uri);
    {
        pqxx::work step(connection);
        // Spread over the past, one a minute; everything but id and times as the original has it.
        step.exec(fmt::format(
            "INSERT INTO rescuestream.streams SELECT (jsonb_populate_record(s, jsonb_build_object("
            "'id', gen_random_uuid(), 'started_at', s.started_at - n * interval '1 minute',"
            "'ended_at', s.started_at - n * interval '1 minute' + interval '50 seconds'))).* "
            "FROM rescuestream.streams s, generate_series(1, {}) n WHERE s.id = '{}'",
            copies, original.to_string()));
        step.commit();
    }
    pqxx::nontransaction step(connection);
    step.exec("VACUUM ANALYZE");
}

}  // namespace

TestData make_test_data(const std::string& uri, const DataSize& size) {
    if (size.keys <= size.live_streams) {
        throw std::runtime_error("there must be more keys than live streams");
    }
    std::unique_ptr<Storage> storage = open_storage(uri).value();
    TestData data;
    Broadcaster broadcaster;
    broadcaster.id = new_id<BroadcasterId>();
    broadcaster.display_name = "Benchmark";
    broadcaster.created_at = broadcaster.updated_at = system_clock().now();
    storage->create_broadcaster(broadcaster, make_audit()).value();
    data.broadcaster_id = broadcaster.id;

    std::vector<StreamKeyRow> rows(size.keys);
    std::vector<std::string> values(size.keys);
    in_parallel(size.keys, [&](std::size_t i) {
        values[i] = generate_key_value(system_random()).reveal();
        StreamKeyRow& row = rows[i];
        row.key.id = new_id<StreamKeyId>();
        row.key.broadcaster_id = broadcaster.id;
        row.key.label = fmt::format("Unit {}", i);
        row.key.playback_path = fmt::format("live/unit-{}", i);
        row.key.created_at = system_clock().now();
        row.digest = digest_key_value(values[i]);
        storage->create_stream_key(row, make_audit()).value();
    });

    // The one ended stream that is copied belongs to the first key, which is live afterwards.
    const Stream original = begin_stream(*storage, rows.front());
    end_stream(*storage, original);
    in_parallel(size.live_streams, [&](std::size_t i) { begin_stream(*storage, rows[i]); });
    copy_ended_stream(uri, original.id, size.ended_streams - 1);

    for (std::size_t i = size.live_streams; i < size.keys; ++i) {
        data.free_keys.push_back({rows[i].key.playback_path, values[i]});
    }
    return data;
}

}  // namespace rescuestream::bench
