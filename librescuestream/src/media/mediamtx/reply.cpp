#include "media/mediamtx/reply.hpp"

#include <algorithm>

#include "json/document.hpp"
#include "json/object.hpp"
#include "media/mediamtx/members.hpp"
#include "media/mediamtx/words.hpp"

namespace rescuestream::mediamtx {
namespace {

using rapidjson::Value;

// `{"type": …, "id": …}` of a source or a reader.
template <class T>
T read_end(const Value& value, Members& parent) {
    Members members(value);
    T end;
    end.type = members.text("type");
    end.id = ConnectionId{members.text("id")};
    if (!members.problem().empty()) parent.fail("type or id");
    return end;
}

MediaSource source_of(const Value& value, Members& parent) {
    auto source = read_end<MediaSource>(value, parent);
    source.kind = connection_kind_of(source.type);
    return source;
}

MediaReader reader_of(const Value& value, Members& parent) {
    auto reader = read_end<MediaReader>(value, parent);
    reader.protocol = protocol_of(reader.type);
    reader.kind = connection_kind_of(reader.type);
    return reader;
}

Result<MediaPath> path_of(const Value& value) {
    Members members(value);
    MediaPath path;
    path.name = members.text("name");
    path.entry = members.text("confName");
    // `online` is not used, because it is also true for idle or broken relays.
    path.ready = members.flag("ready", "available");
    path.ready_since = members.time("readyTime", "availableTime");
    if (const Value* source = members.object("source")) {
        path.source = source_of(*source, members);
    }
    if (const Value* tracks = members.array("tracks")) {
        for (const auto& track : tracks->GetArray()) {
            if (track.IsString())
                path.tracks.emplace_back(track.GetString(), track.GetStringLength());
        }
    }
    path.inbound_bytes = members.count("inboundBytes", "bytesReceived");
    path.outbound_bytes = members.count("outboundBytes", "bytesSent");
    if (members.has("inboundFramesInError")) {
        path.inbound_frames_in_error = members.count("inboundFramesInError");
    }
    if (const Value* readers = members.array("readers")) {
        for (const auto& reader : readers->GetArray()) {
            path.readers.push_back(reader_of(reader, members));
        }
    }
    if (path.name.empty()) members.fail("name");
    if (!members.problem().empty()) return not_mediamtx("path: " + members.problem());
    return path;
}

Result<MediaConnection> connection_of(const Value& value, ConnectionKind kind) {
    Members members(value);
    MediaConnection connection;
    connection.id = ConnectionId{members.text("id")};
    connection.kind = kind;
    connection.state = connection_state_of(members.text("state"));
    connection.path = members.text("path");
    // MediaMTX lists a WebRTC session as a publisher even before it is authorised.
    if (!members.flag("peerConnectionEstablished", "", true)) {
        connection.state = ConnectionState::kIdle;
    }
    connection.remote_address = members.text("remoteAddr");
    connection.user_agent = members.text("userAgent");
    connection.created = members.time("created");
    connection.inbound_bytes = members.count("inboundBytes", "bytesReceived");
    connection.outbound_bytes = members.count("outboundBytes", "bytesSent");
    if (connection.id.empty()) members.fail("id");
    if (!members.problem().empty()) return not_mediamtx("connection: " + members.problem());
    return connection;
}

Result<MediaRtspClient> rtsp_client_of(const Value& value) {
    Members members(value);
    MediaRtspClient client{ConnectionId{members.text("id")}, ConnectionId{members.text("session")}};
    if (client.connection.empty()) members.fail("id");
    if (!members.problem().empty()) return not_mediamtx("RTSP connection: " + members.problem());
    return client;
}

Result<PathEntry> path_entry_of(const Value& value) {
    Members members(value);
    PathEntry entry{
        {members.text("name"), members.text("source"), members.flag("sourceOnDemand"),
         members.flag("record"), !members.text("runOnInit").empty(), members.text("rtspTransport")},
        members.text("sourceOnDemandStartTimeout"),
        members.text("sourceOnDemandCloseAfter")};
    if (entry.entry.name.empty()) return not_mediamtx("path entry without a name");
    return entry;
}

std::string trimmed(std::string text) {
    const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
    while (!text.empty() && is_space(text.back())) text.pop_back();
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), is_space));
    return text;
}

}  // namespace

Result<MediaServerInfo> read_info(std::string_view body) {
    const auto document = read_document(body);
    if (!document) return document.error();
    Members members(*document);
    MediaServerInfo info{trimmed(members.text("version")), members.time("started")};
    if (info.version.empty()) members.fail("version");
    if (!members.problem().empty()) return not_mediamtx("info: " + members.problem());
    return info;
}

Result<MediaPath> read_path(std::string_view body) {
    const auto document = read_document(body);
    if (!document) return document.error();
    return path_of(*document);
}

Result<ListPage<MediaPath>> read_path_list(std::string_view body) {
    return read_list<MediaPath>(body, path_of);
}

Result<ListPage<MediaConnection>> read_connection_list(std::string_view body, ConnectionKind kind) {
    return read_list<MediaConnection>(
        body, [kind](const Value& item) { return connection_of(item, kind); });
}

Result<MediaConnection> read_connection(std::string_view body, ConnectionKind kind) {
    const auto document = read_document(body);
    if (!document) return document.error();
    return connection_of(*document, kind);
}

Result<ListPage<MediaRtspClient>> read_rtsp_clients(std::string_view body) {
    return read_list<MediaRtspClient>(body, rtsp_client_of);
}

Result<ListPage<PathEntry>> read_path_entries(std::string_view body) {
    return read_list<PathEntry>(body, path_entry_of);
}

Result<PathEntry> read_path_entry(std::string_view body) {
    const auto document = read_document(body);
    if (!document) return document.error();
    return path_entry_of(*document);
}

Result<MediaRecording> read_recording(std::string_view body) {
    const auto document = read_document(body);
    if (!document) return document.error();
    Members members(*document);
    MediaRecording recording;
    recording.enabled = members.flag("record");
    if (!members.problem().empty()) return not_mediamtx("recording: " + members.problem());
    const auto settings = json::object([&](json::Writer& writer) {
        for (const auto& member : document->GetObject()) {
            const std::string_view name(member.name.GetString(), member.name.GetStringLength());
            const bool is_recording = name.starts_with("record") || name.starts_with("runOnRecord");
            if (!is_recording || !(member.value.IsString() || member.value.IsBool())) continue;
            json::write(writer, name);
            member.value.Accept(writer);
        }
    });
    if (auto object = JsonObject::parse(settings)) recording.settings = *std::move(object);
    return recording;
}

std::string read_error(std::string_view body) {
    const auto document = json::parse(body);
    if (!document || !document->IsObject()) return {};
    Members members(*document);
    const std::string text = members.text("error");
    if (text.empty()) return {};
    if (text.find("://") != std::string::npos || text.find('@') != std::string::npos) {
        return "(its text contains an address and is not shown)";
    }
    return redact_key_values(text);
}

bool is_unknown_route(std::string_view body) noexcept {
    return body == "404 page not found";
}

}  // namespace rescuestream::mediamtx
