#include "storage/copy/tables.hpp"

namespace rescuestream::copy {
namespace {

constexpr Column text(std::string_view name) {
    return {name, Kind::kText};
}
constexpr Column integer(std::string_view name) {
    return {name, Kind::kInteger};
}
constexpr Column boolean(std::string_view name) {
    return {name, Kind::kBoolean};
}
constexpr Column time(std::string_view name) {
    return {name, Kind::kTime};
}
constexpr Column uuid(std::string_view name) {
    return {name, Kind::kUuid};
}
constexpr Column digest(std::string_view name) {
    return {name, Kind::kDigest};
}

}  // namespace

const std::vector<Table>& tables() {
    static const std::vector<Table> all{
        {"broadcasters",
         1,
         {uuid("id"), text("display_name"), text("metadata"), time("created_at"),
          time("updated_at"), time("deleted_at"), boolean("disabled"), uuid("incident_id")}},
        {"stream_keys",
         1,
         {uuid("id"),
          uuid("broadcaster_id"),
          digest("digest"),
          text("label"),
          text("playback_path"),
          text("playback"),
          text("on_duplicate"),
          integer("reconnect_window"),
          integer("max_session_duration"),
          boolean("disabled"),
          time("created_at"),
          time("expires_at"),
          time("revoked_at"),
          time("deleted_at"),
          time("last_used_at"),
          integer("session_version"),
          text("owner_connection"),
          text("owner_node"),
          text("owner_protocol"),
          boolean("owner_path_is_secret"),
          text("owner_address"),
          text("owner_user_agent"),
          time("claimed_at"),
          boolean("owner_live"),
          time("stalled_since"),
          time("last_takeover_at"),
          text("previous_connection"),
          integer("stale_after"),
          time("blocked_until"),
          boolean("broadcaster_disabled"),
          digest("previous_digest"),
          time("previous_expires_at"),
          boolean("owner_by_previous"),
          text("policies"),
          uuid("incident_id"),
          boolean("until_closed"),
          text("created_by"),
          time("rotated_at"),
          boolean("joined")}},
        {"streams",
         1,
         {uuid("id"),
          uuid("stream_key_id"),
          uuid("broadcaster_id"),
          text("node"),
          text("path"),
          text("state"),
          integer("generation"),
          time("started_at"),
          time("ended_at"),
          text("end_reason"),
          text("source_type"),
          text("source_id"),
          time("interrupted_at"),
          text("observed_by"),
          text("metadata"),
          text("recording_ref"),
          integer("interruptions"),
          integer("interrupted_for"),
          integer("inbound_bytes"),
          integer("peak_bitrate"),
          integer("peak_readers"),
          uuid("incident_id")}},
        {"stream_transitions",
         2,
         {uuid("stream_id"), integer("sequence"), time("occurred_at"), text("kind"), text("source"),
          integer("generation"), text("connection_id"), text("reason"), integer("gap")}},
        {"cutoffs",
         2,
         {uuid("stream_key_id"), text("connection_id"), text("node"), text("protocol"),
          uuid("stream_id"), text("reason"), time("requested_at"), digest("digest"),
          text("decided_by")}},
        {"incidents",
         1,
         {uuid("id"), text("name"), text("reference"), text("metadata"), time("created_at"),
          time("updated_at"), text("created_by"), time("closed_at"), text("closed_by"),
          text("account")}},
        {"incident_members", 2, {uuid("incident_id"), uuid("member_id"), text("kind")}},
        {"guest_links",
         1,
         {uuid("id"), digest("digest"), text("pin"), text("label"), text("targets"),
          uuid("incident_id"), time("expires_at"), integer("max_addresses"), integer("max_viewers"),
          time("created_at"), text("created_by"), time("closed_at"), text("account")}},
        {"guest_entries", 2, {uuid("guest_link_id"), text("address"), time("entered_at")}},
        {"nodes",
         1,
         {text("name"), text("label"), text("api_url"), text("api_user"), text("api_password"),
          text("webrtc"), text("hls"), text("rtsp"), text("rtmp"), text("srt"), boolean("draining"),
          time("created_at"), time("updated_at")}},
        {"node_standings",
         2,
         {text("node"), text("api_url"), time("asked_at"), time("enforced_at")}},
        {"unknown_sources",
         2,
         {text("node"), text("connection_id"), text("path"), text("protocol"),
          text("remote_address"), time("seen_at")}},
        {"audit_entries",
         1,
         {uuid("id"), time("occurred_at"), text("actor"), text("action"), text("resource_type"),
          text("resource_id"), text("request_method"), text("request_path"), text("ip_address"),
          text("outcome"), text("failure_reason"), text("metadata"), text("request_id"),
          text("origin")}},
        {"audit_seals",
         1,
         {integer("number"), digest("previous"), digest("digest"), time("sealed_at"),
          time("first_at"), time("last_at"), time("through_at"), uuid("through_id"),
          integer("cut_number"), digest("cut_digest"), integer("cut_entries"), text("signature"),
          text("entries")}},
        {"audit_actors", 1, {text("name")}},
        {"refused_attempts",
         1,
         {uuid("id"), text("action"), text("network"), text("protocol"), text("path"),
          text("reason"), uuid("stream_key_id"), text("remote_address"), text("node"),
          text("user_agent"), integer("times"), time("first_at"), time("last_at"),
          uuid("holder_key_id")}},
        {"playback_keys",
         1,
         {text("id"), boolean("is_own"), text("algorithm"), text("public_key"), text("private_key"),
          text("issuer"), text("label"), text("paths"), time("created_at"), time("expires_at"),
          text("account")}},
        {"playback_tokens", 1, {digest("digest"), text("claims"), time("expires_at")}},
        {"playback_revocations",
         2,
         {text("kind"), text("value"), time("revoked_at"), time("expires_at")}},
        {"credentials",
         1,
         {text("id"), text("label"), text("scopes"), text("allowed_addresses"),
          text("broadcasters"), text("made_by"), time("created_at"), time("updated_at"),
          time("expires_at"), time("revoked_at"), digest("digest"), text("sealed"),
          digest("previous_digest"), text("previous_sealed"), time("previous_expires_at"),
          time("last_used_at"), text("last_used_address"), text("account")}},
        {"viewers",
         1,
         {text("id"), text("node"), text("path"), text("protocol"), text("remote_address"),
          text("user_agent"), text("grants"), text("viewer_id"), text("token_id"),
          boolean("is_helper"), time("since"), time("ended_at"), time("removed_at")}},
        {"request_reservations",
         1,
         {digest("key"), digest("content"), uuid("id"), time("running_until"), time("expires_at"),
          boolean("made"), text("made_type"), text("made_id"), text("answer")}},
        {"seen_signatures", 1, {digest("digest"), time("first_seen"), time("expires_at")}},
    };
    return all;
}

const std::vector<NotCopied>& not_copied() {
    static const std::vector<NotCopied> all{
        {"schema_migrations", "", "the migrations of the target create it"},
        {"node_leases", "", "they belong to the programs that run on the source"},
        {"credential_sessions", "", "a session that was ended must not be valid again"},
        {"playback_versions", "", "each database counts its own changes"},
        {"playback_keys", "version", "the same"},
        {"playback_tokens", "version", "the same"},
        {"playback_revocations", "version", "the same"},
        {"credential_changes", "", "each database counts its own changes"},
        {"viewers", "version", "the same"},
        {"stream_keys", "fact_version", "each database counts its own changes"},
        {"stream_keys", "fact_xid", "the same, in PostgreSQL"},
    };
    return all;
}

}  // namespace rescuestream::copy
