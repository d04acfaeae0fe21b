#include "fields/playback_json.hpp"

#include <array>
#include <utility>

#include "json/object.hpp"
#include "json/record_io.hpp"
#include "json/values.hpp"
#include "rescuestream/json/playback_json.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kMostPatterns = 32;
constexpr std::size_t kMostPem = 16 * 1024;

constexpr std::array<Protocol, 6> kProtocols{Protocol::kHls,  Protocol::kMoq, Protocol::kRtmp,
                                             Protocol::kRtsp, Protocol::kSrt, Protocol::kWebRtc};

constexpr std::array<std::pair<const char*, RevokedBy>, 3> kRevocationMembers{
    {{"token_id", RevokedBy::kToken},
     {"viewer_id", RevokedBy::kViewer},
     {"path", RevokedBy::kPath}}};

constexpr std::array<std::pair<const char*, std::string ViewerAddresses::*>, 6> kAddresses{
    {{"page", &ViewerAddresses::page},
     {"hls", &ViewerAddresses::hls},
     {"webrtc", &ViewerAddresses::webrtc},
     {"rtsp", &ViewerAddresses::rtsp},
     {"rtmp", &ViewerAddresses::rtmp},
     {"srt", &ViewerAddresses::srt}}};

std::vector<std::string> protocol_names() {
    std::vector<std::string> names;
    names.reserve(std::size(kProtocols));
    for (const auto protocol : kProtocols) names.emplace_back(to_string(protocol));
    return names;
}

template <class Items, class TextOf>
void write_list(json::Writer& writer, const char* name, const Items& items, TextOf text_of) {
    if (items.empty()) return;
    writer.Key(name);
    writer.StartArray();
    for (const auto& item : items) json::write(writer, text_of(item));
    writer.EndArray();
}

void write_limits(json::Writer& writer, const std::optional<std::string>& viewer_id,
                  const std::vector<AddressRange>& addresses,
                  const std::vector<Protocol>& protocols,
                  const std::optional<std::int64_t>& max_sessions,
                  const std::optional<Timestamp>& not_before) {
    json::optional_member(writer, "viewer_id", viewer_id);
    write_list(writer, "allowed_addresses", addresses,
               [](const AddressRange& range) { return range.text(); });
    write_list(writer, "protocols", protocols,
               [](Protocol protocol) { return to_string(protocol); });
    if (max_sessions) json::integer_member(writer, "max_sessions", *max_sessions);
    json::optional_member(writer, "not_before", not_before);
}

const std::string& same_text(const std::string& text) {
    return text;
}

constexpr auto kDescribePlaybackKey = [](auto& io, auto& key) {
    io.required("id", key.id);
    io.required("own", key.is_own);
    io.required("algorithm", key.algorithm);
    io.required("public_key", key.public_key);
    io.required("issuer", key.issuer);
    io.optional("label", key.label);
    io.texts("paths", key.paths);
    io.required("created_at", key.created_at);
    io.optional("expires_at", key.expires_at);
};

}  // namespace

std::string to_json(const MintedPlaybackToken& minted) {
    const PlaybackGrant& grant = minted.grant;
    return json::object([&](json::Writer& writer) {
        json::member(writer, "id", grant.id);
        json::member(writer, "token", minted.token.reveal());
        json::member(writer, "expires_at", grant.expires_at);
        write_list(writer, "paths", grant.paths, same_text);
        write_limits(writer, grant.viewer_id, grant.addresses, grant.protocols, grant.max_sessions,
                     grant.not_before);
        writer.Key("playback");
        writer.StartObject();
        for (std::size_t i = 0; i < minted.playback.size(); ++i) {
            json::write(writer, grant.paths[i]);
            writer.StartObject();
            for (const auto& [name, address] : kAddresses) {
                const std::string& text = minted.playback[i].*address;
                if (!text.empty()) json::member(writer, name, text);
            }
            writer.EndObject();
        }
        writer.EndObject();
    });
}

std::string to_json(const PlaybackKey& key) {
    return json::write_record(key, kDescribePlaybackKey);
}

std::string to_json(const RevokedPlaybackTokens& revoked) {
    const PlaybackRevocation& revocation = revoked.revocation;
    return json::object([&](json::Writer& writer) {
        for (const auto& [name, by] : kRevocationMembers) {
            if (by == revocation.by) json::member(writer, name, revocation.value);
        }
        json::member(writer, "revoked_at", revocation.revoked_at);
        writer.Key("known");
        writer.Bool(revoked.is_known);
    });
}

namespace fields {

NewPlaybackToken read_new_playback_token(json::BodyReader& body, Timestamp now) {
    NewPlaybackToken input;
    input.paths = body.texts("paths", kMaxTokenPaths);
    const auto id_of = [&]<class IdType>(const char* name, std::optional<IdType>& id) {
        const auto text = body.raw_text(name);
        if (!text) return;
        id = IdType::parse(*text);
        if (!id) body.validation().add(std::string("/") + name, "must be a UUID");
    };
    id_of("stream_id", input.stream_id);
    id_of("stream_key_id", input.stream_key_id);
    id_of("incident_id", input.incident_id);
    input.expires_in = body.seconds("expires_in", std::chrono::seconds(1), kLongestTokenLife);
    input.expires_at = body.future_time("expires_at", now);
    input.viewer_id = body.raw_text("viewer_id");
    input.addresses = body.address_ranges("allowed_addresses", 1, kMaxTokenRanges)
                          .value_or(std::vector<AddressRange>{});
    for (const auto& word : body.words("protocols", protocol_names())) {
        if (const auto protocol = parse_enum<Protocol>(word)) input.protocols.push_back(*protocol);
    }
    input.max_sessions = body.integer("max_sessions", 1, kMaxTokenSessions);
    if (const auto text = body.raw_text("not_before")) {
        input.not_before = parse_rfc3339(*text);
        if (!input.not_before) {
            body.validation().add(
                "/not_before",
                "must be a time with an offset (RFC 3339), like 2026-01-17T10:00:00Z");
        }
    }
    input.is_short = body.boolean("short").value_or(false);
    return input;
}

NewPlaybackKey read_new_playback_key(json::BodyReader& body, Timestamp now) {
    NewPlaybackKey input;
    input.id = body.raw_text("id");
    input.public_key = body.raw_text("public_key").value_or("");
    if (input.public_key.size() > kMostPem) {
        body.validation().add("/public_key", "must have at most 16 KiB");
        input.public_key.clear();
    }
    if (const auto jwk = body.object("jwk")) input.jwk = jwk->text();
    input.issuer = body.raw_text("issuer").value_or("");
    input.label = body.raw_text("label").value_or("");
    input.paths = body.texts("paths", kMostPatterns);
    input.expires_at = body.future_time("expires_at", now);
    return input;
}

RevocationTarget read_revocation(json::BodyReader& body) {
    RevocationTarget target;
    int given = 0;
    for (const auto& [name, by] : kRevocationMembers) {
        auto value = body.raw_text(name);
        if (!value) continue;
        target = {by, *std::move(value)};
        ++given;
    }
    if (given != 1) {
        body.validation().add("/token_id",
                              "is required, or else viewer_id or path; only one of them");
    }
    return target;
}

std::string to_body(const NewPlaybackToken& input) {
    return json::object([&](json::Writer& writer) {
        write_list(writer, "paths", input.paths, same_text);
        if (input.stream_id) json::member(writer, "stream_id", input.stream_id->to_string());
        if (input.stream_key_id) {
            json::member(writer, "stream_key_id", input.stream_key_id->to_string());
        }
        if (input.incident_id) json::member(writer, "incident_id", input.incident_id->to_string());
        if (input.expires_in) json::integer_member(writer, "expires_in", input.expires_in->count());
        json::optional_member(writer, "expires_at", input.expires_at);
        write_limits(writer, input.viewer_id, input.addresses, input.protocols, input.max_sessions,
                     input.not_before);
        if (input.is_short) {
            writer.Key("short");
            writer.Bool(true);
        }
    });
}

std::string to_body(const NewPlaybackKey& input) {
    return json::object([&](json::Writer& writer) {
        json::optional_member(writer, "id", input.id);
        if (!input.public_key.empty()) json::member(writer, "public_key", input.public_key);
        if (!input.jwk.empty()) json::raw_member(writer, "jwk", input.jwk);
        json::member(writer, "issuer", input.issuer);
        if (!input.label.empty()) json::member(writer, "label", input.label);
        write_list(writer, "paths", input.paths, same_text);
        json::optional_member(writer, "expires_at", input.expires_at);
    });
}

std::string to_body(RevokedBy by, const std::string& value) {
    return json::object([&](json::Writer& writer) {
        for (const auto& [name, each] : kRevocationMembers) {
            if (each == by) json::member(writer, name, value);
        }
    });
}

MintedPlaybackToken read_minted_playback_token(const rapidjson::Value& json) {
    MintedPlaybackToken minted;
    minted.grant.id = json::read::text(json, "id");
    minted.token = Secret(json::read::text(json, "token"));
    minted.grant.expires_at = json::read::time(json, "expires_at");
    minted.grant.paths = json::read::texts(json, "paths");
    const auto& playback = json::read::member(json, "playback");
    for (const auto& path : minted.grant.paths) {
        if (!playback.IsObject()) json::read::fail("playback", "is not an object");
        const auto& addresses = json::read::member(playback, path.c_str());
        ViewerAddresses& of_path = minted.playback.emplace_back();
        for (const auto& [name, address] : kAddresses) {
            of_path.*address = json::read::optional_text(addresses, name).value_or("");
        }
    }
    return minted;
}

RevokedPlaybackTokens read_revoked_playback_tokens(const rapidjson::Value& json) {
    RevokedPlaybackTokens revoked;
    for (const auto& [name, by] : kRevocationMembers) {
        auto value = json::read::optional_text(json, name);
        if (!value) continue;
        revoked.revocation.by = by;
        revoked.revocation.value = *std::move(value);
    }
    revoked.revocation.revoked_at = json::read::time(json, "revoked_at");
    // A server before 0.2 does not tell.
    revoked.is_known =
        json::read::find(json, "known") == nullptr || json::read::flag(json, "known");
    return revoked;
}

PlaybackKey read_playback_key(const rapidjson::Value& json) {
    return json::read_record<PlaybackKey>(json, kDescribePlaybackKey);
}

}  // namespace fields
}  // namespace rescuestream
