#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/admin_api.hpp"
#include "connection.hpp"
#include "http_client.hpp"
#include "profiles.hpp"
#include "program.hpp"
#include "rescuestream/database_examination.hpp"
#include "rescuestream/media_configuration.hpp"
#include "rescuestream/media_server.hpp"
#include "settings/settings.hpp"

namespace rescuestream::cli::doctor {

/// What a running server says.
struct ServerFacts {
    std::string origin;   ///< Where it was asked; empty: nobody knows where it listens.
    std::string trouble;  ///< Why there was no answer, a sentence; empty: there was one.
    int status = 0;       ///< Of `/readyz`.
    std::string version;  ///< Empty: an older release, or another program.
    std::optional<Timestamp> clock;
    Timestamp read_at{};  ///< When `clock` arrived, by this machine's clock.
    std::vector<HealthCheck> checks;
    std::string credential;  ///< What requests were made with, in words.
    /// What became of a request with it. Empty: no credential is known here.
    std::optional<Result<std::vector<NodeStatus>>> nodes;
};

/// A media server as its node's state and its own answers show it.
struct NodeFacts {
    NodeStatus status;
    Result<MediaServerInfo> info;
    Result<MediaConfiguration> configuration;
    Timestamp read_at{};  ///< When the configuration arrived, by this machine's clock.

    std::string subject() const { return "node " + status.node.name; }
    /// Whether its control interface is on this machine, as far as its address tells.
    bool is_local() const;
};

/// An installation as this program can see it. Each fact is found when a check needs it first.
///
/// Thread-safety: none.
class Installation {
public:
    /// `media_mtx_file`: a mediamtx.yml to compare with what is in use; empty: none.
    Installation(const Program& program, Selection selection, std::string media_mtx_file = {});

    const std::string& media_mtx_file() const { return media_mtx_file_; }

    const Host& host() const { return program_.host; }
    Timestamp now() const { return program_.host.clock.now(); }

    /// Why the file of --api-secret-file cannot be read: everything is examined without it. Empty:
    /// it can be, or none is named.
    const std::string& unread_secret_file() const { return unread_secret_file_; }
    /// All settings of server and commands. kInvalidArgument: `fields` names each wrong one.
    const Result<Settings>& all_settings() const { return all_settings_; }
    /// The settings as far as they can be read: all of them, else those for commands. Null: not
    /// even these.
    const Settings* settings() const { return settings_ ? &*settings_ : nullptr; }
    bool is_through_server() const { return settings_ && !settings_->server_url.empty(); }
    /// Whether the data directory and the database of the installation are out of reach: the server
    /// that was named is on another machine, or its data directory is not known here.
    bool is_elsewhere();
    /// Whether the value of a setting that only the server uses is that of the server: it is given
    /// here, or everything else that is known of the server agrees with the settings here.
    bool knows(std::string_view setting);
    /// The directory of secrets and of the default database; empty: none is known.
    const std::string& data_directory() const { return data_directory_; }

    /// How this program reaches the database; null through a server, or if the settings are wrong.
    const DirectConnection* direct();
    /// The same, also beside the server that was named. Null if `is_elsewhere`.
    const DirectConnection* database_access();
    /// Opens that database.
    Result<AdminApi*> database_admin();
    /// How this program reaches the media servers: as `direct`; or, through a server on this
    /// machine, with the credential in the data directory. Null: it cannot.
    const DirectConnection* media_access();
    /// The operations. Through a server, those of the server.
    const Result<AdminApi*>& admin();
    const ServerFacts& server();
    /// The keys that may be used, the newest 1,000.
    const Result<std::vector<StreamKey>>& usable_keys();
    /// kUnsupported: the database is not PostgreSQL.
    const Result<DatabaseExamination>& database();
    Timestamp database_read_at() const { return database_read_at_; }
    /// All nodes; if neither server nor database can be asked, the one of the settings.
    const std::vector<NodeFacts>& nodes();

private:
    ServerFacts ask_server();
    void ask_with_credential(const std::string& origin, const HttpClientOptions& options,
                             ServerFacts& facts);
    std::string credential_in_words() const;
    bool find_whether_beside_server();
    std::vector<NodeStatus> node_states();

    const Program& program_;
    const std::string unread_secret_file_;
    const Selection selection_;
    const std::string media_mtx_file_;
    Result<Settings> all_settings_;
    std::optional<Settings> settings_;
    std::string data_directory_;
    std::optional<Result<Connection>> connection_;
    std::optional<DirectConnection> beside_server_;
    std::optional<bool> is_beside_server_;
    std::optional<Result<Connection>> database_connection_;
    std::unique_ptr<AdminApi> opened_;
    std::unique_ptr<AdminApi> opened_database_;
    std::optional<Result<AdminApi*>> admin_;
    std::optional<ServerFacts> server_;
    std::optional<Result<std::vector<StreamKey>>> keys_;
    std::optional<Result<DatabaseExamination>> database_;
    Timestamp database_read_at_{};
    std::optional<std::vector<NodeFacts>> nodes_;
};

/// Whether this installation made the entry: it pulls a secret path with the relay's credential.
bool is_entry_of_relay(const MediaPathSettings& entry);

/// Whether both addresses lead to the same port, where all names of this machine count as one.
bool is_same_place(const std::string& left, const std::string& right);

/// Calls `visit(facts, configuration)` for each node whose configuration is known, and adds to the
/// report that the others were not examined.
template <class ReportType, class Visit>
void for_each_configuration(Installation& installation, ReportType& report, Visit visit) {
    for (const auto& node : installation.nodes()) {
        if (node.configuration) {
            visit(node, *node.configuration);
        } else {
            report.skipped(node.subject(), "Its configuration cannot be read.");
        }
    }
}

}  // namespace rescuestream::cli::doctor
