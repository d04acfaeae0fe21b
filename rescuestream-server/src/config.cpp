#include "config.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "rescuestream/version.hpp"
#include "settings_file.hpp"

namespace rescuestream::server {
namespace {

struct Given {
    std::string text;
    std::string from;  // for the error message
};
using GivenByName = std::map<std::string, Given, std::less<>>;

bool is_known(std::string_view name) {
    const auto& rows = setting_rows();
    return std::any_of(rows.begin(), rows.end(),
                       [&](const SettingRow& row) { return row.name == name; });
}

std::string upper_with_underscores(std::string name) {
    for (char& c : name) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c == '-') c = '_';
    }
    return name;
}

// Puts the values of the file behind the names of the settings.
Result<void> read_file(const std::string& path, GivenByName& given,
                       std::vector<FieldError>& problems) {
    auto file = read_settings_file(path);
    if (!file) return std::move(file).error();
    problems = std::move(file->problems);
    for (auto& [key, value] : file->values) {
        const std::string name = upper_with_underscores(key);
        if (!is_known(name)) {
            problems.push_back({key, fmt::format("is no setting ({})", value.place)});
        } else if (given.count(name) > 0) {
            problems.push_back(
                {key, fmt::format("gives {} a second time ({})", name, value.place)});
        } else {
            given[name] = {std::move(value.text), "in " + value.place};
        }
    }
    return {};
}

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
        "Only by the environment or the file, since a command line is seen by all:\n";
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
            for (const auto& word : parsed->remaining()) text += " " + word;
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

    GivenByName given;
    std::vector<FieldError> problems;
    if (file.empty()) file = environment("CONFIG_FILE").value_or("");
    if (!file.empty()) {
        const auto read = read_file(file, given, problems);
        if (!read) return read.error();
        line.config_file = file;
    }
    for (const auto& row : setting_rows()) {
        const std::string name(row.name);
        // An empty variable is one that is not set: compose files leave them so.
        if (auto value = environment(row.name); value && !value->empty()) {
            given[name] = {std::move(*value), "in the environment"};
        }
        if (!row.is_secret && app.count(flag_of(row)) > 0) {
            given[name] = {flags[name], "on the command line"};
        }
    }

    Settings& settings = line.settings;
    if (const auto base = given.find("MEDIAMTX_PUBLIC_URL"); base != given.end()) {
        if (const auto derived = derive_public_addresses(base->second.text)) {
            settings.addresses = *derived;
        }
    }
    const auto local = given.find("LOCAL");
    const bool is_local = local != given.end() && local->second.text == "true";
    settings.log_format =
        is_local || isatty(STDERR_FILENO) != 0 ? LogFormat::kText : LogFormat::kJson;
    for (const auto& row : setting_rows()) {
        const auto value = given.find(row.name);
        if (value == given.end()) continue;
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
