#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <ostream>

#include "admin/admin_api.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "completion/bash.hpp"
#include "completion/fish.hpp"
#include "completion/zsh.hpp"
#include "fields/field.hpp"
#include "output.hpp"
#include "program.hpp"

namespace rescuestream::cli {
namespace {

void add_shell(CLI::App& noun, const CLI::App& app, Program& program, const char* shell,
               const char* help, std::string (*script)(const CLI::App&)) {
    noun.add_subcommand(shell, help)->callback([&app, &program, script] {
        program.action = [&app, &program, script]() -> Result<ExitCode> {
            program.host.out << script(app);
            return ExitCode::kOk;
        };
    });
}

// Names with control characters cannot be typed.
void add_name(std::string& out, const std::string& name) {
    if (!name.empty() && printable(name) == name) out += name + "\n";
}

// A shell offers the names of the newest ones: it must not wait for a list without end.
PageRequest newest_ones(std::size_t most = 1'000) {
    PageRequest page;
    page.limit = most;
    return page;
}
// Of records that are soon over.
constexpr std::size_t kMostOfThese = 200;

Result<std::string> names_of_keys(AdminApi& admin) {
    const auto keys = admin.keys().list_stream_keys({}, newest_ones());
    if (!keys) return keys.error();
    std::string out;
    for (const auto& key : keys->items) {
        if (key.revoked_at) continue;
        add_name(out, key.label);
        add_name(out, key.playback_path);
    }
    return out;
}

Result<std::string> names_of_broadcasters(AdminApi& admin) {
    const auto broadcasters = admin.broadcasters().list_broadcasters(newest_ones());
    if (!broadcasters) return broadcasters.error();
    std::string out;
    for (const auto& broadcaster : broadcasters->items) add_name(out, broadcaster.display_name);
    return out;
}

Result<std::string> names_of_streams(AdminApi& admin) {
    std::string out;
    for (const auto state : {StreamState::kLive, StreamState::kReconnecting}) {
        StreamQuery query;
        query.state = state;
        const auto streams = admin.streams().list_streams(query, newest_ones());
        if (!streams) return streams.error();
        for (const auto& item : streams->items) add_name(out, item.stream.path);
    }
    return out;
}

Result<std::string> names_of_incidents(AdminApi& admin) {
    const auto incidents = admin.incidents().list_incidents({}, newest_ones(kMostOfThese));
    if (!incidents) return incidents.error();
    std::string out;
    for (const auto& incident : incidents->items) {
        add_name(out, incident.name);
        add_name(out, incident.reference);
    }
    return out;
}

Result<std::string> names_of_guests(AdminApi& admin) {
    const auto links = admin.guests().list_guest_links({}, newest_ones(kMostOfThese));
    if (!links) return links.error();
    std::string out;
    for (const auto& link : links->items) add_name(out, link.label);
    return out;
}

Result<std::string> names_of_nodes(AdminApi& admin) {
    const auto nodes = admin.nodes().list_nodes();
    if (!nodes) return nodes.error();
    std::string out;
    for (const auto& status : *nodes) add_name(out, status.node.name);
    return out;
}

Result<std::string> names_of_credentials(AdminApi& admin) {
    const auto credentials = admin.credentials().list_credentials();
    if (!credentials) return credentials.error();
    std::string out;
    for (const auto& each : *credentials) {
        if (!each.revoked_at) add_name(out, each.label);
    }
    return out;
}

Result<std::string> names_of(const std::string& kind, const Program& program) {
    if (kind == "scopes") {
        std::string out;
        for (const auto& word : enum_words<Scope>()) add_name(out, word);
        return out;
    }
    const auto connection = resolve_connection(program.options, program.host, "");
    if (!connection) return connection.error();
    // A question of the shell must not make a database.
    if (connection->direct && connection->direct->make_data_directory &&
        !std::filesystem::exists(connection->direct->data_directory)) {
        return std::string();
    }
    const auto admin = program.host.open_admin(*connection);
    if (!admin) return admin.error();
    if (kind == "keys") return names_of_keys(**admin);
    if (kind == "broadcasters") return names_of_broadcasters(**admin);
    if (kind == "credentials") return names_of_credentials(**admin);
    if (kind == "streams") return names_of_streams(**admin);
    if (kind == "guests") return names_of_guests(**admin);
    if (kind == "incidents") return names_of_incidents(**admin);
    return names_of_nodes(**admin);
}

}  // namespace

void add_completion_commands(CLI::App& app, Program& program) {
    auto* noun = app.add_subcommand("completion", "Completion script of a shell");
    add_shell(*noun, app, program, "bash", "source <(rescuestream-cli completion bash)",
              bash_completion);
    add_shell(*noun, app, program, "zsh", "source <(rescuestream-cli completion zsh)",
              zsh_completion);
    add_shell(*noun, app, program, "fish", "rescuestream-cli completion fish | source",
              fish_completion);

    // For the scripts. It prints nothing when the names cannot be read: the shell shows the line
    // that a person is typing. main() limits its time.
    auto* names =
        app.add_subcommand("__complete", "Print names for a completion script")->group("");
    auto kind = std::make_shared<std::string>();
    one_of(names->add_option("KIND", *kind)->required(),
           {"keys", "broadcasters", "streams", "incidents", "guests", "nodes", "credentials",
            "scopes"});
    names->callback([&program, kind] {
        program.action = [&program, kind]() -> Result<ExitCode> {
            if (const auto found = names_of(*kind, program)) program.host.out << *found;
            return ExitCode::kOk;
        };
    });
}

}  // namespace rescuestream::cli
