#include "storage/memory/state.hpp"

#include "rules/claim.hpp"
#include "rules/cutoff.hpp"
#include "rules/path.hpp"
#include "storage/errors.hpp"

namespace rescuestream::memory {

BroadcasterEntry* MemoryState::visible_broadcaster(BroadcasterId id) {
    const auto found = broadcasters.find(id);
    return found == broadcasters.end() ? nullptr : &found->second;
}

KeyEntry* MemoryState::visible_key(StreamKeyId id) {
    const auto found = keys.find(id);
    return found == keys.end() || found->second.deleted ? nullptr : &found->second;
}

KeyEntry* MemoryState::visible_key(const KeyDigest& digest) {
    const auto found = key_by_digest.find(digest);
    return found == key_by_digest.end() ? nullptr : visible_key(found->second);
}

Session MemoryState::session_of(const KeyEntry& entry) const {
    Session session;
    session.key = entry.key;
    session.claim = entry.claim;
    if (entry.stream) session.stream = streams.at(*entry.stream);
    session.version = entry.version;
    if (session.stream && session.stream->source_id) {
        const auto pending = cutoffs.find({entry.key.id, *session.stream->source_id});
        if (pending != cutoffs.end() && pending->second.stream_id == session.stream->id) {
            session.pending_end = pending->second.cause;
        }
    }
    return session;
}

ListedStream MemoryState::listed(const Stream& stream) const {
    ListedStream listed{stream, {}, {}, {}, {}, {}, {}};
    const auto key = keys.find(stream.stream_key_id);
    if (key != keys.end()) listed.key_label = key->second.key.label;
    const auto owner = broadcasters.find(stream.broadcaster_id);
    if (owner != broadcasters.end()) {
        listed.broadcaster_name = owner->second.broadcaster.display_name;
    } else if (const auto removed = removed_broadcasters.find(stream.broadcaster_id);
               removed != removed_broadcasters.end()) {
        listed.broadcaster_name = removed->second;
    }
    return listed;
}

std::optional<MemoryState::IncidentScope> MemoryState::scope_of(IncidentId id) const {
    const auto incident = incidents.find(id);
    if (incident == incidents.end()) return std::nullopt;
    IncidentScope scope;
    scope.from = incident->second.created_at;
    scope.to = incident->second.closed_at;
    scope.ids.insert(id.to_string());
    for (const auto& [broadcaster_id, entry] : broadcasters) {
        if (entry.broadcaster.incident_id == id) scope.ids.insert(broadcaster_id.to_string());
    }
    for (const auto& [key_id, entry] : keys) {
        if (entry.key.incident_id == id) scope.ids.insert(key_id.to_string());
    }
    for (const auto& [stream_id, stream] : streams) {
        if (stream.incident_id != id) continue;
        scope.ids.insert({stream_id.to_string(), stream.stream_key_id.to_string(),
                          stream.broadcaster_id.to_string()});
    }
    for (const auto& [link_id, row] : guest_links) {
        if (row.link.incident_id == id) scope.ids.insert(link_id.to_string());
    }
    const auto add = [&](const auto& of_incidents) {
        const auto remembered = of_incidents.find(id);
        if (remembered == of_incidents.end()) return;
        for (const auto& member : remembered->second) scope.ids.insert(member.to_string());
    };
    add(broadcasters_when_closed);
    add(keys_when_closed);
    return scope;
}

std::optional<Timestamp> MemoryState::end_decided_at(StreamId id) const {
    const auto found = transitions.find(id);
    if (found == transitions.end()) return std::nullopt;
    const auto& lines = found->second;
    const auto end = std::find_if(lines.rbegin(), lines.rend(), [](const StreamTransition& line) {
        return line.kind == TransitionKind::kEnded;
    });
    return end == lines.rend() ? std::nullopt : std::optional(end->at);
}

bool MemoryState::audit_exists(const AuditEntry& entry) const {
    return audit.contains(entry.id);
}

void MemoryState::write_audit(const ChangeEntry& entry) {
    audit.emplace(entry.id, entry);
    audit_order.insert({entry.timestamp, entry.id.uuid()});
    if (!entry.reservation) return;
    Reservation* const kept = reservation(*entry.reservation);
    if (kept == nullptr) return;
    kept->made = true;
    kept->made_type = entry.resource_type.value_or("");
    kept->made_id = entry.resource_id.value_or("");
}

MemoryState::Reservation* MemoryState::reservation(const Uuid& id) {
    const auto key = reservation_keys.find(id);
    return key == reservation_keys.end() ? nullptr : &reservations.at(key->second);
}

Result<void> MemoryState::check_reservation(const AuditDraft& change) {
    const auto& id = change.conditions().reservation;
    if (!id) return {};
    const Reservation* const kept = reservation(*id);
    if (kept != nullptr && !kept->made) return {};
    return conflict(kReservationIsGone);
}

void MemoryState::write_audit(const AuditDraft& draft, const StreamKey& key) {
    const auto& owner = broadcasters.at(key.broadcaster_id).broadcaster;
    write_audit(draft.named(key, owner.display_name));
}

void MemoryState::write_stream(KeyEntry& entry, const Stream& stream) {
    const auto known = streams.find(stream.id);
    if (known != streams.end()) {
        const Cursor old_place{known->second.started_at, stream.id.uuid()};
        stream_order.erase(old_place);
        open_stream_order.erase(old_place);
        entry.streams.erase(old_place);
    }
    const Cursor place{stream.started_at, stream.id.uuid()};
    stream_order.insert(place);
    entry.streams.insert(place);
    if (stream.state == StreamState::kEnded) {
        if (entry.stream == stream.id) entry.stream.reset();
    } else {
        open_stream_order.insert(place);
        entry.stream = stream.id;
    }
    const auto incident = known == streams.end() ? stream.incident_id : known->second.incident_id;
    Stream& stored = streams[stream.id];
    stored = stream;
    stored.incident_id = incident;
}

KeyFact MemoryState::fact_of(const KeyEntry& entry) {
    KeyFact fact;
    fact.stream_key_id = entry.key.id;
    fact.digest = entry.digest;
    fact.previous_digest = entry.previous_digest;
    fact.previous_expires_at = entry.key.previous_value_expires_at;
    fact.playback_path = entry.key.playback_path;
    fact.policies = entry.key.policies;
    fact.disabled = entry.key.disabled || entry.key.broadcaster_disabled;
    fact.expires_at = entry.key.expires_at;
    fact.revoked_at = entry.key.revoked_at;
    fact.blocked_until = entry.key.blocked_until;
    fact.deleted = entry.deleted;
    fact.revision = entry.fact_version;
    return fact;
}

void MemoryState::remember_connection(const ConnectionId& connection, const KeyEntry& entry) {
    key_of_connection[connection] = entry.key.id;
    constexpr std::size_t kLeast = 1'024;
    if (key_of_connection.size() < kLeast + 4 * keys.size()) return;
    std::erase_if(key_of_connection, [&](const auto& known) {
        const KeyEntry& key = keys.at(known.second);
        return !has_claim(key, known.first) && !has_source(key, known.first) &&
               known.first != connection;
    });
}

bool MemoryState::has_claim(const KeyEntry& entry, const ConnectionId& connection) {
    return entry.claim && entry.claim->connection == connection;
}

bool MemoryState::has_source(const KeyEntry& entry, const ConnectionId& connection) const {
    return entry.stream && streams.at(*entry.stream).source_id == connection;
}

bool MemoryState::is_foreign(const KeyEntry& entry, const ClaimRequest& request) const {
    const ConnectionId& connection = request.claim.connection;
    const auto known = key_of_connection.find(connection);
    if (known == key_of_connection.end() || known->second == entry.key.id) return false;
    const KeyEntry& other = keys.at(known->second);
    const auto source = other.stream ? streams.at(*other.stream).source_id : std::nullopt;
    return rules::has_connection(other.claim, source, request);
}

void MemoryState::number_fact(KeyEntry& entry) {
    fact_order.erase(entry.fact_version);
    entry.fact_version = ++newest_fact;
    fact_order[entry.fact_version] = entry.key.id;
}

std::vector<Session> MemoryState::sessions_at(const std::string& path) const {
    std::vector<Session> all;
    const auto found = keys_by_path.find(path);
    if (found == keys_by_path.end()) return all;
    for (const auto id : found->second) all.push_back(session_of(keys.at(id)));
    rules::sort_by_priority(all);
    return all;
}

Result<void> MemoryState::check_path(const StreamKey& key) const {
    const auto found = keys_by_path.find(key.playback_path);
    if (key.revoked_at || found == keys_by_path.end()) return {};
    const auto sharing = rules::may_share(keys.at(found->second.front()).key, key);
    if (sharing == rules::Sharing::kPermitted) return {};
    return may_not_share(sharing);
}

void MemoryState::enter_path(const KeyEntry& entry) {
    keys_by_path[entry.key.playback_path].push_back(entry.key.id);
}

void MemoryState::leave_path(const KeyEntry& entry) {
    const auto path = keys_by_path.find(entry.key.playback_path);
    if (path == keys_by_path.end()) return;
    std::erase(path->second, entry.key.id);
    if (path->second.empty()) keys_by_path.erase(path);
}

void MemoryState::revoke(KeyEntry& entry, Timestamp now) {
    entry.key.revoked_at = now;
    leave_path(entry);
    number_fact(entry);
    cut_off(entry, EndReason::kKeyRevoked, now);
}

void MemoryState::cut_off(KeyEntry& entry, EndCause cause, Timestamp now) {
    for (auto& cutoff :
         rules::cutoffs_of(session_of(entry), {entry.digest, entry.previous_digest}, cause, now)) {
        write_cutoff(std::move(cutoff));
    }
    entry.claim.reset();
    ++entry.version;
}

void MemoryState::cut_off_replaced(const KeyEntry& entry, const std::optional<Claim>& next) {
    auto cutoff =
        rules::cutoff_of_replaced(session_of(entry), {entry.digest, entry.previous_digest}, next);
    if (cutoff) write_cutoff(*std::move(cutoff));
}

void MemoryState::cut_off_waiting(const KeyEntry& granted, const Claim& claim) {
    for (const auto& session : sessions_at(granted.key.playback_path)) {
        if (!rules::is_cut_off_by_grant(session, granted.key)) continue;
        KeyEntry& other = keys.at(session.key.id);
        cut_off_replaced(other, claim);
        other.claim.reset();
        ++other.version;
    }
}

KeyChangeOutcome MemoryState::outcome_of(const KeyEntry& entry, bool changed) const {
    KeyChangeOutcome outcome;
    outcome.keys.push_back(entry.key);
    outcome.changed = changed;
    append_cutoffs(entry.key.id, outcome.cutoffs);
    return outcome;
}

const Cutoff& MemoryState::write_cutoff(Cutoff cutoff) {
    const CutoffName name{cutoff.stream_key_id, cutoff.connection};
    // An existing cut-off stays, because it was requested first and its cause applies.
    return cutoffs.try_emplace(name, std::move(cutoff)).first->second;
}

std::size_t MemoryState::cutoffs_at(StreamKeyId key, const std::string& node) const {
    std::size_t count = 0;
    auto place = cutoffs.lower_bound({key, ConnectionId{}});
    for (; place != cutoffs.end() && place->first.first == key; ++place) {
        count += place->second.node == node ? 1 : 0;
    }
    return count;
}

void MemoryState::append_cutoffs(StreamKeyId key, std::vector<Cutoff>& out) const {
    auto place = cutoffs.lower_bound({key, ConnectionId{}});
    for (; place != cutoffs.end() && place->first.first == key; ++place) {
        out.push_back(place->second);
    }
}

void MemoryState::forget_signatures(Timestamp now) {
    const auto expired = signature_expiry.lower_bound(now);
    for (auto each = signature_expiry.begin(); each != expired; ++each) {
        signatures.erase(each->second);
    }
    signature_expiry.erase(signature_expiry.begin(), expired);
}

}  // namespace rescuestream::memory
