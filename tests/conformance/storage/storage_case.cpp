#include "conformance/storage/storage_case.hpp"

#include <utility>

namespace rescuestream::testing {
namespace {

// Any fixed time is suitable; it has microseconds, so that a backend that drops them is detected.
constexpr Timestamp kBegin{microseconds(1'768'644'000'123'457)};

}  // namespace

StorageCase::StorageCase() {
    backend().reset();
    reopen();
    storage_->migrate(std::nullopt, kBegin).value();
}

void StorageCase::reopen(Logger* logger) {
    storage_.reset();
    storage_ = backend().open(logger);
}

Timestamp StorageCase::at(microseconds offset) {
    return kBegin + offset;
}

Uuid StorageCase::next_uuid() {
    ++counter_;
    Uuid::Bytes bytes{};
    // Bytes beyond 0x7F at the front show a backend that compares ids as signed numbers.
    bytes[0] = static_cast<std::uint8_t>(counter_ < 3 ? 0x01 : 0xF1);
    bytes[6] = 0x70;
    bytes[8] = 0x80;
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[15 - i] = static_cast<std::uint8_t>((counter_ >> (8 * i)) & 0xFFU);
    }
    return Uuid(bytes);
}

Broadcaster StorageCase::make_broadcaster(Timestamp created_at) {
    Broadcaster broadcaster;
    broadcaster.id = new_id<BroadcasterId>();
    broadcaster.display_name = "Team " + std::to_string(counter_);
    broadcaster.metadata = JsonObject::parse(R"({"region":"north"})").value();
    broadcaster.created_at = created_at;
    broadcaster.updated_at = created_at;
    return broadcaster;
}

StreamKeyRow StorageCase::make_key(BroadcasterId owner, Timestamp created_at) {
    StreamKeyRow row;
    row.key.id = new_id<StreamKeyId>();
    row.key.broadcaster_id = owner;
    row.key.label = "Drone " + std::to_string(counter_);
    row.key.playback_path = "live/path-" + std::to_string(counter_);
    row.key.created_at = created_at;
    row.digest = digest_key_value("value " + std::to_string(counter_));
    return row;
}

AuditEntry StorageCase::make_audit(std::string action, Timestamp when) {
    AuditEntry entry;
    entry.id = new_id<AuditEntryId>();
    entry.timestamp = when;
    entry.actor = "admin";
    entry.action = std::move(action);
    entry.request_method = "POST";
    entry.request_path = "/broadcasters";
    entry.ip_address = "192.0.2.1";
    return entry;
}

Stream StorageCase::make_stream(const StreamKey& key, const std::string& connection,
                                Timestamp started_at) {
    Stream stream;
    stream.id = new_id<StreamId>();
    stream.stream_key_id = key.id;
    stream.broadcaster_id = key.broadcaster_id;
    stream.node = "default";
    stream.path = key.playback_path;
    stream.started_at = started_at;
    stream.source_type = "rtmpConn";
    stream.source_id = ConnectionId{connection};
    return stream;
}

Broadcaster StorageCase::add_broadcaster(Timestamp created_at) {
    const Broadcaster broadcaster = make_broadcaster(created_at);
    storage().create_broadcaster(broadcaster, make_audit()).value();
    return broadcaster;
}

Broadcaster StorageCase::add_broadcaster(const std::string& name) {
    Broadcaster broadcaster = make_broadcaster();
    broadcaster.display_name = name;
    storage().create_broadcaster(broadcaster, make_audit()).value();
    return broadcaster;
}

StreamKeyRow StorageCase::add_key(BroadcasterId owner, Timestamp created_at) {
    const StreamKeyRow row = make_key(owner, created_at);
    add(row);
    return row;
}

StreamKeyRow StorageCase::add_key() {
    return add_key(add_broadcaster().id);
}

void StorageCase::add(const StreamKeyRow& row) {
    storage().create_stream_key(row, make_audit()).value();
}

ClaimRequest StorageCase::make_request(const StreamKeyRow& row, const std::string& connection,
                                       Timestamp now) {
    ClaimRequest request;
    request.digest = row.digest;
    request.path = row.key.playback_path;
    request.claim.connection = ConnectionId{connection};
    request.claim.node = "default";
    request.claim.protocol = Protocol::kRtmp;
    request.claim.remote_address = "198.51.100.7";
    request.claim.user_agent = "device of " + connection;
    request.claim.claimed_at = now;
    return request;
}

void StorageCase::claim(const StreamKeyRow& row, const std::string& connection, Timestamp now) {
    REQUIRE(decide(make_request(row, connection, now)) == ClaimDecision::kGranted);
}

ClaimDecision StorageCase::decide(const ClaimRequest& request) {
    return storage().claim(request).value().decision;
}

Session StorageCase::session(const StreamKeyRow& row) {
    return storage().load_session(row.key.id).value();
}

Session StorageCase::session_at(const std::string& path) {
    const auto sessions = storage().sessions_at_path(path).value();
    REQUIRE(sessions.size() == 1);
    return sessions.front();
}

void StorageCase::commit(SessionChange change) {
    change.expected_version = storage().load_session(change.stream_key_id).value().version;
    storage().commit_session(change).value();
}

void StorageCase::commit_claim(const StreamKeyRow& row, std::optional<Claim> claim) {
    SessionChange change;
    change.stream_key_id = row.key.id;
    change.set_claim = true;
    change.claim = std::move(claim);
    commit(std::move(change));
}

void StorageCase::commit_stream(const StreamKeyRow& row, const Stream& stream) {
    SessionChange change;
    change.stream_key_id = row.key.id;
    change.stream = stream;
    commit(std::move(change));
}

Stream StorageCase::go_live(const StreamKeyRow& row, const std::string& connection, Timestamp now) {
    claim(row, connection, now);
    Claim live = session(row).claim.value();
    live.live = true;
    commit_claim(row, live);
    const Stream stream = make_stream(row.key, connection, now);
    commit_stream(row, stream);
    return stream;
}

std::vector<Cutoff> StorageCase::pending(const std::string& node) {
    return storage().pending_cutoffs(node).value();
}

std::uint64_t StorageCase::audit_count() {
    return storage().list_audit({}).value().total;
}

}  // namespace rescuestream::testing
