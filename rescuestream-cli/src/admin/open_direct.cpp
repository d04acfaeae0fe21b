#include "admin/open_direct.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string_view>
#include <utility>

#include "admin/direct_admin.hpp"
#include "files.hpp"
#include "http_client.hpp"
#include "rescuestream/fake_media_server.hpp"
#include "rescuestream/storage.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "support/control_credential.hpp"

namespace rescuestream::cli {
namespace {

constexpr std::chrono::milliseconds kConnectServer{500};
constexpr std::chrono::milliseconds kExchangeServer{1'000};
constexpr std::size_t kLargestAnswer = 64U * 1024;

Result<std::unique_ptr<MediaServer>> open_media_server(const DirectConnection& connection) {
    // The simulated media server of a server without MediaMTX: this process cannot connect to it.
    if (connection.settings.api_url == "memory:") {
        return std::unique_ptr<MediaServer>(std::make_unique<testing::FakeMediaServer>());
    }
    MediaMtxOptions options;
    options.api_url = connection.settings.api_url;
    options.user = connection.settings.api_user;
    options.password = connection.settings.api_password;
    options.ca_file = connection.settings.api_ca_file;
    auto server = open_media_mtx(options);
    if (!server && server.error().code == ErrorCode::kInvalidArgument) {
        server.error().message = "MEDIAMTX_API_URL: " + server.error().message;
    }
    return server;
}

// Returns a sentence if no server answers there; empty: one does.
std::string why_server_is_silent(const std::string& origin) {
    HttpClientOptions options;
    options.connect = kConnectServer;
    options.total = kExchangeServer;
    options.most_bytes = kLargestAnswer;
    options.check_certificate = false;
    const auto reply = HttpClient(origin, options).send("GET", "/livez", {});
    return reply ? std::string() : reply.error().message;
}

Result<MediaServerInfo> probe_node(const DirectConnection& connection, const NodeStatus& status) {
    auto server = open_node(connection, status);
    if (!server) return std::move(server).error();
    auto info = (*server)->info();
    if (info || connection.server_origin.empty()) return info;
    // MediaMTX asks our server about this program's credential. While that does not answer, it
    // refuses or is late with its answer.
    const ErrorCode code = info.error().code;
    if (code != ErrorCode::kUnauthorized && code != ErrorCode::kTimeout) return info;
    if (const auto reason = why_server_is_silent(connection.server_origin); !reason.empty()) {
        info.error().message = fmt::format(
            "MediaMTX answers, and cannot check this program's credential: it asks "
            "rescuestream-server, which does not answer. {} Start it.",
            reason);
    }
    return info;
}

Error no_installation(const std::string& database) {
    return {ErrorCode::kConflict,
            fmt::format("There is no RescueStream in the database {}. If there should be: is "
                        "RESCUESTREAM_SERVER, DATABASE_URL or DATA_DIR the right one? Otherwise "
                        "`rescuestream-cli db migrate` creates it, as does the server when it is "
                        "started.",
                        database),
            "",
            {}};
}

// Opening such a database would create its file.
bool is_missing_file(const std::string& database_url) {
    constexpr std::string_view kScheme = "sqlite:";
    if (!database_url.starts_with(kScheme)) return false;
    std::error_code error;
    return !std::filesystem::exists(database_url.substr(kScheme.size()), error) && !error;
}

Result<void> check_schema(StreamOrchestrator& orchestrator, const std::string& database) {
    const auto status = orchestrator.schema_status();
    if (!status) return status.error();
    if (status->current > status->latest) {
        return Error{ErrorCode::kConflict,
                     fmt::format("The database has schema {}, newer than this program's {}: use a "
                                 "newer rescuestream-cli.",
                                 status->current, status->latest),
                     "",
                     {}};
    }
    if (status->pending.empty()) return {};
    if (status->current == 0) return no_installation(database);
    return Error{ErrorCode::kConflict,
                 fmt::format("The database {} has schema {}, this program needs {}: run "
                             "`rescuestream-cli db migrate`, or start the server once.",
                             database, status->current, status->latest),
                 "",
                 {}};
}

}  // namespace

Result<std::unique_ptr<MediaServer>> open_node(const DirectConnection& connection,
                                               const NodeStatus& status) {
    if (status.is_default) return open_media_server(connection);
    return open_media_mtx_with(connection.settings.api_ca_file)(
        with_control_credential(status.node, connection.settings.control_secret));
}

Result<std::unique_ptr<AdminApi>> open_direct_admin(const DirectConnection& connection,
                                                    const Caller& caller) {
    if (!connection.may_create && is_missing_file(connection.database_url)) {
        return no_installation(connection.database_url);
    }
    if (connection.make_data_directory) {
        auto made = make_data_directory(connection.data_directory);
        if (!made) return std::move(made).error();
    }
    StorageOptions storage_options;
    storage_options.connections = 1;
    storage_options.pooler = connection.pooler;
    auto storage = open_storage(connection.database_url, storage_options);
    if (!storage) {
        if (storage.error().code == ErrorCode::kInvalidArgument) {
            storage.error().message = "DATABASE_URL: " + storage.error().message;
        }
        return std::move(storage).error();
    }
    auto media_server = open_media_server(connection);
    if (!media_server) return std::move(media_server).error();

    std::string description = (*storage)->description();
    const bool is_memory = (*storage)->backend() == "memory";
    OrchestratorOptions options;
    options.storage = *std::move(storage);
    options.media_server = *std::move(media_server);
    options.settings = connection.settings;
    options.open_media_server = open_media_mtx_with(connection.settings.api_ca_file);
    auto orchestrator = std::make_shared<StreamOrchestrator>(std::move(options));
    if (is_memory) {
        auto migrated = orchestrator->migrate();
        if (!migrated) return std::move(migrated).error();
    }
    if (connection.check_schema) {
        auto checked = check_schema(*orchestrator, description);
        if (!checked) return std::move(checked).error();
    }
    return make_direct_admin(
        {std::move(orchestrator), std::move(description), caller},
        [connection](const NodeStatus& status) { return probe_node(connection, status); });
}

}  // namespace rescuestream::cli
