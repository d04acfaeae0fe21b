#include "storage/memory/playback.hpp"

#include <algorithm>
#include <tuple>

#include "rules/conditions.hpp"
#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "storage/playback_room.hpp"
#include "storage/room.hpp"

namespace rescuestream::memory {
namespace {

// Returns whether it changed.
bool end_key(PlaybackKey& key, Timestamp at) {
    if (key.expires_at && *key.expires_at <= at) return false;
    key.expires_at = at;
    return true;
}

}  // namespace

Result<void> MemoryPlayback::add_playback_key(const PlaybackKey& key,
                                              std::optional<Timestamp> others_until,
                                              const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    if (auto mine = state_.check_reservation(audit); !mine) return mine.error();
    PlaybackState& playback = state_.playback;
    if (playback.keys.contains(key.id)) return conflict(kPlaybackKeyExists);
    const std::string& account = audit.conditions().account;
    if (needs_room(key, others_until)) {
        const auto used = occupancy_of(
            playback.keys, account,
            [&](const auto& each) {
                const auto& expires_at = each.second.value.expires_at;
                return !expires_at || *expires_at > key.created_at;
            },
            [&](const auto& each) -> const std::string& {
                return playback.accounts_of_keys.at(each.first);
            });
        if (auto room = check_room(used, kMostPlaybackKeys, account,
                                   {kTooManyPlaybackKeys, kTooManyPlaybackKeysOfLimited});
            !room) {
            return room;
        }
    }
    playback.accounts_of_keys[key.id] = account;
    const std::int64_t version = ++playback.version;
    for (auto& [id, other] : playback.keys) {
        if (!others_until || !other.value.is_own) continue;
        if (end_key(other.value, *others_until)) other.version = version;
    }
    playback.keys[key.id] = {key, version};
    state_.write_audit(audit.complete());
    return {};
}

Result<PlaybackKey> MemoryPlayback::end_playback_key(const std::string& id, Timestamp at,
                                                     const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.playback.keys.find(id);
    if (found == state_.playback.keys.end()) return not_found(kNoPlaybackKey);
    if (auto same = rules::check_conditions(audit, found->second.value); !same) return same.error();
    if (end_key(found->second.value, at)) {
        found->second.version = ++state_.playback.version;
        state_.write_audit(audit.complete());
    }
    return found->second.value;
}

Result<std::vector<PlaybackKey>> MemoryPlayback::list_playback_keys() {
    const std::lock_guard lock(state_.mutex);
    std::vector<PlaybackKey> keys;
    for (const auto& [id, key] : state_.playback.keys) keys.push_back(key.value);
    std::sort(keys.begin(), keys.end(), [](const PlaybackKey& a, const PlaybackKey& b) {
        return std::tie(a.created_at, a.id) > std::tie(b.created_at, b.id);
    });
    return keys;
}

Result<void> MemoryPlayback::add_short_token(const ShortPlaybackToken& token, Timestamp now,
                                             const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    if (auto mine = state_.check_reservation(audit); !mine) return mine.error();
    PlaybackState& playback = state_.playback;
    std::erase_if(playback.short_tokens,
                  [&](const auto& each) { return each.second.value.grant.expires_at <= now; });
    playback.short_tokens[token.digest] = {token, ++playback.version};
    state_.write_audit(audit.complete());
    return {};
}

Result<void> MemoryPlayback::revoke_playback(const PlaybackRevocation& revocation, Timestamp now,
                                             const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    PlaybackState& playback = state_.playback;
    std::erase_if(playback.revocations,
                  [&](const auto& each) { return each.second.value.expires_at <= now; });
    auto& [known, version] =
        playback.revocations
            .try_emplace({revocation.by, revocation.value},
                         PlaybackState::Versioned<PlaybackRevocation>{revocation, 0})
            .first->second;
    known.revoked_at = std::max(known.revoked_at, revocation.revoked_at);
    known.expires_at = std::max(known.expires_at, revocation.expires_at);
    version = ++playback.version;
    state_.write_audit(audit.complete());
    return {};
}

Result<PlaybackChanges> MemoryPlayback::playback_changes_after(std::int64_t version) {
    const std::lock_guard lock(state_.mutex);
    PlaybackChanges changes;
    const PlaybackState& playback = state_.playback;
    changes.version = playback.version;
    changes.from_start = version > playback.version;
    if (changes.from_start) version = -1;
    const auto add = [&](const auto& from, auto& to) {
        for (const auto& [name, each] : from) {
            if (each.version > version) to.push_back(each.value);
        }
    };
    add(playback.keys, changes.keys);
    add(playback.short_tokens, changes.short_tokens);
    add(playback.revocations, changes.revocations);
    return changes;
}

}  // namespace rescuestream::memory
