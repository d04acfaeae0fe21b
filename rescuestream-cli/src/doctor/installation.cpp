#include "doctor/installation.hpp"

#include <utility>

#include "admin/http_caller.hpp"
#include "admin/http_messages.hpp"
#include "files.hpp"
#include "server_place.hpp"
#include "settings/read.hpp"
#include "settings/rows.hpp"
#include "support/control_credential.hpp"
#include "support/http_date.hpp"
#include "support/ip_address.hpp"
#include "support/secret_file.hpp"
#include "support/url.hpp"

namespace rescuestream::cli::doctor {
namespace {

constexpr std::size_t kMostKeys = 1'000;
constexpr std::chrono::milliseconds kConnectServer{1'000};
constexpr std::chrono::milliseconds kExchangeServer{5'000};
constexpr unsigned kAll =
    settings::kServer | settings::kCommand | settings::kConfig | settings::kHealth;

// The secret with which requests to the server are signed; empty: none is known.
Secret secret_of(const Settings& settings, const std::string& data_directory) {
    if (!settings.api_secret.empty() || data_directory.empty()) return settings.api_secret;
    auto kept = read_kept_secret(data_directory + "/api-secret");
    return kept ? std::move(kept->secret) : Secret();
}

// The database has the credentials of nodes, and the server what its polls have seen.
void overlay(std::vector<NodeStatus>& listed, const std::vector<NodeStatus>& seen) {
    for (auto& status : listed) {
        for (const auto& other : seen) {
            if (other.node.name != status.node.name) continue;
            Node node = std::move(status.node);
            // Its addresses are the server's settings, which may not be those of this program.
            if (other.is_default) {
                node.api_url = other.node.api_url;
                node.addresses = other.node.addresses;
            }
            status = other;
            status.node = std::move(node);
        }
    }
}

Error not_opened() {
    return {ErrorCode::kUnsupported,
            "Through a server, the configuration of MediaMTX is not read: run doctor on the "
            "server's machine with the server's settings.",
            {},
            {}};
}

}  // namespace

bool NodeFacts::is_local() const {
    const auto url = parse_http_url(status.node.api_url);
    return url && (url->host == "localhost" || is_loopback_address(url->host));
}

Installation::Installation(const Program& program)
    : program_(program), all_settings_(read_settings(program.options, program.host, kAll)) {
    if (all_settings_) {
        settings_ = *all_settings_;
    } else if (auto some = command_settings(program.options, program.host)) {
        settings_ = *std::move(some);
    }
    if (!settings_) return;
    if (auto directory = cli::data_directory(*settings_, program.host)) {
        data_directory_ = *std::move(directory);
    }
}

const DirectConnection* Installation::direct() {
    if (!connection_) {
        connection_ = resolve_connection(program_.options, program_.host, program_.command_line);
    }
    return *connection_ && (*connection_)->direct ? &*(*connection_)->direct : nullptr;
}

const DirectConnection* Installation::media_access() {
    if (direct() != nullptr) return direct();
    if (beside_server_) return &*beside_server_;
    if (!is_through_server() || data_directory_.empty()) return nullptr;
    // The loopback address of a server elsewhere is another machine's.
    const auto server = parse_http_url(settings_->server_url);
    if (!server || (server->host != "localhost" && !is_loopback_address(server->host))) {
        return nullptr;
    }
    auto secret = find_control_secret(data_directory_, settings_->api_secret);
    if (!secret || secret->empty()) return nullptr;
    Settings settings = *settings_;
    settings::use_control_secret(settings, *std::move(secret));
    beside_server_.emplace();
    beside_server_->settings = std::move(settings.orchestrator);
    return &*beside_server_;
}

const Result<AdminApi*>& Installation::admin() {
    if (admin_) return *admin_;
    (void)direct();
    if (!*connection_) {
        admin_ = connection_->error();
        return *admin_;
    }
    auto opened = host().open_admin(**connection_);
    if (opened) {
        opened_ = *std::move(opened);
        admin_ = opened_.get();
    } else {
        admin_ = std::move(opened).error();
    }
    return *admin_;
}

const ServerFacts& Installation::server() {
    if (!server_) server_ = ask_server();
    return *server_;
}

ServerFacts Installation::ask_server() {
    ServerFacts facts;
    if (!settings_) {
        facts.trouble = "The settings do not say where it listens.";
        return facts;
    }
    const auto place = server_place(*settings_);
    if (!place) {
        facts.trouble = place.error().message;
        return facts;
    }
    facts.origin = place->origin;
    HttpClientOptions options = place->options;
    options.connect = kConnectServer;
    options.exchange = kExchangeServer;
    HttpClient client(place->origin, options);
    const auto reply = client.send("GET", "/readyz?verbose", {});
    if (!reply) {
        facts.trouble = reply.error().message;
        return facts;
    }
    facts.status = reply->status;
    facts.clock = parse_http_date(reply->date);
    facts.read_at = now();
    const auto read = messages::parse_answer(reply, [&](const rapidjson::Value& json) {
        if (const auto version = json.FindMember("version");
            version != json.MemberEnd() && version->value.IsString()) {
            facts.version = version->value.GetString();
        }
        for (const auto& check : read::array(json, "checks").GetArray()) {
            facts.checks.push_back(fields::read_health_check(check));
        }
        return true;
    });
    if (!read) facts.status = -1;  // another program
    ServerConnection connection;
    connection.url = place->origin;
    connection.key_name = "cli:" + host().user;
    connection.api_secret = secret_of(*settings_, data_directory_);
    if (!read || connection.api_secret.empty()) return facts;
    const auto headers = sign_request(connection, "GET", "/nodes", "", now());
    auto answer = client.send("GET", "/nodes", headers);
    if (answer && answer->status == 401) {
        facts.nodes = Result<std::vector<NodeStatus>>(
            Error{ErrorCode::kUnauthorized, "The server refuses API_SECRET.", {}, {}});
    } else if (answer && answer->status == 200) {
        auto page = messages::parse_list(answer, "nodes", fields::read_node);
        if (page) facts.nodes = Result<std::vector<NodeStatus>>(std::move(page->items));
    }
    return facts;
}

const std::vector<StreamKey>& Installation::usable_keys() {
    if (keys_) return *keys_;
    keys_.emplace();
    const auto& opened = admin();
    if (!opened) return *keys_;
    StreamKeyFilter filter;
    filter.status = StreamKeyStatus::kActive;
    PageRequest page;
    page.limit = kMostKeys;
    if (auto keys = (*opened)->keys().list_stream_keys(filter, page)) {
        keys_ = std::move(keys->items);
    }
    return *keys_;
}

const Result<DatabaseExamination>& Installation::database() {
    if (database_) return *database_;
    const auto* connection = direct();
    database_ = connection == nullptr
                    ? Result<DatabaseExamination>(not_opened())
                    : examine_database(connection->database_url, connection->pooler);
    database_read_at_ = now();
    return *database_;
}

std::vector<NodeStatus> Installation::node_states() {
    const auto& by_server = server().nodes;
    if (const auto& opened = admin()) {
        if (auto listed = (*opened)->nodes().list_nodes()) {
            if (by_server && *by_server) overlay(*listed, **by_server);
            return *std::move(listed);
        }
    }
    if (by_server && *by_server) return **by_server;
    std::vector<NodeStatus> states;
    const auto* connection = direct();
    if (connection == nullptr) return states;
    NodeStatus status;
    status.node.name = connection->settings.node;
    status.node.api_url = connection->settings.api_url;
    status.node.addresses = connection->settings.addresses;
    status.is_default = true;
    states.push_back(std::move(status));
    return states;
}

const std::vector<NodeFacts>& Installation::nodes() {
    if (nodes_) return *nodes_;
    nodes_.emplace();
    const auto* connection = media_access();
    for (auto& status : node_states()) {
        NodeFacts facts{std::move(status), not_opened(), not_opened(), {}};
        if (connection != nullptr && host().open_node && facts.status.node.api_url != "memory:") {
            DirectConnection asked = *connection;
            if (facts.status.is_default) asked.settings.api_url = facts.status.node.api_url;
            auto server = host().open_node(asked, facts.status);
            if (server) {
                facts.info = (*server)->info();
                facts.configuration = facts.info ? (*server)->configuration()
                                                 : Result<MediaConfiguration>(facts.info.error());
            } else {
                facts.info = server.error();
                facts.configuration = server.error();
            }
        }
        facts.read_at = now();
        nodes_->push_back(std::move(facts));
    }
    return *nodes_;
}

}  // namespace rescuestream::cli::doctor
