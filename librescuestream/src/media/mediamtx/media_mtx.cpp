#include "rescuestream/media_mtx.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "json/document.hpp"
#include "json/writer.hpp"
#include "media/mediamtx/configuration.hpp"
#include "media/mediamtx/http_exchange.hpp"
#include "media/mediamtx/reply.hpp"
#include "media/mediamtx/route_names.hpp"
#include "media/mediamtx/rtsp_removal.hpp"
#include "support/http_date.hpp"
#include "support/url.hpp"

namespace rescuestream {
namespace {

using mediamtx::Deadline;
using mediamtx::HttpQuestion;
using mediamtx::HttpReply;

constexpr int kListAttempts = 3;  // for a list that changes while its pages are read

bool is_rtsp(ConnectionKind kind) noexcept {
    return kind == ConnectionKind::kRtsp || kind == ConnectionKind::kRtsps;
}

void mark_rtsp_source(MediaPath& path) noexcept {
    if (path.source && path.source->kind && is_rtsp(*path.source->kind)) {
        path.source->id_may_differ = true;
    }
}

std::string duration_text(std::chrono::seconds duration) {
    return std::to_string(duration.count()) + "s";
}

void write_recording(json::Writer& writer, const MediaRecording& recording) {
    writer.Key("record");
    writer.Bool(recording.enabled);
    const auto settings = json::parse(recording.settings.text());
    if (!settings) return;
    for (const auto& member : settings->GetObject()) {
        const std::string_view name(member.name.GetString(), member.name.GetStringLength());
        if (name == "record") continue;
        json::write(writer, name);
        member.value.Accept(writer);
    }
}

std::string path_config_json(const MediaPathConfig& config) {
    rapidjson::StringBuffer buffer;
    json::Writer writer(buffer);
    writer.StartObject();
    if (config.recording) write_recording(writer, *config.recording);
    json::member(writer, "source", config.source);
    writer.Key("sourceOnDemand");
    writer.Bool(config.source_on_demand);
    json::member(writer, "rtspTransport", config.rtsp_transport);
    if (const auto& timeout = config.source_on_demand_start_timeout) {
        json::member(writer, "sourceOnDemandStartTimeout", duration_text(*timeout));
    }
    if (const auto& after = config.source_on_demand_close_after) {
        json::member(writer, "sourceOnDemandCloseAfter", duration_text(*after));
    }
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

// Says which credential was refused, and how to mend that.
std::string refused_credential(const std::string& user) {
    const std::string what =
        user.empty() ? "The media server demands a credential for its control interface, and none "
                       "is set"
                     : "The media server refuses the credential of the user " + user +
                           " for its control interface";
    return what +
           ": set MEDIAMTX_API_USER and MEDIAMTX_API_PASSWORD as in its authInternalUsers (of a "
           "registered node: `rescuestream-cli node edit --api-user`), or let it ask this server "
           "(authMethod http, as `rescuestream-cli mediamtx config` writes it).";
}

// Returns the error for a status other than 200; `user` is the user name that was sent.
Error error_of(const HttpReply& reply, const std::string& user) {
    const std::string text = mediamtx::read_error(reply.body);
    const std::string detail = "status " + std::to_string(reply.status) + " " + text;
    const auto error = [&detail](ErrorCode code, std::string message) {
        return Error{code, std::move(message), detail, {}};
    };
    if (reply.status == 401) {
        return error(ErrorCode::kUnauthorized, refused_credential(user));
    }
    if (reply.status == 404 && mediamtx::is_unknown_route(reply.body)) {
        return error(ErrorCode::kUnsupported, "The media server does not have this function.");
    }
    if (text.empty()) {
        return error(ErrorCode::kInternal, "The media server did not answer like a MediaMTX.");
    }
    if (reply.status == 404) {
        return error(ErrorCode::kNotFound, "The media server does not have this.");
    }
    if (reply.status == 400) {
        if (text.find("already exists") != std::string::npos) {
            return error(ErrorCode::kConflict, "There is a path entry of that name.");
        }
        return error(ErrorCode::kInvalidArgument,
                     "The media server refuses the request as invalid.");
    }
    return error(ErrorCode::kInternal, "The media server answered with an error.");
}

const std::string& key_of(const MediaPath& path) {
    return path.name;
}
const std::string& key_of(const MediaConnection& connection) {
    return connection.id.value;
}
const std::string& key_of(const MediaRtspClient& client) {
    return client.connection.value;
}
const std::string& key_of(const mediamtx::PathEntry& entry) {
    return entry.entry.name;
}
const std::string& key_of(const MediaPathSettings& entry) {
    return entry.name;
}

class MediaMtx final : public MediaServer {
public:
    explicit MediaMtx(const MediaMtxOptions& options)
        : options_(options),
          description_("MediaMTX at " + options.api_url),
          exchange_(options),
          rtsp_removal_(
              [this](const std::string& method, const std::string& target,
                     const std::string& json_body) { return ask(method, target, json_body); }) {}

    std::string description() const override { return description_; }

    Result<MediaServerInfo> info() override {
        const auto reply = ask("GET", "/v3/info");
        if (!reply) return reply.error();
        auto info = mediamtx::read_info(reply->body);
        if (info) names_.learn(*info);
        return info;
    }

    Result<std::vector<MediaPath>> list_paths() override {
        auto paths = all_pages<MediaPath>("/v3/paths/list", mediamtx::read_path_list);
        if (paths) note_rtsp_readers(*paths);
        if (!paths || names_.rtsp_ids_agree()) return paths;
        for (auto& path : *paths) mark_rtsp_source(path);
        return paths;
    }

    Result<MediaPath> find_path(const std::string& name) override {
        const auto reply = ask("GET", "/v3/paths/get/" + percent_encode(name, "/"));
        if (!reply) return reply.error();
        auto path = mediamtx::read_path(reply->body);
        if (path && !names_.rtsp_ids_agree()) mark_rtsp_source(*path);
        return path;
    }

    Result<std::vector<MediaConnection>> list_connections(ConnectionKind kind) override {
        const auto lock = lock_for(kind);
        auto connections = names_.with_list(kind, [&](const std::string& list) {
            return all_pages<MediaConnection>("/v3/" + list + "/list",
                                              [kind](std::string_view body) {
                                                  return mediamtx::read_connection_list(body, kind);
                                              });
        });
        if (!connections && connections.error().code == ErrorCode::kUnsupported) {
            return std::vector<MediaConnection>{};
        }
        if (!connections || connections->empty()) return connections;
        if (!is_rtsp(kind) || names_.rtsp_ids_agree()) return connections;
        if (auto named = add_auth_ids(kind, *connections); !named) return std::move(named).error();
        return connections;
    }

    Result<std::vector<MediaRtspClient>> list_rtsp_clients(ConnectionKind kind) override {
        const bool plain = kind == ConnectionKind::kRtsp;
        // The name since v1.21 and the one before.
        const std::array<std::string, 2> lists{plain ? "rtspconns" : "rtspsconns",
                                               plain ? "rtsp/conns" : "rtsps/conns"};
        auto clients = rtsp_clients(lists[0]);
        if (clients || clients.error().code != ErrorCode::kUnsupported) return clients;
        return rtsp_clients(lists[1]);
    }

    Result<void> kick(ConnectionKind kind, const ConnectionId& id) override {
        // Every id of MediaMTX is a UUID, so no connection has another id.
        const auto uuid = Uuid::parse(id.value);
        if (!uuid) {
            return Error{ErrorCode::kNotFound, "The media server does not have this.", {}, {}};
        }
        const auto lock = lock_for(kind);
        return names_.with_list(kind, [&](const std::string& list) {
            return is_rtsp(kind) && !is_rtsp_reader(id)
                       ? rtsp_removal_.remove(list, *uuid)
                       : done(ask("POST", "/v3/" + list + "/kick/" + uuid->to_string()));
        });
    }

    Result<void> remove_leftovers() override {
        const auto entries = path_entries();
        if (!entries) return entries.error();
        const std::lock_guard lock(rtsp_);
        return rtsp_removal_.remove_leftovers(*entries);
    }

    Result<void> add_path_config(const std::string& name, const MediaPathConfig& config) override {
        return done(ask("POST", "/v3/config/paths/add/" + percent_encode(name, "/"),
                        path_config_json(config)));
    }

    Result<void> patch_path_config(const std::string& name,
                                   const MediaPathConfig& config) override {
        return done(ask("PATCH", "/v3/config/paths/patch/" + percent_encode(name, "/"),
                        path_config_json(config)));
    }

    Result<void> delete_path_config(const std::string& name) override {
        return done(ask("DELETE", "/v3/config/paths/delete/" + percent_encode(name, "/")));
    }

    // A change that was answered just now may be missing, because MediaMTX v1.20 answers before it
    // applies a change (Core.run in internal/core/core.go).
    Result<std::vector<MediaPathEntry>> list_path_configs() override {
        auto all = path_entries();
        if (!all) return std::move(all).error();
        std::vector<MediaPathEntry> entries;
        entries.reserve(all->size());
        for (auto& each : *all) {
            if (!mediamtx::is_barrier(each)) entries.push_back(std::move(each.entry));
        }
        return entries;
    }

    Result<MediaRecording> default_recording() override {
        for (const char* target : {"/v3/config/paths/get/all_others", "/v3/config/paths/get/all"}) {
            const auto reply = ask("GET", target);
            if (reply) return mediamtx::read_recording(reply->body);
            if (reply.error().code != ErrorCode::kNotFound) return reply.error();
        }
        const auto reply = ask_path_defaults();
        if (!reply) return reply.error();
        return mediamtx::read_recording(reply->body);
    }

    Result<MediaConfiguration> configuration() override {
        const auto global = ask("GET", "/v3/config/global/get");
        if (!global) return global.error();
        auto found = mediamtx::read_configuration(global->body);
        if (!found) return found;
        found->clock = parse_http_date(global->date);
        const auto reply = ask_path_defaults();
        if (!reply) return reply.error();
        auto defaults = mediamtx::read_path_defaults(reply->body);
        if (!defaults) return std::move(defaults).error();
        found->path_defaults = *std::move(defaults);
        auto entries =
            all_pages<MediaPathSettings>("/v3/config/paths/list", mediamtx::read_path_settings);
        if (!entries) return std::move(entries).error();
        found->paths = *std::move(entries);
        return found;
    }

private:
    // A session that reads can be kicked safely, and it never publishes: MediaMTX refuses ANNOUNCE
    // once a session has been set up for reading. So the last list of paths says enough, and the
    // session need not be read before its kick.
    void note_rtsp_readers(const std::vector<MediaPath>& paths) {
        std::unordered_set<ConnectionId> readers;
        for (const auto& path : paths) {
            for (const auto& reader : path.readers) {
                if (reader.kind && is_rtsp(*reader.kind)) readers.insert(reader.id);
            }
        }
        const std::lock_guard lock(readers_);
        rtsp_readers_ = std::move(readers);
    }
    bool is_rtsp_reader(const ConnectionId& id) {
        const std::lock_guard lock(readers_);
        return rtsp_readers_.contains(id);
    }

    // MediaMTX writes its map of RTSP sessions under a read lock during a kick, and crashes if
    // another request reads it then. So only one request is made at a time.
    std::unique_lock<std::mutex> lock_for(ConnectionKind kind) {
        return is_rtsp(kind) ? std::unique_lock(rtsp_) : std::unique_lock<std::mutex>();
    }

    // For releases whose auth requests contain the id of the RTSP connection and not that of its
    // session.
    Result<void> add_auth_ids(ConnectionKind kind, std::vector<MediaConnection>& sessions) {
        const auto clients = list_rtsp_clients(kind);
        if (!clients) {
            if (clients.error().code == ErrorCode::kUnsupported) return {};
            return clients.error();
        }
        std::unordered_map<ConnectionId, ConnectionId> connection_of;
        for (const auto& client : *clients) {
            connection_of.emplace(client.session, client.connection);
        }
        for (auto& session : sessions) {
            const auto found = connection_of.find(session.id);
            if (found != connection_of.end()) session.auth_id = found->second;
        }
        return {};
    }

    Result<std::vector<MediaRtspClient>> rtsp_clients(const std::string& list) {
        return all_pages<MediaRtspClient>("/v3/" + list + "/list", mediamtx::read_rtsp_clients);
    }

    Result<std::vector<mediamtx::PathEntry>> path_entries() {
        return all_pages<mediamtx::PathEntry>("/v3/config/paths/list", mediamtx::read_path_entries);
    }

    Deadline one_request_from_now() const {
        return std::chrono::steady_clock::now() + options_.request_timeout;
    }

    Result<HttpReply> only_200(Result<HttpReply> reply) const {
        if (reply && reply->status != 200) return error_of(*reply, options_.user);
        return reply;
    }

    Result<HttpReply> ask(const std::string& method, const std::string& target,
                          const std::string& body = {}) {
        return only_200(exchange_.send({method, target, body}, one_request_from_now(),
                                       options_.max_response_bytes));
    }

    Result<HttpReply> ask_path_defaults() {
        return names_.with_path_defaults(
            [this](const std::string& name) { return ask("GET", "/v3/" + name + "/get"); });
    }

    static Result<void> done(const Result<HttpReply>& reply) {
        if (!reply) return reply.error();
        return {};
    }

    /// A list is not a snapshot: MediaMTX makes each page from its state at that moment.
    template <class T, class ReadPage>
    Result<std::vector<T>> all_pages(const std::string& target, ReadPage&& read_page) {
        const Deadline deadline =
            std::chrono::steady_clock::now() + kListAttempts * options_.request_timeout;
        std::vector<T> items;
        for (int attempt = 1;; ++attempt) {
            auto whole = try_all_pages<T>(target, read_page, deadline, items);
            if (!whole) return std::move(whole).error();
            if (*whole || attempt == kListAttempts) return items;
        }
    }

    /// Returns false if the list changed during the reading, so that items may be missing.
    template <class T, class ReadPage>
    Result<bool> try_all_pages(const std::string& target, ReadPage& read_page, Deadline deadline,
                               std::vector<T>& items) {
        items.clear();
        std::unordered_set<std::string> seen;
        std::optional<std::size_t> item_count;
        std::size_t bytes_left = options_.max_response_bytes;
        bool unchanged = true;
        for (std::size_t page = 0;; ++page) {
            const HttpQuestion question{
                "GET",
                target + "?itemsPerPage=" + std::to_string(options_.items_per_page) +
                    "&page=" + std::to_string(page),
                {}};
            const auto reply = only_200(
                exchange_.send(question, std::min(deadline, one_request_from_now()), bytes_left));
            if (!reply) return reply.error();
            bytes_left -= reply->body.size();
            auto read = read_page(reply->body);
            if (!read) return std::move(read).error();
            if (item_count.value_or(read->item_count) != read->item_count) unchanged = false;
            item_count = read->item_count;
            // An item that moved to the next page meanwhile appears twice.
            for (auto& item : read->items) {
                if (seen.insert(key_of(item)).second) items.push_back(std::move(item));
            }
            if (read->items.empty() || page + 1 >= read->page_count) return unchanged;
        }
    }

    const MediaMtxOptions options_;
    const std::string description_;
    mediamtx::HttpExchange exchange_;
    mediamtx::RouteNames names_;
    std::mutex rtsp_;
    mediamtx::RtspRemoval rtsp_removal_;
    std::mutex readers_;
    std::unordered_set<ConnectionId> rtsp_readers_;  // of the last list of paths
};

}  // namespace

Result<std::unique_ptr<MediaServer>> open_media_mtx(const MediaMtxOptions& options) {
    const auto url = parse_origin(options.api_url);
    if (!url) {
        return Error{
            ErrorCode::kInvalidArgument,
            "The address of MediaMTX's control interface " + std::string(kOriginRule) + ".",
            {},
            {}};
    }
    MediaMtxOptions cleaned = options;
    cleaned.api_url = url->origin();
    return std::unique_ptr<MediaServer>(std::make_unique<MediaMtx>(cleaned));
}

}  // namespace rescuestream
