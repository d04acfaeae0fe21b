#include "config.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <sstream>

#include "rescuestream/version.hpp"
#include "routes/permissions.hpp"
#include "settings/description.hpp"
#include "settings/read.hpp"
#include "settings/rows.hpp"

namespace rescuestream::server {
namespace {

using settings::Row;

// The rows that have a flag here. Secrets have none, because every user can see a command line.
bool has_flag(const Row& row) {
    return !row.is_secret() && (row.used_for & settings::kServer) != 0;
}

std::string help_of(const Row& row) {
    return fmt::format("{} [{}] {} (default: {})", row.help, row.name,
                       row.member.expected(row.member.limits), row.default_text());
}

void build_flags(CLI::App& app, std::map<std::string, std::string>& flags) {
    for (const Row& row : settings::rows()) {
        if (!has_flag(row)) continue;
        app.add_option(row.flag(), flags[std::string(row.name)], help_of(row))->type_name("");
    }
}

std::string secrets_footer() {
    std::string text =
        "Only in the environment or the file, because every user can see a command line; "
        "NAME_FILE names a file that holds it:\n";
    for (const Row& row : settings::rows()) {
        if (!row.is_secret()) continue;
        text += fmt::format("  {:<24} {} (default: {})\n", row.name, row.help, row.default_text());
    }
    text +=
        "\nA flag takes precedence over the environment, the environment over the file, the "
        "file over the default.\n"
        "Exit codes: 0 stopped as asked, 1 failed while running, 2 a setting is wrong.";
    return text;
}

}  // namespace

Result<CommandLine> read_command_line(int argc, const char* const* argv,
                                      const Environment& environment) {
    CommandLine line;
    CLI::App app{"The control plane of MediaMTX: who may publish, who may watch, what is live.",
                 "rescuestream-server"};
    app.set_version_flag("--version", "rescuestream-server " RESCUESTREAM_VERSION);
    app.add_flag("--check-config", line.check_only, "Check the settings, print them, and exit");
    bool print_markdown = false;
    app.add_flag("--print-settings-markdown", print_markdown)->group("");
    bool print_permissions = false;
    app.add_flag("--print-permissions-markdown", print_permissions)->group("");
    std::string file;
    app.add_option(
           "--config", file,
           "TOML file of NAME = value lines (*.ini, *.conf and *.env: plain lines) [CONFIG_FILE]")
        ->type_name("FILE");
    std::map<std::string, std::string> flags;
    build_flags(app, flags);
    app.footer(secrets_footer());
    app.failure_message([](const CLI::App* parsed, const CLI::Error& error) {
        std::string text = error.what();
        if (error.get_exit_code() ==
            static_cast<int>(
                CLI::ExitCodes::ExtrasError)) {  // its own message lists them in reverse order
            text = "not understood:";
            // Without values: one of them may be a secret that somebody meant as the value of a
            // flag.
            for (const std::string& word : parsed->remaining()) {
                if (word.starts_with('-')) text += " " + word.substr(0, word.find('='));
            }
            if (text.ends_with(':')) text += " a word that belongs to no flag";
            text += ". Secrets are no flags: give them in the environment or in the file";
        }
        return "rescuestream-server: " + text + "\nMore: rescuestream-server --help\n";
    });
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        const int code = app.exit(error, out, out);
        line.exit_code = code == 0 ? 0 : 2;
        line.output = out.str();
        return line;
    }
    if (print_markdown || print_permissions) {
        line.exit_code = 0;
        line.output = print_markdown ? settings::settings_as_markdown() : permissions_as_markdown();
        return line;
    }

    if (file.empty()) file = environment("CONFIG_FILE").value_or("");
    std::map<std::string, std::string, std::less<>> given;
    for (const Row& row : settings::rows()) {
        if (has_flag(row) && app.count(row.flag()) > 0) {
            given[std::string(row.name)] = flags[std::string(row.name)];
        }
    }
    auto read = settings::read_settings(
        settings::collect_given(file, environment, std::move(given)), settings::kServer);
    if (!read) return std::move(read).error();
    line.settings = *std::move(read);
    line.config_file = file;
    return line;
}

}  // namespace rescuestream::server
