#include "storage/memory/credentials.hpp"

#include <algorithm>
#include <tuple>

#include "rules/conditions.hpp"
#include "rules/credential.hpp"
#include "storage/credential_change.hpp"
#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "storage/room.hpp"

namespace rescuestream::memory {

Result<void> MemoryCredentials::create_credential(const ApiCredentialRow& row,
                                                  const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    if (auto mine = state_.check_reservation(audit); !mine) return mine.error();
    const std::string& account = audit.conditions().account;
    const auto used = occupancy_of(
        state_.credentials, account, [](const auto& /*each*/) { return true; },
        [](const auto& each) -> const std::string& {
            return each.second.credential.account.value;
        });
    if (auto room = check_room(used, kMostCredentials, account,
                               {kTooManyCredentials, kTooManyCredentialsOfLimited});
        !room) {
        return room;
    }
    if (state_.credentials.contains(row.credential.id)) return defect("credential id exists");
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    state_.credentials.emplace(row.credential.id, row);
    ++state_.credential_changes;
    state_.write_audit(audit.with_label(row.credential.label));
    return {};
}

Result<std::vector<ApiCredential>> MemoryCredentials::list_credentials() {
    const std::lock_guard lock(state_.mutex);
    std::vector<ApiCredential> all;
    for (const auto& [id, row] : state_.credentials) all.push_back(row.credential);
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return std::tie(a.created_at, a.id) > std::tie(b.created_at, b.id);
    });
    return all;
}

Result<ApiCredential> MemoryCredentials::change_credential(const ApiCredentialId& id,
                                                           const ApiCredentialChange& change,
                                                           Timestamp now, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.credentials.find(id);
    if (found == state_.credentials.end()) return not_found(kNoCredential);
    if (auto mine = state_.check_reservation(audit); !mine) return mine.error();
    if (auto same = rules::check_conditions(audit, found->second.credential); !same)
        return same.error();
    ApiCredentialRow row = found->second;
    const auto changed = apply_credential_change(row, change, now);
    if (!changed) return changed.error();
    if (*changed) {
        if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
        found->second = row;
        ++state_.credential_changes;
        state_.write_audit(audit.with_label(row.credential.label));
    }
    return row.credential;
}

Result<void> MemoryCredentials::delete_credential(const ApiCredentialId& id,
                                                  const std::shared_ptr<const ApiCredential>& by,
                                                  const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.credentials.find(id);
    if (found == state_.credentials.end()) return not_found(kNoCredential);
    const ApiCredential& credential = found->second.credential;
    if (auto error = rules::exceeds(by.get(), credential)) return *std::move(error);
    if (auto same = rules::check_conditions(audit, credential); !same) return same.error();
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    state_.write_audit(audit.with_label(credential.label));
    state_.credentials.erase(found);
    ++state_.credential_changes;
    return {};
}

Result<std::optional<ApiCredentialFacts>> MemoryCredentials::credential_facts_unless(
    std::int64_t version) {
    const std::lock_guard lock(state_.mutex);
    if (state_.credential_changes == version) return std::optional<ApiCredentialFacts>();
    ApiCredentialFacts facts;
    facts.version = state_.credential_changes;
    facts.sessions = state_.sessions;
    for (const auto& [id, row] : state_.credentials) facts.rows.push_back(row);
    return std::optional<ApiCredentialFacts>(std::move(facts));
}

Result<void> MemoryCredentials::note_credential_uses(const std::vector<ApiCredentialUse>& uses) {
    const std::lock_guard lock(state_.mutex);
    for (const auto& use : uses) {
        const auto found = state_.credentials.find(use.id);
        if (found == state_.credentials.end()) continue;
        ApiCredential& credential = found->second.credential;
        if (credential.last_used_at && *credential.last_used_at >= use.at) continue;
        credential.last_used_at = use.at;
        credential.last_used_address = use.address;
    }
    return {};
}

Result<void> MemoryCredentials::create_session(const ApiSession& session, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    auto& all = state_.sessions;
    std::erase_if(all,
                  [&](const ApiSession& each) { return each.expires_at <= session.created_at; });
    all.push_back(session);
    std::sort(all.begin(), all.end(), [](const ApiSession& a, const ApiSession& b) {
        return std::tie(a.created_at, a.digest) > std::tie(b.created_at, b.digest);
    });
    std::size_t count = 0;
    std::erase_if(all, [&](const ApiSession& each) {
        return each.credential_id == session.credential_id && ++count > kMostSessions;
    });
    ++state_.credential_changes;
    state_.write_audit(audit.without_names());
    return {};
}

Result<void> MemoryCredentials::delete_session(const KeyDigest& digest, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto removed = std::erase_if(
        state_.sessions, [&](const ApiSession& each) { return each.digest == digest; });
    if (removed == 0) return not_found(kNoSession);
    ++state_.credential_changes;
    state_.write_audit(audit.without_names());
    return {};
}

Result<bool> MemoryCredentials::use_nonce(const KeyDigest& digest, Timestamp now,
                                          Timestamp expires_at) {
    const std::lock_guard lock(state_.mutex);
    state_.forget_signatures(now);
    const bool is_new = state_.signatures.try_emplace(digest, now).second;
    if (is_new) state_.signature_expiry.emplace(expires_at, digest);
    return is_new;
}

}  // namespace rescuestream::memory
