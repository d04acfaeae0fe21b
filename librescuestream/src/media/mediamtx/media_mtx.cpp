#include <iterator>
#include <mutex>
#include <utility>

#include "json/writer.hpp"
#include "media/mediamtx/http_exchange.hpp"
#include "media/mediamtx/reply.hpp"
#include "support/url.hpp"

namespace rescuestream {
namespace {

using mediamtx::HttpReply;
using mediamtx::ListPage;

constexpr std::size_t kMaxPages = 10'000;  // beyond that the server does not tell the truth

// The word in the URL of a list.
std::string_view list_name(ConnectionKind kind) noexcept {
    switch (kind) {
        case ConnectionKind::kRtmp:
            return "rtmpconns";
        case ConnectionKind::kRtmps:
            return "rtmpsconns";
        case ConnectionKind::kRtsp:
            return "rtspsessions";
        case ConnectionKind::kRtsps:
            return "rtspssessions";
        case ConnectionKind::kSrt:
            return "srtconns";
        case ConnectionKind::kWebRtc:
            return "webrtcsessions";
    }
    return "";
}

bool is_rtsp(ConnectionKind kind) noexcept {
    return kind == ConnectionKind::kRtsp || kind == ConnectionKind::kRtsps;
}

std::string duration_text(std::chrono::seconds duration) {
    return std::to_string(duration.count()) + "s";
}

std::string path_config_json(const MediaPathConfig& config) {
    rapidjson::StringBuffer buffer;
    json::Writer writer(buffer);
    writer.StartObject();
    json::member(writer, "source", config.source);
    writer.Key("sourceOnDemand");
    writer.Bool(config.source_on_demand);
    json::member(writer, "rtspTransport", "tcp");
    json::member(writer, "sourceOnDemandStartTimeout",
                 duration_text(config.source_on_demand_start_timeout));
    json::member(writer, "sourceOnDemandCloseAfter",
                 duration_text(config.source_on_demand_close_after));
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

// What an answer that is not 200 means.
Error error_of(const HttpReply& reply) {
    const std::string text = mediamtx::read_error(reply.body);
    const std::string detail = "status " + std::to_string(reply.status) + " " + text;
    switch (reply.status) {
        case 401:
            return {ErrorCode::kUnauthorized,
                    "The media server refuses our credential for its control interface.",
                    detail,
                    {}};
        case 404:
            // A list of a protocol that is switched off, or that this release does not have, is
            // answered by the router: in plain text.
            if (text.empty()) {
                return {
                    ErrorCode::kUnsupported, "The media server does not offer this.", detail, {}};
            }
            return {ErrorCode::kNotFound, "The media server does not have this.", detail, {}};
        case 400:
            if (text.find("already exists") != std::string::npos) {
                return {ErrorCode::kConflict, "There is a path entry of that name.", detail, {}};
            }
            if (!text.empty()) {
                return {ErrorCode::kInvalidArgument, "The media server refuses this.", detail, {}};
            }
            [[fallthrough]];
        default:
            return {
                ErrorCode::kUnavailable, "The media server answered with an error.", detail, {}};
    }
}

class MediaMtx final : public MediaServer {
public:
    explicit MediaMtx(const MediaMtxOptions& options)
        : options_(options), description_("MediaMTX at " + options.api_url), exchange_(options) {}

    std::string description() const override { return description_; }

    Result<MediaServerInfo> info() override {
        const auto reply = ask("GET", "/v3/info");
        if (!reply) return reply.error();
        return mediamtx::read_info(reply->body);
    }

    Result<std::vector<MediaPath>> list_paths() override {
        return all_pages<MediaPath>("/v3/paths/list", mediamtx::read_path_list);
    }

    Result<MediaPath> find_path(const std::string& name) override {
        const auto reply = ask("GET", "/v3/paths/get/" + percent_encode(name, "/"));
        if (!reply) return reply.error();
        return mediamtx::read_path(reply->body);
    }

    Result<std::vector<MediaConnection>> list_connections(ConnectionKind kind) override {
        const auto lock = lock_for(kind);
        auto connections = all_pages<MediaConnection>(
            "/v3/" + std::string(list_name(kind)) + "/list",
            [kind](std::string_view body) { return mediamtx::read_connection_list(body, kind); });
        if (!connections && connections.error().code == ErrorCode::kUnsupported) {
            return std::vector<MediaConnection>{};
        }
        return connections;
    }

    Result<void> kick(ConnectionKind kind, const ConnectionId& id) override {
        // Every id that MediaMTX gives is a UUID: another one is nobody's.
        const auto uuid = Uuid::parse(id.value);
        if (!uuid) {
            return Error{ErrorCode::kNotFound, "The media server does not have this.", {}, {}};
        }
        const auto lock = lock_for(kind);
        return done(
            ask("POST", "/v3/" + std::string(list_name(kind)) + "/kick/" + uuid->to_string()));
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

    Result<std::vector<std::string>> list_path_configs() override {
        return all_pages<std::string>("/v3/config/paths/list", mediamtx::read_path_config_names);
    }

private:
    // MediaMTX writes its map of RTSP sessions under a read lock when one is kicked, and dies when
    // somebody else reads it then: one request at a time.
    std::unique_lock<std::mutex> lock_for(ConnectionKind kind) {
        return is_rtsp(kind) ? std::unique_lock(rtsp_) : std::unique_lock<std::mutex>();
    }

    Result<HttpReply> ask(const std::string& method, const std::string& target,
                          const std::string& body = {}) {
        auto reply = exchange_.send(method, target, body);
        if (reply && reply->status != 200) return error_of(*reply);
        return reply;
    }

    static Result<void> done(const Result<HttpReply>& reply) {
        if (!reply) return reply.error();
        return {};
    }

    template <class T, class ReadPage>
    Result<std::vector<T>> all_pages(const std::string& target, ReadPage&& read_page) {
        std::vector<T> items;
        std::size_t page_count = 1;
        for (std::size_t page = 0; page < page_count && page < kMaxPages; ++page) {
            const auto reply =
                ask("GET", target + "?itemsPerPage=" + std::to_string(options_.items_per_page) +
                               "&page=" + std::to_string(page));
            if (!reply) return reply.error();
            auto read = read_page(reply->body);
            if (!read) return std::move(read).error();
            std::move(read->items.begin(), read->items.end(), std::back_inserter(items));
            page_count = read->page_count;
        }
        return items;
    }

    const MediaMtxOptions options_;
    const std::string description_;
    mediamtx::HttpExchange exchange_;
    std::mutex rtsp_;
};

}  // namespace

Result<std::unique_ptr<MediaServer>> open_media_mtx(const MediaMtxOptions& options) {
    const auto url = parse_http_url(options.api_url);
    const bool usable = url && url->user.empty() && url->password.empty() &&
                        (url->path.empty() || url->path == "/");
    if (!usable) {
        return Error{
            ErrorCode::kInvalidArgument,
            "The address of MediaMTX's control interface must be http://host:port, without "
            "a credential and without a path.",
            {},
            {}};
    }
    MediaMtxOptions cleaned = options;
    cleaned.api_url = url->origin();
    return std::unique_ptr<MediaServer>(std::make_unique<MediaMtx>(cleaned));
}

}  // namespace rescuestream
