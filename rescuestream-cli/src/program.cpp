#include "program.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <exception>
#include <ostream>
#include <string_view>

#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "fields/addresses.hpp"
#include "fields/broadcaster.hpp"
#include "fields/node.hpp"
#include "fields/stream_key.hpp"
#include "output.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/version.hpp"

namespace rescuestream::cli {
namespace {

constexpr const char* kDescription =
    "Administers RescueStream: who may publish, what is live, and how MediaMTX asks.\n"
    "Works on the database that DATABASE_URL names, or through a server (--server).";

constexpr const char* kFooter =
    "Exit codes: 0 done, 1 unexpected, 2 wrong usage or input, 3 not found, 4 conflict,\n"
    "5 credential refused, 6 unavailable, 7 no answer in time (outcome unknown),\n"
    "8 unsupported, 9 declined, 10 no room on the disk.";

struct FieldOption {
    std::string_view pointer;
    std::string_view option;
};

// The options and arguments that correspond to members of the HTTP contract which are in no table
// of fields, or which have another name there.
constexpr std::array kFieldOptions{
    FieldOption{"/display_name", "NAME"},
    FieldOption{"/broadcaster_id", "--broadcaster"},
    FieldOption{"/reset", "--reset"},
    FieldOption{"/overlap_seconds", "--overlap"},
    FieldOption{"/block_seconds", "--block"},
    FieldOption{"/node", "--node"},
    FieldOption{"/name", "NODE"},
    FieldOption{"/limit", "--limit"},
    FieldOption{"/offset", "--offset"},
    FieldOption{"/cursor", "--cursor"},
    FieldOption{"/from", "--from"},
    FieldOption{"/to", "--to"},
    FieldOption{"/resource_id", "--resource-id"},
    FieldOption{"/resource_type", "--resource-type"},
    FieldOption{"/action", "--action"},
    FieldOption{"/actor", "--actor"},
    FieldOption{"/path", "MTX_PATH"},
    FieldOption{"/source_type", "MTX_SOURCE_TYPE"},
    FieldOption{"/source_id", "MTX_SOURCE_ID"},
};

// A visitor for tables of fields: finds the option of the member to which `pointer` points.
struct FindOption {
    std::string_view pointer;
    std::string_view& option;

    template <class Member>
    void operator()(const Field& field, const Member& member) const {
        if (!pointer.starts_with('/')) return;
        const auto end = pointer.find('/', 1);
        if (pointer.substr(1, end - 1) != field.name) return;
        if constexpr (std::is_same_v<Member, PublicAddresses>) {
            if (end == std::string_view::npos) return;
            fields::for_each_field(member, FindOption{pointer.substr(end), option});
        } else if (!field.option.empty()) {
            option = field.option;
        }
    }
};

std::string_view option_of(std::string_view pointer) {
    const std::string_view member = pointer.substr(0, pointer.find('/', 1));  // "/reset/0"
    const auto* found =
        std::find_if(kFieldOptions.begin(), kFieldOptions.end(),
                     [&](const FieldOption& each) { return each.pointer == member; });
    if (found != kFieldOptions.end()) return found->option;
    std::string_view option = pointer;
    const FindOption find{pointer, option};
    const NewStreamKey key{};
    fields::for_each_field(key, find);
    const NewBroadcaster broadcaster{};
    fields::for_each_field(broadcaster, find);
    const NewNode node{};
    fields::for_each_field(node, find);
    return option;
}

void add_global_options(CLI::App& app, Program& program) {
    auto& options = program.options;
    app.add_option("--config", options.config_file,
                   "File of settings, the same as the server's (CONFIG_FILE)")
        ->type_name("FILE");
    app.add_option("--server", options.server,
                   "Use this server instead of the database (RESCUESTREAM_SERVER)")
        ->type_name("URL");
    app.add_option("--api-secret-file", options.api_secret_file,
                   "File with the server's API secret (else API_SECRET, else DATA_DIR/api-secret)")
        ->type_name("FILE");
    one_of(app.add_option("--auth", options.auth, "How requests to a server are signed (hmac)"),
           {"hmac", "shared-secret"});
    app.add_option("--key-name", options.key_name,
                   "Name in the server's record for signed requests (cli:USER)")
        ->type_name("NAME");
    app.add_option("--data-dir", options.data_dir,
                   "Directory of the default database and the API secret (DATA_DIR)")
        ->type_name("DIR");
    app.add_flag("--json", options.json, "Print JSON, the same as the HTTP API's");
    app.add_flag("-q,--quiet", options.quiet, "Print ids only");
    app.set_version_flag("--version", std::string("rescuestream-cli ") + RESCUESTREAM_VERSION);
}

// Options of the whole program are accepted after a command too, and every command has --help.
void finish_tree(CLI::App& app) {
    for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
        command->fallthrough();
        if (!command->get_subcommands([](CLI::App*) { return true; }).empty()) {
            command->require_subcommand(1);
        }
        finish_tree(*command);
    }
}

std::string chosen_command(const CLI::App& app) {
    std::string text = app.get_name();
    for (const CLI::App* command : app.get_subcommands()) text += " " + chosen_command(*command);
    return text;
}

// Returns a word that matches nothing, after the commands that were recognized.
std::string stray_word(const CLI::App& app) {
    for (const auto& word : app.remaining(true)) {
        if (!word.starts_with('-')) return word;
    }
    return {};
}

const CLI::App* last_command(const CLI::App& app) {
    const auto chosen = app.get_subcommands();
    return chosen.empty() ? &app : last_command(*chosen.front());
}

// CLI11's message for unexpected words lists them in reverse order, and its message for a misspelt
// command does not name it.
std::string usage_message(const CLI::App& app, const CLI::Error& error) {
    const CLI::App& last = *last_command(app);
    const std::string word = printable(stray_word(app));
    const auto commands = last.get_subcommands([](const CLI::App*) { return true; });
    std::string text = printable(error.what());
    if (!commands.empty() && !word.empty()) {
        text = "there is no command " + word + "; there are:";
        for (const CLI::App* command : commands) text += " " + command->get_name();
    } else if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
        text = "not understood:";
        for (const auto& each : app.remaining(true)) text += " " + printable(each);
    }
    return "rescuestream-cli: " + text + "\nMore: " + chosen_command(app) + " --help\n";
}

void show_warnings(const Connection& connection, const Host& host) {
    for (const auto& warning : connection.warnings) {
        host.err << "rescuestream-cli: warning: " << printable(warning) << '\n';
    }
}

ExitCode run_checked(const std::vector<std::string>& arguments, Host& host) {
    Program program{host, {}, {}, {}};
    CLI::App app(kDescription, "rescuestream-cli");
    build_commands(app, program);
    app.failure_message(
        [&app](const CLI::App*, const CLI::Error& error) { return usage_message(app, error); });
    try {
        // CLI11 takes the arguments in reverse order.
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error, host.out, host.err);
        return code == 0 ? ExitCode::kOk : ExitCode::kInvalid;
    }
    program.command_line = chosen_command(app);
    const auto done = program.action();
    if (done) return *done;
    show_error(done.error(), host);
    return exit_code_of(done.error().code);
}

}  // namespace

Result<std::unique_ptr<AdminApi>> Program::open() const {
    auto connection = resolve_connection(options, host, command_line);
    if (!connection) return std::move(connection).error();
    show_warnings(*connection, host);
    return host.open_admin(*connection);
}

Result<std::unique_ptr<AdminApi>> Program::open_database(bool may_create) const {
    auto connection = resolve_database(options, host, command_line);
    if (!connection) return std::move(connection).error();
    show_warnings(*connection, host);
    connection->direct->check_schema = false;
    connection->direct->may_create = may_create;
    return host.open_admin(*connection);
}

void build_commands(CLI::App& app, Program& program) {
    app.require_subcommand(1);
    app.footer(kFooter);
    add_global_options(app, program);
    add_broadcaster_commands(app, program);
    add_key_commands(app, program);
    add_stream_commands(app, program);
    add_node_commands(app, program);
    add_status_commands(app, program);
    add_health_commands(app, program);
    add_audit_commands(app, program);
    add_db_commands(app, program);
    add_mediamtx_commands(app, program);
    add_hook_commands(app, program);
    add_completion_commands(app, program);
    finish_tree(app);
}

ExitCode run(const std::vector<std::string>& arguments, Host& host) {
    try {
        const ExitCode code = run_checked(arguments, host);
        host.out.flush();
        if (host.out) return code;
        host.err << "rescuestream-cli: the output could not be written\n";
    } catch (const std::exception& error) {
        host.err << "rescuestream-cli: " << printable(error.what()) << '\n';
    }
    return ExitCode::kUnexpected;
}

void show_error(const Error& error, Host& host) {
    if (error.fields.empty()) {
        host.err << "rescuestream-cli: " << printable(error.message) << '\n';
    }
    for (const auto& field : error.fields) {
        host.err << "rescuestream-cli: " << printable(option_of(field.pointer)) << ": "
                 << printable(field.detail) << '\n';
    }
    if (!error.detail.empty()) host.err << "  (" << printable(error.detail) << ")\n";
}

}  // namespace rescuestream::cli
