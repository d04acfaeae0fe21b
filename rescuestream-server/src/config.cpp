#include "config.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "given_settings.hpp"
#include "rescuestream/version.hpp"
#include "setting_readers.hpp"

namespace rescuestream::server {
namespace {

void build_flags(CLI::App& app, std::map<std::string, std::string>& flags) {
    for (const auto& row : setting_rows()) {
        if (row.is_secret) continue;  // a secret on a command line is seen by everybody
        app.add_option(flag_of(row), flags[std::string(row.name)],
                       fmt::format("{} [{}] (default: {})", row.help, row.name, row.default_text))
            ->type_name("");
    }
}

std::string secrets_footer() {
    std::string text =
        "Only by the environment or the file, since a command line is seen by all; NAME_FILE names "
        "a file that holds it:\n";
    for (const auto& row : setting_rows()) {
        if (row.is_secret) {
            text +=
                fmt::format("  {:<24} {} (default: {})\n", row.name, row.help, row.default_text);
        }
    }
    text +=
        "\nA flag wins over the environment, the environment over the file, the file over the "
        "default.\nExit codes: 0 stopped as asked, 1 failed while running, 2 a setting is wrong.";
    return text;
}

// `postgresql://user:password@host/database?password=…`: neither of the two is shown.
std::string without_password(const std::string& url) {
    const auto scheme = url.find("://");
    if (scheme == std::string::npos) return url;
    const auto question = std::min(url.find('?'), url.size());
    const auto at = url.rfind('@', question);
    std::string shown = url.substr(0, scheme + 3);
    if (at != std::string::npos && at < question) {
        shown += "***" + url.substr(at, question - at);
    } else {
        shown += url.substr(scheme + 3, question - scheme - 3);
    }
    return question == url.size() ? shown : shown + "?***";
}

}  // namespace

std::string flag_of(const SettingRow& row) {
    std::string flag = "--";
    for (const char c : row.name) {
        flag += c == '_' ? '-' : (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    return flag;
}

Result<CommandLine> read_command_line(int argc, const char* const* argv,
                                      const Environment& environment) {
    CommandLine line;
    CLI::App app{"The control plane of MediaMTX: who may publish, who may watch, what is live.",
                 "rescuestream-server"};
    app.set_version_flag("--version", "rescuestream-server " RESCUESTREAM_VERSION);
    app.add_flag("--check-config", line.check_only, "Check the settings, print them, and end");
    bool print_markdown = false;
    app.add_flag("--print-settings-markdown", print_markdown)->group("");
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
                CLI::ExitCodes::ExtrasError)) {  // its own sentence names them from the back
            text = "not understood:";
            // Without values: one of them may be a secret that somebody took for a flag's.
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
    if (print_markdown) {
        line.exit_code = 0;
        line.output = settings_as_markdown();
        return line;
    }

    std::vector<FieldError> problems;
    if (file.empty()) file = environment("CONFIG_FILE").value_or("");
    GivenByName on_command_line;
    for (const auto& row : setting_rows()) {
        if (row.is_secret || app.count(flag_of(row)) == 0) continue;
        const std::string name(row.name);
        on_command_line[name] = {flags[name], "on the command line"};
    }
    auto given = collect_given(file, environment, std::move(on_command_line), problems);
    if (!given) return std::move(given).error();
    line.config_file = file;

    Settings& settings = line.settings;
    if (const auto base = given->find("MEDIAMTX_PUBLIC_URL"); base != given->end()) {
        if (const auto derived = derive_public_addresses(base->second.text)) {
            settings.addresses = *derived;
        }
    }
    const auto local = given->find("LOCAL");
    bool is_local = false;
    if (local != given->end()) readers::boolean(local->second.text, is_local);  // judged below
    settings.log_format =
        is_local || isatty(STDERR_FILENO) != 0 ? LogFormat::kText : LogFormat::kJson;
    for (const auto& row : setting_rows()) {
        const auto value = given->find(row.name);
        if (value == given->end()) continue;
        if (const auto problem = row.read(value->second.text, settings)) {
            problems.push_back({std::string(row.name), *problem + " (" + value->second.from + ")"});
        }
    }
    if (settings.tls_certificate.empty() != settings.tls_key.empty()) {
        problems.push_back({settings.tls_key.empty() ? "TLS_KEY" : "TLS_CERTIFICATE",
                            "is missing: certificate and key go together"});
    }
    if (!problems.empty()) {
        return Error{ErrorCode::kInvalidArgument, "Settings are wrong.", {}, std::move(problems)};
    }
    return line;
}

std::string shown_value(const SettingRow& row, const Settings& settings) {
    if (row.name == "DATABASE_URL") return without_password(settings.database_url);
    if (!row.is_secret) return row.show(settings);
    const bool is_set =
        (row.name == "API_SECRET" && !settings.api_secret.empty()) ||
        (row.name == "MEDIA_SECRET" && !settings.media_secret.empty()) ||
        (row.name == "MEDIAMTX_API_PASSWORD" && !settings.mediamtx_api_password.empty());
    return is_set ? "***" : "";
}

std::string settings_as_markdown() {
    std::string text = "| setting | flag | default | meaning |\n|---|---|---|---|\n";
    for (const auto& row : setting_rows()) {
        text += fmt::format("| `{}` | {} | {} | {} |\n", row.name,
                            row.is_secret ? "none: secret" : "`" + flag_of(row) + "`",
                            row.default_text, row.help);
    }
    return text;
}

}  // namespace rescuestream::server
