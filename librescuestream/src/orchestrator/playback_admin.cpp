#include "orchestrator/playback_admin.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "orchestrator/addresses.hpp"
#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/nodes.hpp"
#include "orchestrator/playback_key_admin.hpp"
#include "orchestrator/playback_tokens.hpp"
#include "rescuestream/api_credentials.hpp"
#include "rescuestream/settings.hpp"
#include "support/crypto.hpp"
#include "support/make_uuid.hpp"
#include "support/validation.hpp"
#include "tokens/token.hpp"

namespace rescuestream {
namespace {

using std::chrono::seconds;

// In memory of every server until they expire.
constexpr std::size_t kMostShortTokens = 100'000;
// Beyond so many, credentials without the scope admin make no more.
constexpr std::size_t kMostShortTokensOfLimited = 90'000;
constexpr std::size_t kMostRevocations = 100'000;
// Of these, credentials without the scope admin use up so many together: the rest is kept, so that
// none of them keeps others from revoking.
constexpr std::size_t kMostRevocationsOfLimited = 50'000;
// What a guest link or an incident gave ends with it, also when no other revocation has room.
constexpr std::size_t kMostRevocationsWithOwners = 200'000;

Timestamp whole_second(Timestamp time) {
    return std::chrono::floor<seconds>(time);
}

void check_paths(Validation& validation, const std::vector<std::string>& paths) {
    if (!validation.count("/paths", paths.size(), 1, kMaxTokenPaths)) return;
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const std::string pointer = "/paths/" + std::to_string(i);
        validation.path_name(pointer, paths[i]);
        if (!seen.insert(paths[i]).second) validation.add(pointer, "is given twice");
    }
}

void check_target(Validation& validation, const NewPlaybackToken& input) {
    const int given = static_cast<int>(!input.paths.empty()) +
                      static_cast<int>(input.stream_id.has_value()) +
                      static_cast<int>(input.stream_key_id.has_value()) +
                      static_cast<int>(input.incident_id.has_value());
    if (given != 1) {
        validation.add(
            "/paths",
            "is required, or else stream_id, stream_key_id or incident_id; only one of them");
    }
    if (!input.paths.empty()) check_paths(validation, input.paths);
}

void check_times(Validation& validation, const NewPlaybackToken& input, Timestamp now) {
    if (input.expires_in && input.expires_at) {
        validation.add("/expires_at", "must not be given together with expires_in");
    }
    if (input.expires_in) {
        validation.duration("/expires_in", *input.expires_in, seconds(1), kLongestTokenLife);
    }
    if (input.expires_at &&
        (*input.expires_at <= now || *input.expires_at > now + kLongestTokenLife)) {
        validation.add("/expires_at", "must be in the future, at most 24 hours from now");
    }
    if (input.not_before && input.expires_at && *input.not_before >= *input.expires_at) {
        validation.add("/not_before", "must be before expires_at");
    }
}

void check_limits(Validation& validation, const NewPlaybackToken& input) {
    if (input.viewer_id) {
        validation.text("/viewer_id", *input.viewer_id, kMaxTokenText, false);
        validation.no_secret("/viewer_id", *input.viewer_id);
    }
    if (input.addresses.size() > kMaxTokenRanges) {
        validation.add("/allowed_addresses", "must have at most 32 elements");
    }
    if (std::find(input.protocols.begin(), input.protocols.end(), Protocol::kUnknown) !=
        input.protocols.end()) {
        validation.add("/protocols", "must not contain unknown");
    }
    if (input.max_sessions &&
        (*input.max_sessions < 1 || *input.max_sessions > kMaxTokenSessions)) {
        validation.add("/max_sessions", "must be 1 to 10000");
    }
    if (input.owner.size() > kMaxTokenText) validation.add("/owner", "is too long");
    if (!input.owner.empty() && input.incident_id) {
        validation.add("/owner", "must not be given together with incident_id");
    }
}

// Without the addresses by which a token may not be used.
ViewerAddresses for_protocols(ViewerAddresses addresses, const std::vector<Protocol>& protocols) {
    if (protocols.empty()) return addresses;
    const std::pair<Protocol, std::string ViewerAddresses::*> all[] = {
        {Protocol::kHls, &ViewerAddresses::hls},     {Protocol::kWebRtc, &ViewerAddresses::webrtc},
        {Protocol::kWebRtc, &ViewerAddresses::page}, {Protocol::kRtsp, &ViewerAddresses::rtsp},
        {Protocol::kRtmp, &ViewerAddresses::rtmp},   {Protocol::kSrt, &ViewerAddresses::srt}};
    for (const auto& [protocol, address] : all) {
        if (std::find(protocols.begin(), protocols.end(), protocol) == protocols.end()) {
            (addresses.*address).clear();
        }
    }
    return addresses;
}

Error too_many_entries(const char* what) {
    return {ErrorCode::kConflict, what, {}, {}};
}

std::string joined_paths(const std::vector<std::string>& paths) {
    std::string all;
    for (const auto& path : paths) all += (all.empty() ? "" : " ") + path;
    return all;
}

}  // namespace

Result<PlaybackAdmin::Target> PlaybackAdmin::target_of(const NewPlaybackToken& input) {
    Target target{input.paths, d_.settings.addresses};
    if (input.stream_key_id) {
        const auto key = d_.storage.find_stream_key(*input.stream_key_id);
        if (!key) return key.error();
        target.paths = {key->playback_path};
    }
    if (input.stream_id) {
        const auto found = d_.storage.find_stream(*input.stream_id);
        if (!found) return found.error();
        target.paths = {found->path};
        if (const auto node = d_.nodes.find(found->node)) {
            target.base = node->node().addresses;
        }
    }
    if (input.incident_id) {
        auto paths = paths_of(*input.incident_id);
        if (!paths) return std::move(paths).error();
        target.paths = *std::move(paths);
    }
    return target;
}

Result<std::vector<std::string>> PlaybackAdmin::paths_of(const IncidentId& incident) {
    const auto details = d_.storage.find_incident(incident);
    if (!details) return details.error();
    if (details->incident.closed_at) {
        return Error{ErrorCode::kConflict, "The incident is closed: reopen it first.", {}, {}};
    }
    StreamKeyFilter filter;
    filter.incident_id = incident;
    const auto keys = d_.storage.list_stream_keys(filter, {});
    if (!keys) return keys.error();
    std::vector<std::string> paths;
    for (const auto& key : keys->items) {
        if (!key.revoked_at) paths.push_back(key.playback_path);
    }
    // Several keys may publish to one path.
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    if (paths.empty()) {
        return Error{ErrorCode::kConflict, "No stream key is assigned to the incident.", {}, {}};
    }
    if (paths.size() > kMaxTokenPaths) {
        return Error{ErrorCode::kConflict,
                     "The keys of the incident have more than 50 paths: make tokens for a part of "
                     "them with paths.",
                     {},
                     {}};
    }
    return paths;
}

Result<MintedPlaybackToken> PlaybackAdmin::mint_playback_token(const NewPlaybackToken& input,
                                                               const Caller& caller) {
    const Timestamp now = d_.clock.now();
    Validation validation;
    check_target(validation, input);
    check_times(validation, input, now);
    check_limits(validation, input);
    if (validation.failed()) return std::move(validation).error();
    auto target = target_of(input);
    if (!target) return std::move(target).error();

    MintedPlaybackToken minted;
    PlaybackGrant& grant = minted.grant;
    grant.id = make_uuid(now, d_.random).to_string();
    grant.issuer = kOwnIssuer;
    grant.paths = std::move(target->paths);
    grant.viewer_id = input.viewer_id;
    grant.owner = input.incident_id ? token_owner(*input.incident_id) : input.owner;
    grant.owner_sessions = input.owner_sessions;
    grant.addresses = input.addresses;
    grant.protocols = input.protocols;
    grant.max_sessions = input.max_sessions;
    grant.issued_at = whole_second(now);
    if (input.not_before) grant.not_before = whole_second(*input.not_before);
    grant.expires_at =
        whole_second(input.expires_at.value_or(now + input.expires_in.value_or(kDefaultTokenLife)));

    const auto audit = make_audit_draft({"create",
                                         "playback_token",
                                         grant.id,
                                         {{"paths", joined_paths(grant.paths)},
                                          {"viewer_id", grant.viewer_id.value_or("")},
                                          {"owner", grant.owner}}},
                                        caller, now, d_.random);
    if (input.is_short) {
        const auto short_tokens = d_.tokens.index().size().short_tokens;
        if (is_limited(caller.credential.get()) && short_tokens >= kMostShortTokensOfLimited) {
            return too_many_entries(
                "There are 90,000 short tokens that have not expired, and the rest is for callers "
                "with the scope admin: make tokens that are not short, or such with a shorter "
                "life.");
        }
        if (short_tokens >= kMostShortTokens) {
            return too_many_entries(
                "There are 100,000 short tokens that have not expired: make tokens that are not "
                "short, or such with a shorter life.");
        }
        minted.token = tokens::make_short_token(d_.random);
        const auto added =
            d_.storage.add_short_token({sha256(minted.token.reveal()), grant}, now, audit);
        if (!added) return added.error();
        (void)d_.tokens.refresh();  // else the next reading does it
    } else {
        auto token = d_.keys.sign(grant, caller);
        if (!token) return std::move(token).error();
        minted.token = *std::move(token);
        const auto noted = d_.storage.append_audit(audit);
        if (!noted) return noted.error();
    }
    for (const auto& path : grant.paths) {
        minted.playback.push_back(for_protocols(
            with_token(make_viewer_addresses(target->base, path), path, target->base, minted.token),
            grant.protocols));
    }
    return minted;
}

// Tokens that other programs have made are known when they were used.
Result<bool> PlaybackAdmin::knows(RevokedBy by, const std::string& value) {
    if (by == RevokedBy::kOwner || d_.tokens.index().has_short_token_of(by, value)) return true;
    ViewerFilter viewers;
    viewers.present_only = false;
    (by == RevokedBy::kToken    ? viewers.token_id
     : by == RevokedBy::kViewer ? viewers.viewer_id
                                : viewers.path) = value;
    const auto used = d_.storage.list_viewers(viewers, {1, std::nullopt});
    if (!used) return used.error();
    if (!used->items.empty()) return true;
    if (by == RevokedBy::kViewer) return false;
    if (by == RevokedBy::kPath) {
        const auto sessions = d_.storage.sessions_at_path(value);
        return sessions ? Result<bool>(!sessions->empty()) : Result<bool>(sessions.error());
    }
    AuditFilter minting;
    minting.action = "create";
    minting.resource_type = "playback_token";
    minting.resource_id = value;
    minting.limit = 1;
    const auto minted = d_.storage.list_audit(minting);
    if (!minted) return minted.error();
    return !minted->entries.empty();
}

std::optional<Error> PlaybackAdmin::check_room_for_revocation(RevokedBy by,
                                                              const Caller& caller) const {
    const auto revocations = d_.tokens.index().size().revocations;
    if (by == RevokedBy::kOwner && revocations < kMostRevocationsWithOwners) return std::nullopt;
    if (is_limited(caller.credential.get()) && revocations >= kMostRevocationsOfLimited) {
        return too_many_entries(
            "There are 50,000 revocations of tokens that have not expired; further ones need the "
            "scope admin. Or rotate the key (POST /playback-keys/rotate).");
    }
    if (revocations >= kMostRevocations) {
        return too_many_entries(
            "There are 100,000 revocations of tokens that have not expired: rotate the key (POST "
            "/playback-keys/rotate).");
    }
    return std::nullopt;
}

Result<RevokedPlaybackTokens> PlaybackAdmin::revoke_playback_tokens(RevokedBy by,
                                                                    const std::string& value,
                                                                    const Caller& caller) {
    const Timestamp now = d_.clock.now();
    Validation validation;
    const std::string pointer = by == RevokedBy::kToken    ? "/token_id"
                                : by == RevokedBy::kViewer ? "/viewer_id"
                                                           : "/" + std::string(to_string(by));
    if (by == RevokedBy::kPath) {
        validation.path_name(pointer, value);
    } else {
        validation.text(pointer, value, kMaxTokenText, false);
        validation.no_secret(pointer, value);
    }
    if (validation.failed()) return std::move(validation).error();
    if (const auto error = check_room_for_revocation(by, caller)) return *error;
    const auto is_known = knows(by, value);
    if (!is_known) return is_known.error();
    const PlaybackRevocation revocation{by, value, now,
                                        now + kLongestTokenLife + 2 * kTokenClockSkew};
    const auto revoked = d_.storage.revoke_playback(
        revocation, now,
        make_audit_draft({"revoke",
                          "playback_token",
                          by == RevokedBy::kToken ? value : std::string(),
                          {{std::string(to_string(by)), value}}},
                         caller, now, d_.random));
    if (!revoked) return revoked.error();
    if (const auto read = d_.tokens.refresh(); !read) return read.error();
    return RevokedPlaybackTokens{revocation, *is_known};
}

}  // namespace rescuestream
