#include "rescuestream/forwarding_storage.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace rescuestream {
namespace {

constexpr std::array<std::string_view, 92> kMethods{"ping",
                                                    "schema_status",
                                                    "migrate",
                                                    "create_broadcaster",
                                                    "find_broadcaster",
                                                    "list_broadcasters",
                                                    "update_broadcaster",
                                                    "delete_broadcaster",
                                                    "set_broadcaster_disabled",
                                                    "create_stream_key",
                                                    "find_stream_key",
                                                    "list_stream_keys",
                                                    "key_list_after",
                                                    "revoke_stream_key",
                                                    "update_stream_key",
                                                    "rotate_stream_key",
                                                    "key_facts_after",
                                                    "create_incident",
                                                    "find_incident",
                                                    "list_incidents",
                                                    "update_incident",
                                                    "assign_to_incident",
                                                    "take_from_incident",
                                                    "close_incident",
                                                    "reopen_incident",
                                                    "create_guest_link",
                                                    "find_guest_link",
                                                    "list_guest_links",
                                                    "close_guest_link",
                                                    "update_guest_link",
                                                    "enter_guest_link",
                                                    "claim",
                                                    "claim_all",
                                                    "is_claimed_elsewhere",
                                                    "check_key",
                                                    "sessions_at_path",
                                                    "load_session_by_digest",
                                                    "load_session",
                                                    "commit_session",
                                                    "open_sessions",
                                                    "list_streams",
                                                    "find_stream",
                                                    "list_transitions",
                                                    "begin_stop",
                                                    "displace_others",
                                                    "pending_cutoffs",
                                                    "finish_cutoff",
                                                    "create_node",
                                                    "list_nodes",
                                                    "update_node",
                                                    "delete_node",
                                                    "find_node_standing",
                                                    "note_node_standing",
                                                    "withdraw_node_standing",
                                                    "set_unknown_sources",
                                                    "hold_lease",
                                                    "release_lease",
                                                    "list_audit",
                                                    "export_audit",
                                                    "append_audit",
                                                    "note_signature",
                                                    "reserve_request",
                                                    "answer_request",
                                                    "release_request",
                                                    "audit_tail",
                                                    "append_audit_seal",
                                                    "audit_seals",
                                                    "find_audit_entries",
                                                    "audit_places",
                                                    "misplaced_audit_rows",
                                                    "add_refused_attempts",
                                                    "list_refused_attempts",
                                                    "add_playback_key",
                                                    "end_playback_key",
                                                    "list_playback_keys",
                                                    "add_short_token",
                                                    "revoke_playback",
                                                    "playback_changes_after",
                                                    "create_credential",
                                                    "list_credentials",
                                                    "change_credential",
                                                    "delete_credential",
                                                    "credential_facts_unless",
                                                    "note_credential_uses",
                                                    "use_nonce",
                                                    "create_session",
                                                    "delete_session",
                                                    "add_viewers",
                                                    "end_viewers",
                                                    "remove_viewer",
                                                    "list_viewers",
                                                    "viewers_after"};

// Does not compile for a method that the list lacks.
consteval StorageStep step_of(std::string_view method, StorageStep::Effect effect) {
    std::size_t index = 0;
    while (kMethods.at(index) != method) ++index;
    return {kMethods.at(index), effect, index};
}
consteval StorageStep reading(std::string_view method) {
    return step_of(method, StorageStep::Effect::kNone);
}
consteval StorageStep agreeing(std::string_view method) {
    return step_of(method, StorageStep::Effect::kAgreement);
}
consteval StorageStep writing(std::string_view method) {
    return step_of(method, StorageStep::Effect::kRecords);
}

}  // namespace

std::span<const std::string_view> StorageStep::methods() noexcept {
    return kMethods;
}

ForwardingStorage::ForwardingStorage(std::shared_ptr<Storage> real) : real_(std::move(real)) {
    if (!real_) throw std::invalid_argument("ForwardingStorage: a storage is required");
}

std::optional<Error> ForwardingStorage::before(const StorageStep& /*step*/) {
    return std::nullopt;
}

std::optional<Error> ForwardingStorage::after(const StorageStep& /*step*/, const Error* /*error*/) {
    return std::nullopt;
}

template <class Call>
auto ForwardingStorage::carried_out(const StorageStep& step, Call& call) -> decltype(call()) {
    try {
        return call();
    } catch (...) {
        const Error thrown{ErrorCode::kInternal, "The storage failed.", {}, {}};
        after(step, &thrown);
        throw;
    }
}

template <class Call>
auto ForwardingStorage::forward(const StorageStep& step, Call call) -> decltype(call()) {
    if (auto error = before(step)) return *std::move(error);
    auto answer = carried_out(step, call);
    if (auto error = after(step, answer ? nullptr : &answer.error())) return *std::move(error);
    return answer;
}

void ForwardingStorage::watch_changes(std::function<void()> listener) {
    real_->watch_changes(std::move(listener));
}

Result<void> ForwardingStorage::ping() {
    return forward(reading("ping"), [&] { return real_->ping(); });
}
Result<SchemaStatus> ForwardingStorage::schema_status() {
    return forward(reading("schema_status"), [&] { return real_->schema_status(); });
}
Result<SchemaStatus> ForwardingStorage::migrate(std::optional<int> target, Timestamp now) {
    return forward(writing("migrate"), [&] { return real_->migrate(target, now); });
}
Result<void> ForwardingStorage::create_broadcaster(const Broadcaster& broadcaster,
                                                   const AuditDraft& audit) {
    return forward(writing("create_broadcaster"),
                   [&] { return real_->create_broadcaster(broadcaster, audit); });
}
Result<Broadcaster> ForwardingStorage::find_broadcaster(BroadcasterId id) {
    return forward(reading("find_broadcaster"), [&] { return real_->find_broadcaster(id); });
}
Result<Page<Broadcaster>> ForwardingStorage::list_broadcasters(const PageRequest& page) {
    return forward(reading("list_broadcasters"), [&] { return real_->list_broadcasters(page); });
}
Result<Broadcaster> ForwardingStorage::update_broadcaster(BroadcasterId id,
                                                          const BroadcasterPatch& patch,
                                                          Timestamp now, const AuditDraft& audit) {
    return forward(writing("update_broadcaster"),
                   [&] { return real_->update_broadcaster(id, patch, now, audit); });
}
Result<KeyChangeOutcome> ForwardingStorage::delete_broadcaster(BroadcasterId id, bool force,
                                                               Timestamp now,
                                                               const AuditDraft& audit) {
    return forward(writing("delete_broadcaster"),
                   [&] { return real_->delete_broadcaster(id, force, now, audit); });
}
Result<KeyChangeOutcome> ForwardingStorage::set_broadcaster_disabled(BroadcasterId id,
                                                                     bool disabled, Timestamp now,
                                                                     const AuditDraft& audit) {
    return forward(writing("set_broadcaster_disabled"),
                   [&] { return real_->set_broadcaster_disabled(id, disabled, now, audit); });
}
Result<StreamKey> ForwardingStorage::create_stream_key(const StreamKeyRow& row,
                                                       const AuditDraft& audit) {
    return forward(writing("create_stream_key"),
                   [&] { return real_->create_stream_key(row, audit); });
}
Result<StreamKey> ForwardingStorage::find_stream_key(StreamKeyId id) {
    return forward(reading("find_stream_key"), [&] { return real_->find_stream_key(id); });
}
Result<Page<StreamKey>> ForwardingStorage::list_stream_keys(const StreamKeyFilter& filter,
                                                            const PageRequest& page) {
    return forward(reading("list_stream_keys"),
                   [&] { return real_->list_stream_keys(filter, page); });
}
Result<KeyListChanges> ForwardingStorage::key_list_after(const std::string& place) {
    return forward(reading("key_list_after"), [&] { return real_->key_list_after(place); });
}
Result<KeyChangeOutcome> ForwardingStorage::revoke_stream_key(StreamKeyId id, Timestamp now,
                                                              const AuditDraft& audit) {
    return forward(writing("revoke_stream_key"),
                   [&] { return real_->revoke_stream_key(id, now, audit); });
}
Result<KeyChangeOutcome> ForwardingStorage::update_stream_key(const StreamKeyChange& change,
                                                              Timestamp now,
                                                              const AuditDraft& audit) {
    return forward(writing("update_stream_key"),
                   [&] { return real_->update_stream_key(change, now, audit); });
}
Result<KeyChangeOutcome> ForwardingStorage::rotate_stream_key(const StreamKeyRotation& rotation,
                                                              Timestamp now,
                                                              const AuditDraft& audit) {
    return forward(writing("rotate_stream_key"),
                   [&] { return real_->rotate_stream_key(rotation, now, audit); });
}
Result<KeyFacts> ForwardingStorage::key_facts_after(const std::string& place, std::size_t limit) {
    return forward(reading("key_facts_after"),
                   [&] { return real_->key_facts_after(place, limit); });
}
Result<void> ForwardingStorage::create_incident(const Incident& incident, const AuditDraft& audit) {
    return forward(writing("create_incident"),
                   [&] { return real_->create_incident(incident, audit); });
}
Result<IncidentDetails> ForwardingStorage::find_incident(IncidentId id) {
    return forward(reading("find_incident"), [&] { return real_->find_incident(id); });
}
Result<Page<Incident>> ForwardingStorage::list_incidents(const IncidentFilter& filter,
                                                         const PageRequest& page) {
    return forward(reading("list_incidents"), [&] { return real_->list_incidents(filter, page); });
}
Result<Incident> ForwardingStorage::update_incident(IncidentId id, const IncidentPatch& patch,
                                                    Timestamp now, const AuditDraft& audit) {
    return forward(writing("update_incident"),
                   [&] { return real_->update_incident(id, patch, now, audit); });
}
Result<IncidentDetails> ForwardingStorage::assign_to_incident(IncidentId id,
                                                              const IncidentAssignment& given,
                                                              Timestamp now,
                                                              const AuditDraft& audit) {
    return forward(writing("assign_to_incident"),
                   [&] { return real_->assign_to_incident(id, given, now, audit); });
}
Result<IncidentDetails> ForwardingStorage::take_from_incident(IncidentId id,
                                                              const IncidentAssignment& given,
                                                              Timestamp now,
                                                              const AuditDraft& audit) {
    return forward(writing("take_from_incident"),
                   [&] { return real_->take_from_incident(id, given, now, audit); });
}
Result<IncidentOutcome> ForwardingStorage::close_incident(IncidentId id,
                                                          const IncidentClosing& closing,
                                                          const AuditDraft& audit) {
    return forward(writing("close_incident"),
                   [&] { return real_->close_incident(id, closing, audit); });
}
Result<Incident> ForwardingStorage::reopen_incident(IncidentId id, Timestamp closed_after,
                                                    Timestamp now, const AuditDraft& audit) {
    return forward(writing("reopen_incident"),
                   [&] { return real_->reopen_incident(id, closed_after, now, audit); });
}
Result<void> ForwardingStorage::create_guest_link(const GuestLinkRow& row,
                                                  const AuditDraft& audit) {
    return forward(writing("create_guest_link"),
                   [&] { return real_->create_guest_link(row, audit); });
}
Result<GuestLinkRow> ForwardingStorage::find_guest_link(GuestLinkId id) {
    return forward(reading("find_guest_link"), [&] { return real_->find_guest_link(id); });
}
Result<GuestLinkRow> ForwardingStorage::find_guest_link(const KeyDigest& digest) {
    return forward(reading("find_guest_link"), [&] { return real_->find_guest_link(digest); });
}
Result<Page<GuestLink>> ForwardingStorage::list_guest_links(const GuestLinkFilter& filter,
                                                            const PageRequest& page) {
    return forward(reading("list_guest_links"),
                   [&] { return real_->list_guest_links(filter, page); });
}
Result<GuestLink> ForwardingStorage::close_guest_link(GuestLinkId id, Timestamp now,
                                                      const AuditDraft& audit) {
    return forward(writing("close_guest_link"),
                   [&] { return real_->close_guest_link(id, now, audit); });
}
Result<ChangedGuestLink> ForwardingStorage::update_guest_link(const GuestLinkChange& change,
                                                              const AuditDraft& audit) {
    return forward(writing("update_guest_link"),
                   [&] { return real_->update_guest_link(change, audit); });
}
Result<void> ForwardingStorage::enter_guest_link(GuestLinkId id, const std::string& address,
                                                 std::int64_t most, Timestamp now,
                                                 const AuditDraft& audit) {
    return forward(agreeing("enter_guest_link"),
                   [&] { return real_->enter_guest_link(id, address, most, now, audit); });
}
Result<ClaimOutcome> ForwardingStorage::claim(const ClaimRequest& request) {
    return forward(writing("claim"), [&] { return real_->claim(request); });
}
std::vector<Result<ClaimOutcome>> ForwardingStorage::claim_all(
    const std::vector<ClaimRequest>& requests, std::chrono::steady_clock::time_point latest) {
    using Answers = std::vector<Result<ClaimOutcome>>;
    StorageStep step = writing("claim_all");
    step.size = requests.size();
    if (const auto error = before(step)) return Answers(requests.size(), *error);
    const auto call = [&] { return real_->claim_all(requests, latest); };
    auto answers = carried_out(step, call);
    const auto failed = std::find_if(answers.begin(), answers.end(),
                                     [](const auto& answer) { return !answer.has_value(); });
    if (const auto error = after(step, failed == answers.end() ? nullptr : &failed->error())) {
        return Answers(requests.size(), *error);
    }
    return answers;
}
Result<bool> ForwardingStorage::is_claimed_elsewhere(const ConnectionId& connection,
                                                     StreamKeyId stream_key_id) {
    return forward(reading("is_claimed_elsewhere"),
                   [&] { return real_->is_claimed_elsewhere(connection, stream_key_id); });
}
Result<ClaimOutcome> ForwardingStorage::check_key(const KeyDigest& digest,
                                                  const std::optional<std::string>& path,
                                                  Timestamp now) {
    return forward(reading("check_key"), [&] { return real_->check_key(digest, path, now); });
}
Result<std::vector<Session>> ForwardingStorage::sessions_at_path(const std::string& playback_path) {
    return forward(reading("sessions_at_path"),
                   [&] { return real_->sessions_at_path(playback_path); });
}
Result<Session> ForwardingStorage::load_session_by_digest(const KeyDigest& digest) {
    return forward(reading("load_session_by_digest"),
                   [&] { return real_->load_session_by_digest(digest); });
}
Result<Session> ForwardingStorage::load_session(StreamKeyId id) {
    return forward(reading("load_session"), [&] { return real_->load_session(id); });
}
Result<void> ForwardingStorage::commit_session(const SessionChange& change) {
    return forward(writing("commit_session"), [&] { return real_->commit_session(change); });
}
Result<std::vector<Session>> ForwardingStorage::open_sessions(const std::string& node) {
    return forward(reading("open_sessions"), [&] { return real_->open_sessions(node); });
}
Result<Page<ListedStream>> ForwardingStorage::list_streams(const StreamFilter& filter,
                                                           const PageRequest& page) {
    return forward(reading("list_streams"), [&] { return real_->list_streams(filter, page); });
}
Result<ListedStream> ForwardingStorage::find_stream(StreamId id) {
    return forward(reading("find_stream"), [&] { return real_->find_stream(id); });
}
Result<std::vector<StreamTransition>> ForwardingStorage::list_transitions(
    StreamId id, const TimelinePart& part) {
    return forward(reading("list_transitions"), [&] { return real_->list_transitions(id, part); });
}
Result<std::vector<Cutoff>> ForwardingStorage::begin_stop(StreamId id, EndCause cause,
                                                          std::optional<Timestamp> block_until,
                                                          Timestamp now, const AuditDraft& audit) {
    return forward(writing("begin_stop"),
                   [&] { return real_->begin_stop(id, cause, block_until, now, audit); });
}
Result<std::vector<Cutoff>> ForwardingStorage::displace_others(StreamKeyId holder, Timestamp now) {
    return forward(writing("displace_others"), [&] { return real_->displace_others(holder, now); });
}
Result<std::vector<Cutoff>> ForwardingStorage::pending_cutoffs(const std::string& node) {
    return forward(reading("pending_cutoffs"), [&] { return real_->pending_cutoffs(node); });
}
Result<std::optional<Stream>> ForwardingStorage::finish_cutoff(const Cutoff& cutoff, Timestamp now,
                                                               std::optional<StreamTotals> totals) {
    return forward(writing("finish_cutoff"),
                   [&] { return real_->finish_cutoff(cutoff, now, totals); });
}
Result<void> ForwardingStorage::create_node(const Node& node, const AuditDraft& audit) {
    return forward(writing("create_node"), [&] { return real_->create_node(node, audit); });
}
Result<std::vector<Node>> ForwardingStorage::list_nodes() {
    return forward(reading("list_nodes"), [&] { return real_->list_nodes(); });
}
Result<Node> ForwardingStorage::update_node(const std::string& name, const NodePatch& patch,
                                            Timestamp now, const AuditDraft& audit) {
    return forward(writing("update_node"),
                   [&] { return real_->update_node(name, patch, now, audit); });
}
Result<void> ForwardingStorage::delete_node(const std::string& name, const AuditDraft& audit) {
    return forward(writing("delete_node"), [&] { return real_->delete_node(name, audit); });
}
Result<NodeStanding> ForwardingStorage::find_node_standing(const std::string& node,
                                                           const std::string& api_url) {
    return forward(reading("find_node_standing"),
                   [&] { return real_->find_node_standing(node, api_url); });
}
Result<bool> ForwardingStorage::note_node_standing(const std::string& node,
                                                   const std::string& api_url,
                                                   const NodeStanding& standing,
                                                   const std::optional<AuditDraft>& audit) {
    return forward(writing("note_node_standing"),
                   [&] { return real_->note_node_standing(node, api_url, standing, audit); });
}
Result<bool> ForwardingStorage::withdraw_node_standing(const std::string& node,
                                                       const AuditDraft& audit) {
    return forward(writing("withdraw_node_standing"),
                   [&] { return real_->withdraw_node_standing(node, audit); });
}
Result<void> ForwardingStorage::set_unknown_sources(const std::string& node,
                                                    const std::vector<UnknownSource>& sources) {
    return forward(writing("set_unknown_sources"),
                   [&] { return real_->set_unknown_sources(node, sources); });
}
Result<NodeLease> ForwardingStorage::hold_lease(const std::string& node, const std::string& holder,
                                                const std::optional<NodeLease>& expired) {
    return forward(agreeing("hold_lease"),
                   [&] { return real_->hold_lease(node, holder, expired); });
}
Result<void> ForwardingStorage::release_lease(const std::string& node, const std::string& holder) {
    return forward(agreeing("release_lease"), [&] { return real_->release_lease(node, holder); });
}
// No list of records shows them, so cached lists stay valid.
Result<void> ForwardingStorage::create_credential(const ApiCredentialRow& row,
                                                  const AuditDraft& audit) {
    return forward(writing("create_credential"),
                   [&] { return real_->create_credential(row, audit); });
}
Result<std::vector<ApiCredential>> ForwardingStorage::list_credentials() {
    return forward(reading("list_credentials"), [&] { return real_->list_credentials(); });
}
Result<ApiCredential> ForwardingStorage::change_credential(const ApiCredentialId& id,
                                                           const ApiCredentialChange& change,
                                                           Timestamp now, const AuditDraft& audit) {
    return forward(writing("change_credential"),
                   [&] { return real_->change_credential(id, change, now, audit); });
}
Result<void> ForwardingStorage::delete_credential(const ApiCredentialId& id,
                                                  const std::shared_ptr<const ApiCredential>& by,
                                                  const AuditDraft& audit) {
    return forward(writing("delete_credential"),
                   [&] { return real_->delete_credential(id, by, audit); });
}
Result<std::optional<ApiCredentialFacts>> ForwardingStorage::credential_facts_unless(
    std::int64_t version) {
    return forward(reading("credential_facts_unless"),
                   [&] { return real_->credential_facts_unless(version); });
}
Result<void> ForwardingStorage::note_credential_uses(const std::vector<ApiCredentialUse>& uses) {
    return forward(agreeing("note_credential_uses"),
                   [&] { return real_->note_credential_uses(uses); });
}

Result<void> ForwardingStorage::create_session(const ApiSession& session, const AuditDraft& audit) {
    return forward(writing("create_session"),
                   [&] { return real_->create_session(session, audit); });
}
Result<void> ForwardingStorage::delete_session(const KeyDigest& digest, const AuditDraft& audit) {
    return forward(writing("delete_session"), [&] { return real_->delete_session(digest, audit); });
}
Result<bool> ForwardingStorage::use_nonce(const KeyDigest& digest, Timestamp now,
                                          Timestamp expires_at) {
    return forward(agreeing("use_nonce"),
                   [&] { return real_->use_nonce(digest, now, expires_at); });
}

Result<void> ForwardingStorage::add_refused_attempts(const std::vector<RefusedAttempt>& attempts,
                                                     const RefusedAttemptLimits& limits) {
    return forward(agreeing("add_refused_attempts"),
                   [&] { return real_->add_refused_attempts(attempts, limits); });
}
Result<std::vector<RefusedAttempt>> ForwardingStorage::list_refused_attempts(
    const RefusedAttemptFilter& filter) {
    return forward(reading("list_refused_attempts"),
                   [&] { return real_->list_refused_attempts(filter); });
}
Result<AuditPage> ForwardingStorage::list_audit(const AuditFilter& filter) {
    return forward(reading("list_audit"), [&] { return real_->list_audit(filter); });
}
Result<Page<AuditEntry>> ForwardingStorage::export_audit(const AuditFilter& filter,
                                                         const PageRequest& page) {
    return forward(reading("export_audit"), [&] { return real_->export_audit(filter, page); });
}
Result<void> ForwardingStorage::append_audit(const AuditDraft& entry) {
    return forward(writing("append_audit"), [&] { return real_->append_audit(entry); });
}
Result<Timestamp> ForwardingStorage::note_signature(const KeyDigest& digest, Timestamp now,
                                                    Timestamp expires_at) {
    return forward(agreeing("note_signature"),
                   [&] { return real_->note_signature(digest, now, expires_at); });
}
Result<RepeatedRequest> ForwardingStorage::reserve_request(const RequestReservation& reservation) {
    return forward(agreeing("reserve_request"),
                   [&] { return real_->reserve_request(reservation); });
}
Result<void> ForwardingStorage::answer_request(const Uuid& reservation, const std::string& answer) {
    return forward(agreeing("answer_request"),
                   [&] { return real_->answer_request(reservation, answer); });
}
Result<void> ForwardingStorage::release_request(const Uuid& reservation) {
    return forward(agreeing("release_request"),
                   [&] { return real_->release_request(reservation); });
}
Result<AuditTail> ForwardingStorage::audit_tail(std::chrono::microseconds overlap, Timestamp until,
                                                std::size_t limit) {
    return forward(reading("audit_tail"), [&] { return real_->audit_tail(overlap, until, limit); });
}
// A seal is in no list. Only a cut changes one, and nobody waits for what it deletes.
Result<void> ForwardingStorage::append_audit_seal(const AuditSeal& seal) {
    return forward(agreeing("append_audit_seal"), [&] { return real_->append_audit_seal(seal); });
}
Result<std::vector<AuditSeal>> ForwardingStorage::audit_seals(std::int64_t after,
                                                              std::size_t limit) {
    return forward(reading("audit_seals"), [&] { return real_->audit_seals(after, limit); });
}
Result<std::vector<AuditEntry>> ForwardingStorage::find_audit_entries(
    const std::vector<AuditEntryId>& ids) {
    return forward(reading("find_audit_entries"), [&] { return real_->find_audit_entries(ids); });
}
Result<std::vector<Cursor>> ForwardingStorage::audit_places(const Cursor& after,
                                                            std::size_t limit) {
    return forward(reading("audit_places"), [&] { return real_->audit_places(after, limit); });
}
Result<std::vector<std::optional<AuditEntryId>>> ForwardingStorage::misplaced_audit_rows(
    std::size_t limit) {
    return forward(reading("misplaced_audit_rows"),
                   [&] { return real_->misplaced_audit_rows(limit); });
}

Result<void> ForwardingStorage::add_playback_key(const PlaybackKey& key,
                                                 std::optional<Timestamp> others_until,
                                                 const AuditDraft& audit) {
    return forward(agreeing("add_playback_key"),
                   [&] { return real_->add_playback_key(key, others_until, audit); });
}
Result<PlaybackKey> ForwardingStorage::end_playback_key(const std::string& id, Timestamp at,
                                                        const AuditDraft& audit) {
    return forward(agreeing("end_playback_key"),
                   [&] { return real_->end_playback_key(id, at, audit); });
}
Result<std::vector<PlaybackKey>> ForwardingStorage::list_playback_keys() {
    return forward(reading("list_playback_keys"), [&] { return real_->list_playback_keys(); });
}
Result<void> ForwardingStorage::add_short_token(const ShortPlaybackToken& token, Timestamp now,
                                                const AuditDraft& audit) {
    return forward(agreeing("add_short_token"),
                   [&] { return real_->add_short_token(token, now, audit); });
}
Result<void> ForwardingStorage::revoke_playback(const PlaybackRevocation& revocation, Timestamp now,
                                                const AuditDraft& audit) {
    return forward(agreeing("revoke_playback"),
                   [&] { return real_->revoke_playback(revocation, now, audit); });
}
Result<PlaybackChanges> ForwardingStorage::playback_changes_after(std::int64_t version) {
    return forward(reading("playback_changes_after"),
                   [&] { return real_->playback_changes_after(version); });
}

Result<void> ForwardingStorage::add_viewers(const std::vector<Viewer>& viewers,
                                            const ViewerRetention& retention) {
    return forward(agreeing("add_viewers"), [&] { return real_->add_viewers(viewers, retention); });
}
Result<void> ForwardingStorage::end_viewers(const std::vector<ConnectionId>& ids, Timestamp until) {
    return forward(agreeing("end_viewers"), [&] { return real_->end_viewers(ids, until); });
}
Result<Viewer> ForwardingStorage::remove_viewer(const ConnectionId& id, Timestamp now,
                                                const AuditDraft& audit) {
    return forward(agreeing("remove_viewer"), [&] { return real_->remove_viewer(id, now, audit); });
}
Result<Page<Viewer>> ForwardingStorage::list_viewers(const ViewerFilter& filter,
                                                     const PageRequest& page) {
    return forward(reading("list_viewers"), [&] { return real_->list_viewers(filter, page); });
}
Result<ViewerChanges> ForwardingStorage::viewers_after(std::int64_t version) {
    return forward(reading("viewers_after"), [&] { return real_->viewers_after(version); });
}

}  // namespace rescuestream
