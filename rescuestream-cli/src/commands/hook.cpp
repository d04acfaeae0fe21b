#include "hook.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <thread>

#include "commands/commands.hpp"
#include "files.hpp"
#include "profiles.hpp"
#include "program.hpp"
#include "settings/rows.hpp"

namespace rescuestream::cli {
namespace {

struct HookOptions {
    bool ready = false;
    std::string media_secret_file;
};

// Reads the secret from --media-secret-file, else from RESCUESTREAM_MEDIA_SECRET, which MediaMTX
// passes to its hooks, else from MEDIA_SECRET.
Result<Secret> media_secret_of(const HookOptions& options, const Host& host,
                               const Settings& settings) {
    if (!options.media_secret_file.empty()) {
        const auto warning =
            warning_about_secret_file(options.media_secret_file, "--media-secret-file");
        if (!warning.empty()) host.err << "rescuestream-cli: warning: " << warning << '\n';
        return read_secret_file(options.media_secret_file, "--media-secret-file");
    }
    if (auto value = environment_text(host, "RESCUESTREAM_MEDIA_SECRET")) {
        return Secret(*std::move(value));
    }
    return settings.media_secret;
}

Result<HookTarget> target_of(const HookOptions& options, const Program& program) {
    const auto options_of_all = with_named_profile(program.options, program.host);
    if (!options_of_all) return options_of_all.error();
    const auto settings = read_settings(*options_of_all, program.host, settings::kHook);
    if (!settings) return settings.error();
    auto secret = media_secret_of(options, program.host, *settings);
    if (!secret) return std::move(secret).error();
    HookTarget target;
    target.origin = settings->server_url.empty() ? "http://127.0.0.1:8080" : settings->server_url;
    target.media_secret = *std::move(secret);
    return target;
}

Result<ExitCode> run_hook(const HookOptions& options, const Program& program) {
    const Host& host = program.host;
    HookReport report;
    report.ready = options.ready;
    report.path = environment_text(host, "MTX_PATH").value_or("");
    report.source_type = environment_text(host, "MTX_SOURCE_TYPE").value_or("");
    report.source_id = environment_text(host, "MTX_SOURCE_ID").value_or("");
    if (report.path.empty()) {
        return Error{ErrorCode::kInvalidArgument,
                     "MTX_PATH is not set: this command is for MediaMTX to run.",
                     "",
                     {}};
    }
    const auto target = target_of(options, program);
    if (!target) return target.error();
    const auto delivered =
        deliver_hook(*target, report, [](auto pause) { std::this_thread::sleep_for(pause); });
    if (!delivered) return delivered.error();
    return ExitCode::kOk;
}

void add_hook(CLI::App& noun, Program& program, const char* name, bool ready, const char* help) {
    auto* verb = noun.add_subcommand(name, help);
    auto options = std::make_shared<HookOptions>();
    options->ready = ready;
    verb->add_option("--media-secret-file", options->media_secret_file,
                     "File with the server's MEDIA_SECRET (else RESCUESTREAM_MEDIA_SECRET)")
        ->type_name("FILE");
    verb->callback([options, &program] {
        program.action = [options, &program] { return run_hook(*options, program); };
    });
}

}  // namespace

void add_hook_commands(CLI::App& app, Program& program) {
    auto* noun = app.add_subcommand(
        "hook", "Run by MediaMTX (see mediamtx config); reads MTX_* from the environment");
    add_hook(*noun, program, "ready", true, "A path has a source");
    add_hook(*noun, program, "not-ready", false, "A path has lost its source");
}

}  // namespace rescuestream::cli
