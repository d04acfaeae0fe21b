#pragma once

#include <string>

#include "storage/sql/statements.hpp"

// SQL texts about credentials, in both dialects. The columns are in the order in which
// credentials.cpp reads and writes them.
namespace rescuestream::sql {

inline const std::string kCredentialColumns =
    "id, label, scopes, allowed_addresses, broadcasters, made_by, created_at, updated_at, "
    "expires_at, revoked_at, digest, sealed, previous_digest, previous_sealed, "
    "previous_expires_at, last_used_at, last_used_address, account";
constexpr int kCredentialColumnCount = 18;

inline const std::string kInsertCredential = "INSERT INTO credentials (" + kCredentialColumns +
                                             ") VALUES (" +
                                             placeholders(1, kCredentialColumnCount) + ")";
/// The rules::Occupancy of credentials, as far as $1, for the account $2.
inline const std::string kCountCredentials = occupancy("SELECT account FROM credentials LIMIT $1");
inline const std::string kListCredentials =
    "SELECT " + kCredentialColumns + " FROM credentials ORDER BY created_at DESC, id DESC";
/// The dialect's lock clause may follow.
inline const std::string kFindCredential =
    "SELECT " + kCredentialColumns + " FROM credentials WHERE id = $1";
/// Has the columns of `kInsertCredential` except those of the last use, which are no change, and
/// the account, which never changes.
inline const std::string kUpdateCredential =
    "UPDATE credentials SET label = $2, scopes = $3, allowed_addresses = $4, broadcasters = $5, "
    "made_by = $6, created_at = $7, updated_at = $8, expires_at = $9, revoked_at = $10, "
    "digest = $11, sealed = $12, previous_digest = $13, previous_sealed = $14, "
    "previous_expires_at = $15 WHERE id = $1";
inline const std::string kDeleteCredential = "DELETE FROM credentials WHERE id = $1";
inline const std::string kNoteCredentialUse =
    "UPDATE credentials SET last_used_at = $2, last_used_address = $3 "
    "WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";

/// The number is 1 if there is no row.
inline const std::string kNumberCredentialChange =
    "INSERT INTO credential_changes (id, number) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET "
    "number = credential_changes.number + 1";
inline const std::string kCredentialChangeNumber =
    "SELECT coalesce(max(number), 1) FROM credential_changes WHERE id = 1";
/// Number and credentials of one snapshot. One row with a null id when there are none.
inline const std::string kCredentialFacts =
    "SELECT v.number, " + kCredentialColumns +
    " FROM (SELECT coalesce(max(number), 1) AS number FROM credential_changes WHERE id = 1) v "
    "LEFT JOIN credentials ON TRUE";

inline const std::string kInsertSession =
    "INSERT INTO credential_sessions (digest, credential_id, secret_digest, created_at, "
    "expires_at) VALUES ($1, $2, $3, $4, $5)";
inline const std::string kBrowserSessionColumns =
    "digest, credential_id, secret_digest, created_at, expires_at";
inline const std::string kListSessions =
    "SELECT " + kBrowserSessionColumns + " FROM credential_sessions";
inline const std::string kDeleteExpiredSessions =
    "DELETE FROM credential_sessions WHERE expires_at <= $1";
inline const std::string kDeleteOldestSessions =
    "DELETE FROM credential_sessions WHERE digest IN (SELECT digest FROM credential_sessions "
    "WHERE credential_id = $1 ORDER BY created_at DESC, digest DESC LIMIT 1000 OFFSET $2)";
inline const std::string kDeleteSession =
    "DELETE FROM credential_sessions WHERE digest = $1 RETURNING digest";

/// Returns no row if the nonce exists already. Nonces and signatures are kept in one table.
inline const std::string kUseNonce =
    "INSERT INTO seen_signatures (digest, first_seen, expires_at) VALUES ($1, $2, $3) "
    "ON CONFLICT (digest) DO NOTHING RETURNING digest";

}  // namespace rescuestream::sql
