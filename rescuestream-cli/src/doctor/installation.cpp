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
constexpr std::size_t kLargestAnswer = 16U * 1024 * 1024;
constexpr unsigned kAll =
    settings::kServer | settings::kCommand | settings::kConfig | settings::kHealth;

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

bool is_this_machine(const std::string& host) {
    return host == "localhost" || is_loopback_address(host);
}

Error not_opened() {
    return {ErrorCode::kUnsupported,
            "Through a server, the configuration of MediaMTX is not read: run doctor on the "
            "server's machine with the server's settings.",
            {},
            {}};
}

// A secret that cannot be read says nothing about the rest, which is judged without it. Returns
// why; empty: none was named, or it can be read.
std::string take_unreadable_secret(GlobalOptions& options) {
    if (options.api_secret_file.empty()) return {};
    const auto secret = read_secret_file(options.api_secret_file, "--api-secret-file");
    if (secret) return {};
    options.api_secret_file.clear();
    const auto& error = secret.error();
    return error.fields.empty() ? error.message
                                : error.fields.front().pointer + " " + error.fields.front().detail;
}

}  // namespace

bool is_entry_of_relay(const MediaPathSettings& entry) {
    return entry.source.find("://relay:") != std::string::npos ||
           entry.source.find("://relay-borrowed:") != std::string::npos;
}

bool is_same_place(const std::string& left, const std::string& right) {
    if (left == right || is_same_origin(left, right)) return true;
    const auto one = parse_http_url(left);
    const auto other = parse_http_url(right);
    return one && other && one->scheme == other->scheme && one->port == other->port &&
           is_this_machine(one->host) && is_this_machine(other->host);
}

bool NodeFacts::is_local() const {
    const auto url = parse_http_url(status.node.api_url);
    return url && is_this_machine(url->host);
}

Installation::Installation(const Program& program, Selection selection, std::string media_mtx_file)
    : program_(program),
      unread_secret_file_(take_unreadable_secret(selection.options)),
      selection_(std::move(selection)),
      media_mtx_file_(std::move(media_mtx_file)),
      all_settings_(read_settings(selection_.options, program.host, kAll)) {
    if (all_settings_) {
        settings_ = *all_settings_;
    } else if (auto some = command_settings(selection_.options, program.host)) {
        settings_ = *std::move(some);
    }
    // Another setting that is wrong does not change where it is.
    data_directory_ = known_data_directory(selection_.options, program.host);
}

const DirectConnection* Installation::direct() {
    if (!connection_) {
        connection_ = resolve_connection(selection_, program_.host, program_.command_line);
    }
    return *connection_ && (*connection_)->direct ? &*(*connection_)->direct : nullptr;
}

bool Installation::is_elsewhere() {
    if (!is_through_server()) return false;
    if (!is_beside_server_) is_beside_server_ = find_whether_beside_server();
    return !*is_beside_server_;
}

// The data directory is the server's if the server accepts the secret in it: a server keeps one
// there, unless API_SECRET is set, and always keeps that for the control interface.
bool Installation::find_whether_beside_server() {
    const auto place = parse_http_url(settings_->server_url);
    if (!place || !is_this_machine(place->host)) return false;
    if (data_directory_.empty() || !selection_.credential.empty()) return false;
    if (!read_kept_secret(control_secret_file(data_directory_))) return false;
    const auto& nodes = server().nodes;
    return nodes && *nodes && !settings_->api_secret.reveal().starts_with("rsc_");
}

const DirectConnection* Installation::database_access() {
    if (!is_through_server()) return direct();
    if (is_elsewhere()) return nullptr;
    if (!database_connection_) {
        Host without_server = program_.host;
        without_server.environment = [given = without_server.environment](std::string_view name) {
            return name == "RESCUESTREAM_SERVER" ? std::nullopt : given(name);
        };
        Selection selection = selection_;
        selection.options.server.clear();
        database_connection_ = resolve_connection(selection, without_server, program_.command_line);
    }
    const auto& found = *database_connection_;
    return found && found->direct ? &*found->direct : nullptr;
}

Result<AdminApi*> Installation::database_admin() {
    if (!is_through_server()) return admin();
    if (database_access() == nullptr) return not_opened();
    if (!opened_database_) {
        auto opened = host().open_admin(**database_connection_);
        if (!opened) return std::move(opened).error();
        opened_database_ = *std::move(opened);
    }
    return opened_database_.get();
}

bool Installation::knows(std::string_view setting) {
    if (is_given(selection_.options, program_.host, setting)) return true;
    if (settings_ == std::nullopt || is_through_server()) return false;
    const auto& by_server = server().nodes;
    if (!by_server || !*by_server) return true;
    for (const auto& status : **by_server) {
        if (!status.is_default) continue;
        const std::string& used = status.node.api_url;
        const std::string& here = settings_->orchestrator.api_url;
        return is_same_place(used, here);
    }
    return true;
}

const DirectConnection* Installation::media_access() {
    if (direct() != nullptr) return direct();
    if (beside_server_) return &*beside_server_;
    if (!is_through_server() || data_directory_.empty()) return nullptr;
    // The loopback address of a server elsewhere is another machine's.
    const auto server = parse_http_url(settings_->server_url);
    if (!server || !is_this_machine(server->host)) return nullptr;
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
    options.total = kExchangeServer;
    options.most_bytes = kLargestAnswer;
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
    if (!read) {
        facts.status = -1;  // another program
        return facts;
    }
    ask_with_credential(place->origin, options, facts);
    return facts;
}

// Nothing else says so surely that a credential is right, and what MediaMTX the server uses.
void Installation::ask_with_credential(const std::string& origin, const HttpClientOptions& options,
                                       ServerFacts& facts) {
    ServerConnection connection;
    connection.url = origin;
    connection.key_name = "cli:" + host().user;
    connection.api_secret =
        selection_.credential.empty() ? settings_->api_secret : selection_.credential;
    facts.credential = credential_in_words();
    if (connection.api_secret.empty() && !data_directory_.empty()) {
        const std::string file = data_directory_ + "/api-secret";
        if (auto kept = read_kept_secret(file)) connection.api_secret = std::move(kept->secret);
        facts.credential = "the secret in " + file;
    }
    if (connection.api_secret.empty()) return;
    HttpCaller caller(std::move(connection), program_.host.clock, options);
    auto page = messages::parse_list(caller.call("GET", "/nodes"), "nodes", fields::read_node);
    facts.nodes = page ? Result<std::vector<NodeStatus>>(std::move(page->items))
                       : Result<std::vector<NodeStatus>>(std::move(page).error());
}

std::string Installation::credential_in_words() const {
    if (!selection_.credential.empty())
        return "the credential of the profile " + selection_.profile;
    const std::string& file = selection_.options.api_secret_file;
    return file.empty() ? "API_SECRET" : "the credential in " + file;
}

const Result<std::vector<StreamKey>>& Installation::usable_keys() {
    if (keys_) return *keys_;
    const auto& opened = admin();
    if (!opened) {
        keys_ = opened.error();
        return *keys_;
    }
    StreamKeyFilter filter;
    filter.status = StreamKeyStatus::kActive;
    PageRequest page;
    page.limit = kMostKeys;
    auto keys = (*opened)->keys().list_stream_keys(filter, page);
    keys_ = keys ? Result<std::vector<StreamKey>>(std::move(keys->items))
                 : Result<std::vector<StreamKey>>(std::move(keys).error());
    return *keys_;
}

const Result<DatabaseExamination>& Installation::database() {
    if (database_) return *database_;
    const auto* connection = database_access();
    database_ = connection == nullptr
                    ? Result<DatabaseExamination>(not_opened())
                    : examine_database(connection->database_url, connection->pooler);
    database_read_at_ = now();
    return *database_;
}

std::vector<NodeStatus> Installation::node_states() {
    const auto& by_server = server().nodes;
    const auto& opened = admin();
    if (opened && !is_through_server()) {
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
