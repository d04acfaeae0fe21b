#include "support/faulty_storage.hpp"

#include <array>
#include <utility>

namespace rescuestream::testing {
namespace {

constexpr std::array kWritingMethods{"ping",
                                     "migrate",
                                     "create_broadcaster",
                                     "update_broadcaster",
                                     "delete_broadcaster",
                                     "set_broadcaster_disabled",
                                     "create_stream_key",
                                     "revoke_stream_key",
                                     "update_stream_key",
                                     "rotate_stream_key",
                                     "claim",
                                     "commit_session",
                                     "create_node",
                                     "update_node",
                                     "delete_node",
                                     "hold_lease",
                                     "release_lease",
                                     "begin_stop",
                                     "finish_cutoff",
                                     "append_audit"};

}  // namespace

Error StorageFaults::unavailable() {
    return Error{ErrorCode::kUnavailable, "The database does not answer.", "injected fault", {}};
}

Error StorageFaults::timeout() {
    return Error{ErrorCode::kTimeout, "The database was too slow.", "injected fault", {}};
}

Error StorageFaults::full() {
    return Error{
        ErrorCode::kStorageFull, "The disk of the database is full.", "injected fault", {}};
}

void StorageFaults::fill_disk() {
    for (const char* method : kWritingMethods) fail_method(method, full());
}

void StorageFaults::make_room() {
    const std::lock_guard lock(mutex_);
    for (const char* method : kWritingMethods) failing_methods_.erase(method);
}

void StorageFaults::set_disk_space(DiskSpace space) {
    const std::lock_guard lock(mutex_);
    disk_space_ = space;
}

void StorageFaults::fail_next(int count, Error error) {
    const std::lock_guard lock(mutex_);
    failing_calls_ = count;
    failing_calls_error_ = std::move(error);
}

void StorageFaults::fail_method(std::string method, Error error) {
    const std::lock_guard lock(mutex_);
    failing_methods_.insert_or_assign(std::move(method), std::move(error));
}

void StorageFaults::lose_next_answer(std::string method, Error error) {
    const std::lock_guard lock(mutex_);
    lost_answers_.insert_or_assign(std::move(method), std::move(error));
}

void StorageFaults::hold_method(std::string method) {
    const std::lock_guard lock(mutex_);
    held_method_ = std::move(method);
}

void StorageFaults::release() {
    {
        const std::lock_guard lock(mutex_);
        held_method_.clear();
    }
    released_.notify_all();
}

void StorageFaults::clear() {
    const std::lock_guard lock(mutex_);
    failing_calls_ = 0;
    failing_methods_.clear();
    lost_answers_.clear();
}

void StorageFaults::tell_changes() {
    const std::lock_guard lock(mutex_);
    for (const auto& [storage, listener] : listeners_) listener();
}

int StorageFaults::calls(std::string_view method) const {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(method);
    return found == calls_.end() ? 0 : found->second;
}

std::vector<std::size_t> StorageFaults::claims_together() const {
    const std::lock_guard lock(mutex_);
    return claims_together_;
}

std::optional<Error> StorageFaults::before(std::string_view method) {
    std::unique_lock lock(mutex_);
    ++calls_[std::string(method)];
    released_.wait(lock, [&] { return held_method_ != method; });
    if (failing_calls_ > 0) {
        --failing_calls_;
        return failing_calls_error_;
    }
    const auto found = failing_methods_.find(method);
    return found == failing_methods_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Error> StorageFaults::after(std::string_view method) {
    const std::lock_guard lock(mutex_);
    const auto found = lost_answers_.find(method);
    if (found == lost_answers_.end()) return std::nullopt;
    std::optional<Error> error(std::move(found->second));
    lost_answers_.erase(found);
    return error;
}

template <class Call>
auto FaultyStorage::guarded(std::string_view method, Call call) -> decltype(call()) {
    if (auto error = faults_->before(method)) return *std::move(error);
    auto answer = call();
    if (auto error = faults_->after(method)) return *std::move(error);
    return answer;
}

Result<void> FaultyStorage::ping() {
    return guarded("ping", [&] { return real_->ping(); });
}
std::optional<DiskSpace> FaultyStorage::disk_space() {
    {
        const std::lock_guard lock(faults_->mutex_);
        if (faults_->disk_space_) return faults_->disk_space_;
    }
    return real_->disk_space();
}
Result<SchemaStatus> FaultyStorage::schema_status() {
    return guarded("schema_status", [&] { return real_->schema_status(); });
}
Result<SchemaStatus> FaultyStorage::migrate(std::optional<int> target, Timestamp now) {
    return guarded("migrate", [&] { return real_->migrate(target, now); });
}
Result<void> FaultyStorage::create_broadcaster(const Broadcaster& broadcaster,
                                               const AuditEntry& audit) {
    return guarded("create_broadcaster",
                   [&] { return real_->create_broadcaster(broadcaster, audit); });
}
Result<Broadcaster> FaultyStorage::find_broadcaster(BroadcasterId id) {
    return guarded("find_broadcaster", [&] { return real_->find_broadcaster(id); });
}
Result<Page<Broadcaster>> FaultyStorage::list_broadcasters(const PageRequest& page) {
    return guarded("list_broadcasters", [&] { return real_->list_broadcasters(page); });
}
Result<void> FaultyStorage::update_broadcaster(const Broadcaster& broadcaster,
                                               const AuditEntry& audit) {
    return guarded("update_broadcaster",
                   [&] { return real_->update_broadcaster(broadcaster, audit); });
}
Result<RevokeOutcome> FaultyStorage::delete_broadcaster(BroadcasterId id, bool force, Timestamp now,
                                                        const AuditEntry& audit) {
    return guarded("delete_broadcaster",
                   [&] { return real_->delete_broadcaster(id, force, now, audit); });
}
Result<RevokeOutcome> FaultyStorage::set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                              Timestamp now,
                                                              const AuditEntry& audit) {
    return guarded("set_broadcaster_disabled",
                   [&] { return real_->set_broadcaster_disabled(id, disabled, now, audit); });
}
Result<void> FaultyStorage::create_stream_key(const StreamKeyRow& row, const AuditEntry& audit) {
    return guarded("create_stream_key", [&] { return real_->create_stream_key(row, audit); });
}
Result<StreamKey> FaultyStorage::find_stream_key(StreamKeyId id) {
    return guarded("find_stream_key", [&] { return real_->find_stream_key(id); });
}
Result<Page<StreamKey>> FaultyStorage::list_stream_keys(const StreamKeyFilter& filter,
                                                        const PageRequest& page) {
    return guarded("list_stream_keys", [&] { return real_->list_stream_keys(filter, page); });
}
Result<RevokeOutcome> FaultyStorage::revoke_stream_key(StreamKeyId id, Timestamp now,
                                                       const AuditEntry& audit) {
    return guarded("revoke_stream_key", [&] { return real_->revoke_stream_key(id, now, audit); });
}
Result<RevokeOutcome> FaultyStorage::update_stream_key(const StreamKeyChange& change, Timestamp now,
                                                       const AuditEntry& audit) {
    return guarded("update_stream_key",
                   [&] { return real_->update_stream_key(change, now, audit); });
}
Result<RevokeOutcome> FaultyStorage::rotate_stream_key(const StreamKeyRotation& rotation,
                                                       Timestamp now, const AuditEntry& audit) {
    return guarded("rotate_stream_key",
                   [&] { return real_->rotate_stream_key(rotation, now, audit); });
}
Result<ClaimOutcome> FaultyStorage::claim(const ClaimRequest& request) {
    return guarded("claim", [&] { return real_->claim(request); });
}
std::vector<Result<ClaimOutcome>> FaultyStorage::claim_all(
    const std::vector<ClaimRequest>& requests, std::chrono::steady_clock::time_point latest) {
    {
        const std::lock_guard lock(faults_->mutex_);
        faults_->claims_together_.push_back(requests.size());
    }
    return Storage::claim_all(requests, latest);
}

void FaultyStorage::watch_changes(std::function<void()> listener) {
    real_->watch_changes(listener);
    const std::lock_guard lock(faults_->mutex_);
    if (listener) {
        faults_->listeners_[this] = std::move(listener);
    } else {
        faults_->listeners_.erase(this);
    }
}

Result<bool> FaultyStorage::is_claimed_elsewhere(const ConnectionId& connection,
                                                 StreamKeyId stream_key_id) {
    return guarded("is_claimed_elsewhere",
                   [&] { return real_->is_claimed_elsewhere(connection, stream_key_id); });
}
Result<ClaimOutcome> FaultyStorage::check_key(const KeyDigest& digest,
                                              const std::optional<std::string>& path,
                                              Timestamp now) {
    return guarded("check_key", [&] { return real_->check_key(digest, path, now); });
}
Result<KeyFacts> FaultyStorage::key_facts_after(const std::string& place, std::size_t limit) {
    return guarded("key_facts_after", [&] { return real_->key_facts_after(place, limit); });
}
Result<Session> FaultyStorage::load_session_by_path(const std::string& playback_path) {
    return guarded("load_session_by_path",
                   [&] { return real_->load_session_by_path(playback_path); });
}
Result<Session> FaultyStorage::load_session_by_digest(const KeyDigest& digest) {
    return guarded("load_session_by_digest", [&] { return real_->load_session_by_digest(digest); });
}
Result<Session> FaultyStorage::load_session(StreamKeyId id) {
    return guarded("load_session", [&] { return real_->load_session(id); });
}
Result<void> FaultyStorage::commit_session(const SessionChange& change) {
    return guarded("commit_session", [&] { return real_->commit_session(change); });
}
Result<std::vector<Session>> FaultyStorage::open_sessions(const std::string& node) {
    return guarded("open_sessions", [&] { return real_->open_sessions(node); });
}
Result<Page<Stream>> FaultyStorage::list_streams(const StreamFilter& filter,
                                                 const PageRequest& page) {
    return guarded("list_streams", [&] { return real_->list_streams(filter, page); });
}
Result<Stream> FaultyStorage::find_stream(StreamId id) {
    return guarded("find_stream", [&] { return real_->find_stream(id); });
}
Result<std::vector<StreamTransition>> FaultyStorage::list_transitions(StreamId id) {
    return guarded("list_transitions", [&] { return real_->list_transitions(id); });
}
Result<void> FaultyStorage::create_node(const Node& node, const AuditEntry& audit) {
    return guarded("create_node", [&] { return real_->create_node(node, audit); });
}
Result<std::vector<Node>> FaultyStorage::list_nodes() {
    return guarded("list_nodes", [&] { return real_->list_nodes(); });
}
Result<void> FaultyStorage::update_node(const Node& node, const AuditEntry& audit) {
    return guarded("update_node", [&] { return real_->update_node(node, audit); });
}
Result<void> FaultyStorage::delete_node(const std::string& name, const AuditEntry& audit) {
    return guarded("delete_node", [&] { return real_->delete_node(name, audit); });
}
Result<NodeStanding> FaultyStorage::find_node_standing(const std::string& node,
                                                       const std::string& api_url) {
    return guarded("find_node_standing", [&] { return real_->find_node_standing(node, api_url); });
}
Result<bool> FaultyStorage::note_node_standing(const std::string& node, const std::string& api_url,
                                               const NodeStanding& standing,
                                               const std::optional<AuditEntry>& audit) {
    return guarded("note_node_standing",
                   [&] { return real_->note_node_standing(node, api_url, standing, audit); });
}
Result<void> FaultyStorage::set_unknown_sources(const std::string& node,
                                                const std::vector<UnknownSource>& sources) {
    return guarded("set_unknown_sources",
                   [&] { return real_->set_unknown_sources(node, sources); });
}
Result<NodeLease> FaultyStorage::hold_lease(const std::string& node, const std::string& holder,
                                            const std::optional<NodeLease>& expired) {
    return guarded("hold_lease", [&] { return real_->hold_lease(node, holder, expired); });
}
Result<void> FaultyStorage::release_lease(const std::string& node, const std::string& holder) {
    return guarded("release_lease", [&] { return real_->release_lease(node, holder); });
}
Result<std::vector<Cutoff>> FaultyStorage::begin_stop(StreamId id, EndReason reason,
                                                      std::optional<Timestamp> block_until,
                                                      Timestamp now, const AuditEntry& audit) {
    return guarded("begin_stop",
                   [&] { return real_->begin_stop(id, reason, block_until, now, audit); });
}
Result<std::vector<Cutoff>> FaultyStorage::pending_cutoffs(const std::string& node) {
    return guarded("pending_cutoffs", [&] { return real_->pending_cutoffs(node); });
}
Result<std::optional<Stream>> FaultyStorage::finish_cutoff(const Cutoff& cutoff, Timestamp now,
                                                           std::optional<StreamTotals> totals) {
    return guarded("finish_cutoff", [&] { return real_->finish_cutoff(cutoff, now, totals); });
}
Result<AuditPage> FaultyStorage::list_audit(const AuditFilter& filter) {
    return guarded("list_audit", [&] { return real_->list_audit(filter); });
}
Result<void> FaultyStorage::append_audit(const AuditEntry& entry) {
    return guarded("append_audit", [&] { return real_->append_audit(entry); });
}

Result<Timestamp> FaultyStorage::note_signature(const KeyDigest& digest, Timestamp now,
                                                Timestamp expires_at) {
    return guarded("note_signature",
                   [&] { return real_->note_signature(digest, now, expires_at); });
}

}  // namespace rescuestream::testing
