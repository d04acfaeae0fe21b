#include "storage/sql/playback.hpp"

#include "json/document.hpp"
#include "json/object.hpp"
#include "json/values.hpp"
#include "rules/conditions.hpp"
#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "storage/playback_room.hpp"
#include "storage/room.hpp"
#include "storage/sql/playback_statements.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/step_parts.hpp"
#include "storage/sql/unreadable_rows.hpp"
#include "support/time_range.hpp"
#include "tokens/token.hpp"

namespace rescuestream::sql {
namespace {

std::string written_patterns(const std::vector<std::string>& patterns) {
    return json::object([&](json::Writer& writer) {
        writer.Key("paths");
        writer.StartArray();
        for (const auto& pattern : patterns) json::write(writer, pattern);
        writer.EndArray();
    });
}

[[noreturn]] void fail_reading(const std::string& what) {
    throw Failure{Failure::Kind::kDefect, what};
}

std::vector<std::string> read_patterns(const std::string& text) {
    const auto json = json::parse(text);
    if (!json || !json->IsObject()) fail_reading("the patterns of a playback key");
    try {
        return json::read::texts(*json, "paths");
    } catch (const json::BadValue& error) {
        fail_reading(error.what());
    }
}

constexpr RowSource kPlaybackKeyRows{"playback_keys", &kPlaybackKeyColumns};
constexpr RowSource kShortTokenRows{"playback_tokens", &kShortTokenColumns};
constexpr RowSource kRevocationRows{"playback_revocations", &kRevocationColumns};

PlaybackKey read_playback_key(RowReader row) {
    PlaybackKey key;
    key.id = row.text();
    key.is_own = row.boolean();
    key.algorithm = row.name<TokenAlgorithm>();
    key.public_key = row.text();
    key.sealed_private_key = row.text();
    key.issuer = row.text();
    key.label = row.text();
    key.paths = row.parsed(read_patterns);
    key.created_at = row.time();
    key.expires_at = row.optional_time();
    // Then it verifies nothing.
    if (row.has_failed()) key.public_key.clear();
    return key;
}

ShortPlaybackToken read_short_token(RowReader row) {
    ShortPlaybackToken token;
    token.digest = row.digest();
    // Without claims it permits nothing and has expired.
    token.grant = row.parsed([](const std::string& claims) {
        auto grant = tokens::read_claims(claims);
        if (!grant) fail_reading("the claims of a short token");
        return *std::move(grant);
    });
    return token;
}

// A revocation that cannot be read completely ends whatever its value names, at all times.
std::vector<PlaybackRevocation> read_revocation(RowReader row) {
    PlaybackRevocation revocation;
    revocation.by = row.name<RevokedBy>();
    const bool is_of_any_kind = row.has_failed();
    revocation.value = row.text();
    revocation.revoked_at = row.time();
    revocation.expires_at = row.time();
    if (!row.has_failed()) return {revocation};
    revocation.revoked_at = kLatestTime;
    revocation.expires_at = kLatestTime;
    if (!is_of_any_kind) return {revocation};
    std::vector<PlaybackRevocation> revocations;
    for (const auto by :
         {RevokedBy::kToken, RevokedBy::kViewer, RevokedBy::kPath, RevokedBy::kOwner}) {
        revocations.push_back(revocation);
        revocations.back().by = by;
    }
    return revocations;
}

// Changes of all programs get their numbers in the order in which they are committed, because the
// row is locked until then.
std::int64_t next_version(Connection& connection) {
    return connection.run(kNextPlaybackVersion, {})->integer(0, 0);
}

}  // namespace

Result<void> SqlPlayback::add_playback_key(const PlaybackKey& key,
                                           std::optional<Timestamp> others_until,
                                           const AuditDraft& audit) {
    return told(write<void>([&](Connection& connection) -> Result<void> {
        const std::int64_t version = next_version(connection);
        if (others_until) connection.run(kEndOwnPlaybackKeys, {*others_until, version});
        const std::string& account = audit.conditions().account;
        if (needs_room(key, others_until)) {
            const auto counted = connection.run(
                kCountPlaybackKeys, {count_of(kMostPlaybackKeys), account, key.created_at});
            if (auto room = check_room(read_occupancy(*counted), kMostPlaybackKeys, account,
                                       {kTooManyPlaybackKeys, kTooManyPlaybackKeysOfLimited});
                !room) {
                return room;
            }
        }
        const auto added = connection.run(
            kInsertPlaybackKey,
            {key.id, key.is_own, name_of(key.algorithm), key.public_key, key.sealed_private_key,
             key.issuer, key.label, written_patterns(key.paths), key.created_at,
             nullable(key.expires_at), version, account});
        if (added->size() == 0) return conflict(kPlaybackKeyExists);
        write_audit(connection, audit.complete());
        return {};
    }));
}

Result<PlaybackKey> SqlPlayback::end_playback_key(const std::string& id, Timestamp at,
                                                  const AuditDraft& audit) {
    return told(write<PlaybackKey>([&](Connection& connection) -> Result<PlaybackKey> {
        const std::int64_t version = next_version(connection);
        const auto find = [&] {
            return read_first_leniently(*connection.run(kFindPlaybackKey, {id}), kPlaybackKeyRows,
                                        read_playback_key);
        };
        const auto found = find();
        if (!found) return not_found(kNoPlaybackKey);
        const PlaybackKey* const present = &found->record;
        if (auto same = rules::check_conditions(audit, *present); !same) return same.error();
        const auto ended = connection.run(kEndPlaybackKey, {id, at, version});
        if (ended->size() == 0) return *present;
        write_audit(connection, audit.complete());
        return find().value().record;
    }));
}

Result<std::vector<PlaybackKey>> SqlPlayback::list_playback_keys() {
    using Keys = std::vector<PlaybackKey>;
    return read<Keys>([&](Connection& connection) -> Result<Keys> {
        return read_readable(*connection.run(kListPlaybackKeys, {}), kPlaybackKeyRows, unreadable(),
                             read_playback_key);
    });
}

Result<void> SqlPlayback::add_short_token(const ShortPlaybackToken& token, Timestamp now,
                                          const AuditDraft& audit) {
    return told(write<void>([&](Connection& connection) -> Result<void> {
        const std::int64_t version = next_version(connection);
        connection.run(kDeleteExpiredShortTokens, {now});
        connection.run(kInsertShortToken, {token.digest, tokens::write_claims(token.grant),
                                           token.grant.expires_at, version});
        write_audit(connection, audit.complete());
        return {};
    }));
}

Result<void> SqlPlayback::revoke_playback(const PlaybackRevocation& revocation, Timestamp now,
                                          const AuditDraft& audit) {
    return told(write<void>([&](Connection& connection) -> Result<void> {
        const std::int64_t version = next_version(connection);
        connection.run(kDeleteExpiredRevocations, {now});
        connection.run(kAddRevocation, {name_of(revocation.by), revocation.value,
                                        revocation.revoked_at, revocation.expires_at, version});
        write_audit(connection, audit.complete());
        return {};
    }));
}

Result<PlaybackChanges> SqlPlayback::playback_changes_after(std::int64_t version) {
    return read<PlaybackChanges>([&](Connection& connection) -> Result<PlaybackChanges> {
        PlaybackChanges changes;
        // First, so that what is committed meanwhile is returned again by the next call.
        changes.version = connection.run(kPlaybackVersion, {})->integer(0, 0);
        changes.from_start = version > changes.version;
        if (version == changes.version) return changes;
        const std::int64_t after = changes.from_start ? -1 : version;
        changes.keys = read_leniently(*connection.run(kPlaybackKeysAfter, {after}),
                                      kPlaybackKeyRows, &unreadable(), read_playback_key);
        changes.short_tokens = read_leniently(*connection.run(kShortTokensAfter, {after}),
                                              kShortTokenRows, &unreadable(), read_short_token);
        for (auto& revocations : read_leniently(*connection.run(kRevocationsAfter, {after}),
                                                kRevocationRows, &unreadable(), read_revocation)) {
            changes.revocations.insert(changes.revocations.end(), revocations.begin(),
                                       revocations.end());
        }
        return changes;
    });
}

}  // namespace rescuestream::sql
