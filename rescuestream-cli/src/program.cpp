#include "program.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <ostream>
#include <string_view>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "error_output.hpp"
#include "examples.hpp"
#include "output.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/version.hpp"

namespace rescuestream::cli {
namespace {

constexpr const char* kDescription =
    "Administers RescueStream: who may publish, what is live, and how MediaMTX asks.\n"
    "Works on the database that DATABASE_URL names, or through a server (--server).";

constexpr const char* kExitCodes =
    "Exit codes: 0 done, 1 unexpected error, or a fault found by doctor, health or\n"
    "mediamtx check, 2 wrong usage or input, 3 not found, 4 conflict, or a changed log\n"
    "found by audit verify, 5 credential refused, 6 unavailable, or a failed check of\n"
    "status, 7 no answer in time (outcome unknown), 8 unsupported, or a log whose\n"
    "seals audit verify cannot verify, 9 declined, 10 no room on the disk.";

// Which options exclude each other is told when somebody gives both.
class HelpFormatter : public CLI::Formatter {
public:
    std::string make_option_opts(const CLI::Option* option) const override {
        const std::string text = CLI::Formatter::make_option_opts(option);
        return text.substr(0, text.find(" " + get_label("Excludes") + ":"));
    }
};

void add_global_options(CLI::App& app, Program& program) {
    auto& options = program.options;
    app.add_option("--config", options.config_file,
                   "File of settings, the same as the server's (CONFIG_FILE)")
        ->type_name("FILE");
    app.add_option("--server", options.server,
                   "Use this server instead of the database (RESCUESTREAM_SERVER)")
        ->type_name("URL");
    app.add_option("--profile", options.profile,
                   "Use the server and credential of this profile (RESCUESTREAM_PROFILE)")
        ->type_name("PROFILE");
    app.add_option("--api-secret-file", options.api_secret_file,
                   "File with a credential or the API secret (else API_SECRET, else "
                   "DATA_DIR/api-secret)")
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

// The options of the whole program, for the help of a command.
std::string global_options_of(const CLI::App& app) {
    std::string text = "Options of every command (rescuestream-cli --help explains them):\n ";
    std::size_t width = 1;
    for (const CLI::Option* option : app.get_options()) {
        const auto& name = option->get_lnames().front();
        if (name == "help" || name == "version") continue;
        std::string word = " --" + name;
        if (option->get_items_expected_max() > 0) word += " " + option->get_type_name();
        if (width + word.size() > 80) {
            text += "\n ";
            width = 1;
        }
        text += word;
        width += word.size();
    }
    return text;
}

// Options of the whole program are accepted after a command too, and every command has --help,
// which ends with an example.
void finish_tree(CLI::App& app, const std::string& global_options, const std::string& place) {
    for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
        const std::string here =
            place.empty() ? command->get_name() : place + " " + command->get_name();
        command->fallthrough();
        const std::string example = example_of(here);
        command->footer((example.empty() ? "" : "Example:\n" + example + "\n\n") + global_options +
                        "\n\n" + kExitCodes);
        if (!command->get_subcommands([](CLI::App*) { return true; }).empty()) {
            command->require_subcommand(1);
        }
        finish_tree(*command, global_options, here);
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

CommandOptions options_of(const CLI::App& command) {
    CommandOptions options;
    for (const CLI::Option* option : command.get_options()) options.insert(option->get_name());
    return options;
}

// CLI11's message for unexpected words lists them in reverse order, and its message for a misspelt
// command does not name it.
std::string usage_message(const CLI::App& app, const CLI::Error& error) {
    const CLI::App& last = *last_command(app);
    const std::string word = printable(stray_word(app));
    const auto commands =
        last.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); });
    std::string text = printable(error.what());
    if (!commands.empty() && !word.empty()) {
        text = "there is no command " + word + "; there are:";
        for (const CLI::App* command : commands) text += " " + command->get_name();
    } else if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
        text = "not understood:";
        for (const auto& each : app.remaining(true)) text += " " + printable(each);
    }
    return text;
}

void show_warnings(const Connection& connection, const Program& program) {
    for (const auto& warning : connection.warnings) {
        show_warning(warning, program.errors, program.host);
    }
}

ExitCode run_checked(const std::vector<std::string>& arguments, ErrorForm form, Host& host) {
    Program program{host, {}, {}, {}, form};
    CLI::App app(kDescription, "rescuestream-cli");
    build_commands(app, program);
    try {
        // CLI11 takes the arguments in reverse order.
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {  // --help and --version
            app.exit(error, host.out, host.err);
            return ExitCode::kOk;
        }
        show_error(usage_error(usage_message(app, error)), program.errors, host);
        if (program.errors == ErrorForm::kText) {
            host.err << "More: " << chosen_command(app) << " --help\n";
        }
        return ExitCode::kInvalid;
    }
    program.command_line = chosen_command(app);
    const auto done = program.action();
    if (done) return *done;
    show_error(done.error(), program.errors, host, options_of(*last_command(app)));
    return exit_code_of(done.error().code);
}

}  // namespace

Result<std::unique_ptr<AdminApi>> Program::open() const {
    auto connection = resolve_connection(options, host, command_line);
    if (!connection) return std::move(connection).error();
    show_warnings(*connection, *this);
    return host.open_admin(*connection);
}

Result<std::unique_ptr<AdminApi>> Program::open_database(bool may_create) const {
    auto connection = resolve_database(options, host, command_line);
    if (!connection) return std::move(connection).error();
    show_warnings(*connection, *this);
    connection->direct->check_schema = false;
    connection->direct->may_create = may_create;
    return host.open_admin(*connection);
}

Result<std::unique_ptr<AdminApi>> Program::open_current_database() const {
    auto connection = resolve_database(options, host, command_line);
    if (!connection) return std::move(connection).error();
    show_warnings(*connection, *this);
    return host.open_admin(*connection);
}

void build_commands(CLI::App& app, Program& program) {
    app.formatter(std::make_shared<HelpFormatter>());  // also that of the commands added below
    app.require_subcommand(1);
    app.footer("Example:\n" + example_of("") + "\n\n" + kExitCodes);
    add_global_options(app, program);
    add_broadcaster_commands(app, program);
    add_key_commands(app, program);
    add_stream_commands(app, program);
    add_incident_commands(app, program);
    add_guest_commands(app, program);
    add_node_commands(app, program);
    add_status_commands(app, program);
    add_health_commands(app, program);
    add_doctor_commands(app, program);
    add_audit_commands(app, program);
    add_refusals_commands(app, program);
    add_viewer_commands(app, program);
    add_playback_commands(app, program);
    add_playback_key_commands(app, program);
    add_credential_commands(app, program);
    add_profile_commands(app, program);
    add_db_commands(app, program);
    add_mediamtx_commands(app, program);
    add_hook_commands(app, program);
    add_completion_commands(app, program);
    finish_tree(app, global_options_of(app), "");
}

ExitCode run(const std::vector<std::string>& arguments, Host& host) {
    const ErrorForm form = error_form(arguments);
    try {
        const ExitCode code = run_checked(arguments, form, host);
        host.out.flush();
        if (host.out) return code;
        // `| head` has what it wants; that is no error.
        if (host.reader_is_gone && host.reader_is_gone()) return code;
        show_error({ErrorCode::kInternal, "the output could not be written", "", {}}, form, host);
    } catch (const std::exception& error) {
        show_error({ErrorCode::kInternal, error.what(), "", {}}, form, host);
    }
    return ExitCode::kUnexpected;
}

}  // namespace rescuestream::cli
