#include "support/media_mtx_json.hpp"

#include <algorithm>

#include "json/writer.hpp"

namespace rescuestream::testing::mtx_json {
namespace {

using json::member;

// An object whose members `body(writer)` writes.
template <class Body>
std::string object(Body&& body) {
    rapidjson::StringBuffer buffer;
    json::Writer writer(buffer);
    writer.StartObject();
    body(writer);
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

void number(json::Writer& writer, const char* name, std::uint64_t value) {
    writer.Key(name);
    writer.Uint64(value);
}

void flag(json::Writer& writer, const char* name, bool value) {
    writer.Key(name);
    writer.Bool(value);
}

// As Go writes it: nine digits, the offset of the server's time zone.
void time(json::Writer& writer, const char* name, const std::optional<Timestamp>& value) {
    if (!value) {
        writer.Key(name);
        writer.Null();
        return;
    }
    std::string text = format_rfc3339(*value + std::chrono::hours(1));
    text.pop_back();  // the Z
    member(writer, name, text + "000+01:00");
}

// A text that is JSON already.
void json_value(json::Writer& writer, const std::string& text) {
    writer.RawValue(text.c_str(), text.size(), rapidjson::kObjectType);
}

template <class End>
std::string end_of(const End& end) {
    return object([&](json::Writer& writer) {
        member(writer, "type", end.type);
        member(writer, "id", end.id.value);
    });
}

void bytes(json::Writer& writer, std::uint64_t inbound, std::uint64_t outbound, bool current,
           bool deprecated) {
    if (current) {
        number(writer, "inboundBytes", inbound);
        number(writer, "outboundBytes", outbound);
    }
    if (deprecated) {
        number(writer, "bytesReceived", inbound);
        number(writer, "bytesSent", outbound);
    }
}

// As Go writes it: "10s", "1h0m7s".
std::string duration(std::chrono::seconds value) {
    const auto seconds = value.count();
    std::string text = std::to_string(seconds % 60) + "s";
    if (seconds >= 60) text.insert(0, std::to_string(seconds / 60 % 60) + "m");
    if (seconds >= 3600) text.insert(0, std::to_string(seconds / 3600) + "h");
    return text;
}

std::string_view word_of(ConnectionState state) {
    switch (state) {
        case ConnectionState::kIdle:
            return "idle";
        case ConnectionState::kPublishing:
            return "publish";
        case ConnectionState::kReading:
            return "read";
        case ConnectionState::kUnknown:
            break;
    }
    return "";
}

}  // namespace

std::string info(const MediaServerInfo& info) {
    return object([&](json::Writer& writer) {
        member(writer, "version", info.version + "\n");  // self-made builds have it
        time(writer, "started", info.started);
    });
}

std::string path_settings(const MediaPathSettings& settings) {
    return object([&](json::Writer& writer) {
        member(writer, "name", settings.name);
        member(writer, "source", settings.source);
        flag(writer, "sourceOnDemand", false);
        flag(writer, "overridePublisher", settings.override_publisher);
        flag(writer, "record", settings.record);
        flag(writer, "runOnInitRestart", false);
        member(writer, "runOnDemandStartTimeout", "10s");
        for (const auto& [name, command] : settings.commands) {
            member(writer, name.c_str(), command);
        }
    });
}

std::string configuration(const MediaConfiguration& configuration) {
    return object([&](json::Writer& writer) {
        member(writer, "logLevel", configuration.log_level);
        number(writer, "writeQueueSize", 512);
        member(writer, "authMethod", configuration.auth_method);
        member(writer, "authHTTPAddress", configuration.auth_http_address);
        writer.Key("authHTTPExclude");
        writer.StartArray();
        for (const auto& each : configuration.auth_http_exclude) {
            writer.StartObject();
            member(writer, "action", each.action);
            member(writer, "path", each.path);
            writer.EndObject();
        }
        writer.EndArray();
        writer.Key("apiAllowOrigins");
        writer.StartArray();
        for (const auto& origin : configuration.api_allow_origins) {
            writer.String(origin.c_str(), static_cast<rapidjson::SizeType>(origin.size()));
        }
        writer.EndArray();
        for (const auto& service : configuration.services) {
            flag(writer, service.name.c_str(), service.enabled);
            const std::string address =
                service.name == "moq" ? "moqQUICAddress" : service.name + "Address";
            member(writer, address.c_str(), service.address);
        }
    });
}

std::string path(const MediaPath& path, MtxVocabulary vocabulary) {
    const bool current = vocabulary != MtxVocabulary::kV1_15;
    const bool deprecated = vocabulary != MtxVocabulary::kWithoutDeprecated;
    return object([&](json::Writer& writer) {
        member(writer, "name", path.name);
        member(writer, "confName", path.entry.empty() ? "all_others" : path.entry);
        if (current) {
            flag(writer, "available", path.ready);
            time(writer, "availableTime", path.ready_since);
            flag(writer, "online", true);
            member(writer, "onlineTime", "0001-01-01T00:00:00Z");
        }
        if (deprecated) {
            flag(writer, "ready", path.ready);
            time(writer, "readyTime", path.ready_since);
        }
        writer.Key("source");
        if (path.source) {
            json_value(writer, end_of(*path.source));
        } else {
            writer.Null();
        }
        if (deprecated) {
            writer.Key("tracks");
            writer.StartArray();
            for (const auto& track : path.tracks) json::write(writer, track);
            writer.EndArray();
        }
        if (current) {
            writer.Key("tracks2");
            writer.StartArray();
            for (const auto& track : path.tracks) {
                writer.StartObject();
                member(writer, "codec", track);
                writer.Key("codecProps");
                writer.Null();
                writer.EndObject();
            }
            writer.EndArray();
            number(writer, "inboundFramesInError", 0);
        }
        writer.Key("readers");
        writer.StartArray();
        for (const auto& reader : path.readers) {
            json_value(writer, end_of(reader));
        }
        writer.EndArray();
        bytes(writer, path.inbound_bytes, path.outbound_bytes, current, deprecated);
    });
}

std::string connection(const MediaConnection& connection, MtxVocabulary vocabulary) {
    const bool is_srt = connection.kind == ConnectionKind::kSrt;  // it has the old names alone
    const bool current = vocabulary != MtxVocabulary::kV1_15 && !is_srt;
    const bool deprecated = vocabulary != MtxVocabulary::kWithoutDeprecated || is_srt;
    return object([&](json::Writer& writer) {
        member(writer, "id", connection.id.value);
        time(writer, "created", connection.created);
        member(writer, "remoteAddr", connection.remote_address);
        if (connection.kind == ConnectionKind::kWebRtc) {
            flag(writer, "peerConnectionEstablished", connection.state != ConnectionState::kIdle);
            // Such a session is listed before MediaMTX asks whether it may publish.
            member(writer, "state", "publish");
        } else {
            member(writer, "state", word_of(connection.state));
        }
        member(writer, "path", connection.path);
        member(writer, "query", "pass=a-secret");
        if (current) member(writer, "userAgent", connection.user_agent);
        bytes(writer, connection.inbound_bytes, connection.outbound_bytes, current, deprecated);
        if (is_srt) {
            writer.Key("msRTT");
            writer.Double(0.34);
        }
    });
}

std::string rtsp_client(const MediaConnection& session) {
    return object([&](json::Writer& writer) {
        const ConnectionId& id = session.auth_id.empty() ? session.id : session.auth_id;
        member(writer, "id", id.value);
        member(writer, "session", session.id.value);
    });
}

std::string path_config(const std::string& name, const MediaPathConfig& config) {
    return object([&](json::Writer& writer) {
        member(writer, "name", name);
        member(writer, "source", config.source);
        flag(writer, "sourceOnDemand", config.source_on_demand);
        flag(writer, "record", config.recording && config.recording->enabled);
        member(writer, "recordPath", "./recordings/%path/%Y-%m-%d_%H-%M-%S-%f");
        number(writer, "recordMaxPartSize", 50);
        member(writer, "runOnRecordSegmentComplete", "");
        member(writer, "sourceOnDemandStartTimeout",
               duration(config.source_on_demand_start_timeout.value_or(std::chrono::seconds(10))));
        member(writer, "sourceOnDemandCloseAfter",
               duration(config.source_on_demand_close_after.value_or(std::chrono::seconds(10))));
    });
}

std::string list(const std::vector<std::string>& items, std::size_t items_per_page,
                 std::size_t page) {
    return object([&](json::Writer& writer) {
        number(writer, "itemCount", items.size());
        number(writer, "pageCount", (items.size() + items_per_page - 1) / items_per_page);
        writer.Key("items");
        writer.StartArray();
        const std::size_t first = std::min(items.size(), page * items_per_page);
        const std::size_t last = std::min(items.size(), first + items_per_page);
        for (std::size_t i = first; i < last; ++i) {
            json_value(writer, items[i]);
        }
        writer.EndArray();
    });
}

std::string ok() {
    return R"({"status":"ok"})";
}

std::string error(const std::string& text) {
    return object([&](json::Writer& writer) {
        member(writer, "status", "error");
        member(writer, "error", text);
    });
}

}  // namespace rescuestream::testing::mtx_json
