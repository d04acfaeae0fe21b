#pragma once

#include "storage/sql/statements.hpp"

// SQL texts about incidents and guest links, of both dialects.
namespace rescuestream::sql {

// Incidents --------------------------------------------------------------------------------------

constexpr int kIncidentColumnCount = 9;
inline const std::string kIncidentColumns =
    "i.id, i.name, i.reference, i.metadata, i.created_at, i.updated_at, i.created_by, i.closed_at, "
    "i.closed_by";
inline const std::string kInsertIncident =
    "INSERT INTO incidents (id, name, reference, metadata, created_at, updated_at, created_by, "
    "closed_at, closed_by, account) VALUES (" +
    placeholders(1, kIncidentColumnCount + 1) + ")";
inline const std::string kSelectIncidents = "SELECT " + kIncidentColumns + " FROM incidents i";
/// The dialect's lock clause may follow.
inline const std::string kFindIncident = kSelectIncidents + " WHERE i.id = $1";
/// The rules::Occupancy of open ones, as far as $1, for the account $2.
inline const std::string kCountOpenIncidents =
    occupancy("SELECT account FROM incidents WHERE closed_at IS NULL LIMIT $1");
inline const std::string kSetAccountOfIncident = "UPDATE incidents SET account = $2 WHERE id = $1";
inline const std::string kUpdateIncident =
    "UPDATE incidents SET name = $2, reference = $3, metadata = $4, created_at = $5, "
    "updated_at = $6, created_by = $7, closed_at = $8, closed_by = $9 WHERE id = $1";
inline const std::string kBroadcastersOfIncident =
    "SELECT b.id FROM broadcasters b WHERE b.incident_id = $1 AND " +
    hidden("b.deleted_at IS NULL") + " ORDER BY b.id LIMIT $2";
/// Remembers what is assigned to the incident $1, which is about to be closed.
inline const std::string kRememberAssigned =
    "INSERT INTO incident_members (incident_id, member_id, kind) SELECT b.incident_id, b.id, "
    "'broadcaster' FROM broadcasters b WHERE b.incident_id = $1 UNION ALL SELECT k.incident_id, "
    "k.id, 'stream_key' FROM stream_keys k WHERE k.incident_id = $1 ON CONFLICT DO NOTHING";
inline const std::string kRememberedOfIncident =
    "SELECT m.member_id FROM incident_members m WHERE m.incident_id = $1 AND " +
    hidden("m.kind = $2") + " ORDER BY m.member_id LIMIT $3";
inline const std::string kListedKeysOfIncident =
    "SELECT k.id FROM stream_keys k WHERE k.incident_id = $1 AND " + kNotDeleted +
    " ORDER BY k.id LIMIT $2";
/// With deleted ones, in the order in which shared claims lock keys.
inline const std::string kKeysOfIncident =
    "SELECT k.id, k.digest, k.until_closed FROM stream_keys k WHERE k.incident_id = $1 "
    "ORDER BY k.digest";
inline const std::string kFreeKeysOfBroadcaster =
    "SELECT k.id, k.digest, k.until_closed FROM stream_keys k WHERE k.broadcaster_id = $1 AND " +
    hidden("k.incident_id IS NULL") + " ORDER BY k.digest";
inline const std::string kKeysOfBroadcasterInIncident =
    "SELECT k.id, k.digest, k.until_closed FROM stream_keys k WHERE k.broadcaster_id = $1 AND " +
    hidden("k.incident_id = $2") + " ORDER BY k.digest";
inline const std::string kIncidentOfKey =
    "SELECT k.id, k.digest, k.until_closed, k.incident_id FROM stream_keys k WHERE k.id = $1 AND " +
    kNotDeleted;
/// Only a key that belongs to no other incident. Returns its id.
inline const std::string kAssignKey = "UPDATE stream_keys SET incident_id = $2 WHERE id = $1 AND " +
                                      hidden("coalesce(incident_id, $2) = $2") + " RETURNING id";
/// What the key has on air joins, too, unless it belongs to an incident already.
inline const std::string kAssignStream =
    "UPDATE streams SET incident_id = $2 WHERE stream_key_id = $1 AND state <> 'ended' AND " +
    hidden("incident_id IS NULL");
inline const std::string kReleaseKey =
    "UPDATE stream_keys SET incident_id = NULL WHERE id = $1 AND " + hidden("incident_id = $2");
inline const std::string kEndKey = "UPDATE stream_keys SET expires_at = $2 WHERE id = $1";
inline const std::string kAssignBroadcaster =
    "UPDATE broadcasters SET incident_id = $2 WHERE id = $1";
inline const std::string kReleaseBroadcaster =
    "UPDATE broadcasters SET incident_id = NULL WHERE id = $1 AND " + hidden("incident_id = $2");
inline const std::string kReleaseBroadcasters =
    "UPDATE broadcasters SET incident_id = NULL WHERE incident_id = $1";

// Guest links ------------------------------------------------------------------------------------

constexpr int kGuestLinkColumnCount = 13;
inline const std::string kGuestLinkColumns =
    "g.id, g.digest, g.pin, g.label, g.targets, g.incident_id, g.expires_at, g.max_addresses, "
    "g.max_viewers, g.created_at, g.created_by, g.closed_at, g.account";
inline const std::string kSelectGuestLinks = "SELECT " + kGuestLinkColumns + " FROM guest_links g";
inline const std::string kInsertGuestLink =
    "INSERT INTO guest_links (id, digest, pin, label, targets, incident_id, expires_at, "
    "max_addresses, max_viewers, created_at, created_by, closed_at, account) VALUES (" +
    placeholders(1, kGuestLinkColumnCount) + ")";
/// The dialect's lock clause may follow.
inline const std::string kFindGuestLink = kSelectGuestLinks + " WHERE g.id = $1";
inline const std::string kFindGuestLinkByDigest = kSelectGuestLinks + " WHERE g.digest = $1";
inline const std::string kUpdateGuestLink =
    "UPDATE guest_links SET pin = $2, label = $3, targets = $4, expires_at = $5, "
    "max_addresses = $6, max_viewers = $7, account = $8 WHERE id = $1";
/// The rules::Occupancy of those that are open at $3, as far as $1, for the account $2.
inline const std::string kCountOpenGuestLinks = occupancy(
    "SELECT account FROM guest_links WHERE closed_at IS NULL AND expires_at > $3 UNION ALL "
    "SELECT account FROM guest_links WHERE closed_at IS NULL AND expires_at IS NULL LIMIT $1");
inline const std::string kCloseGuestLink = "UPDATE guest_links SET closed_at = $2 WHERE id = $1";
inline const std::string kCloseGuestLinksOfIncident =
    "UPDATE guest_links SET closed_at = $2 WHERE incident_id = $1 AND " +
    hidden("closed_at IS NULL");
inline const std::string kFindGuestEntry =
    "SELECT 1 FROM guest_entries WHERE guest_link_id = $1 AND address = $2";
inline const std::string kCountGuestEntries =
    "SELECT count(*) FROM guest_entries WHERE guest_link_id = $1";
inline const std::string kInsertGuestEntry =
    "INSERT INTO guest_entries (guest_link_id, address, entered_at) VALUES ($1, $2, $3)";

}  // namespace rescuestream::sql
