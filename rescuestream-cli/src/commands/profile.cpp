#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <istream>
#include <ostream>

#include "admin/admin_api.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/verbs.hpp"
#include "files.hpp"
#include "json/object.hpp"
#include "output.hpp"
#include "profiles.hpp"
#include "rescuestream/api_credentials.hpp"

namespace rescuestream::cli {
namespace {

constexpr std::size_t kLongestName = 64;

struct ProfileOptions {
    std::string name;
    std::string credential_file;
    bool unchecked = false;
    bool yes = false;
};

bool is_profile_name(const std::string& name) {
    return !name.empty() && name.size() <= kLongestName &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
           });
}

// From a file or the standard input: an argument would be seen by every user of the machine.
Result<Secret> read_credential(const ProfileOptions& options, const Program& program) {
    if (!options.credential_file.empty()) {
        const auto warning =
            warning_about_secret_file(options.credential_file, "--credential-file");
        if (!warning.empty()) show_warning(warning, program.errors, program.host);
        return read_secret_file(options.credential_file, "--credential-file");
    }
    if (program.host.in_is_terminal) program.host.err << "Credential: " << std::flush;
    std::string line;
    std::getline(program.host.in, line);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (line.empty()) {
        return usage_error(
            "A credential is required: give --credential-file FILE, or write it to the standard "
            "input.");
    }
    return Secret(std::move(line));
}

// Returns "the credential 2ddmxsyfpo2f" or "the shared secret".
std::string credential_words(const Secret& secret) {
    const auto credential = split_credential(secret.reveal());
    return credential ? "the credential " + credential->id.value : "the shared secret";
}

// Asks the server who the credential is.
Result<WhoAmI> ask_who(const Profile& profile, const Program& program) {
    Connection connection;
    connection.server.emplace();
    connection.server->url = profile.server;
    connection.server->key_name = "cli:" + program.host.user;
    connection.server->api_secret = profile.credential;
    const auto admin = program.host.open_admin(connection);
    auto who = admin ? (*admin)->credentials().who_am_i() : Result<WhoAmI>(admin.error());
    if (who) return who;
    Error error = std::move(who).error();
    error.message = fmt::format("The profile was not added, because {} was not accepted: {}",
                                credential_words(profile.credential), error.message);
    if (error.code != ErrorCode::kUnauthorized) {
        error.message += " (--unchecked adds it without asking the server.)";
    }
    return error;
}

// Tells when a profile that is in use is not used.
void warn_of_place_before(const Program& program) {
    const auto name = place_before_profile(program.host);
    if (name.empty()) return;
    show_warning(
        fmt::format("{} is set in this shell and goes before the profile in use: unset it, "
                    "or give --profile NAME.",
                    name),
        program.errors, program.host);
}

Result<ExitCode> add_profile(const ProfileOptions& options, const Program& program) {
    if (!is_profile_name(options.name)) {
        return usage_error(
            "NAME must be 1 to 64 characters of a-z, A-Z, 0-9, dashes, dots and underscores.");
    }
    if (program.options.server.empty()) {
        return usage_error("A profile is for a server: give --server URL.");
    }
    auto server = check_origin(program.options.server, "--server");
    if (!server) return std::move(server).error();
    auto profiles = read_profiles(program.host);
    if (!profiles) return std::move(profiles).error();
    if (profiles->all.contains(options.name)) {
        return Error{ErrorCode::kConflict,
                     fmt::format("There is a profile {} already: remove it first.", options.name),
                     {},
                     {}};
    }
    auto credential = read_credential(options, program);
    if (!credential) return std::move(credential).error();
    Profile& profile = profiles->all[options.name];
    profile = {*std::move(server), *std::move(credential)};
    std::string what = credential_words(profile.credential);
    if (!options.unchecked) {
        const auto who = ask_who(profile, program);
        if (!who) return who.error();
        what += fmt::format(", which {} accepts as {}", profile.server, printable(who->actor));
    } else {
        what += fmt::format(" for {}, which was not asked", profile.server);
    }
    if (auto written = write_profiles(program.host, *profiles); !written) return written.error();
    if (program.options.quiet) {
        program.host.out << options.name << '\n';
    } else {
        program.host.out << fmt::format(
            "Profile {0} added with {1}.\nUse it for one command (rescuestream-cli --profile {0} "
            "whoami) or for all: rescuestream-cli profile use {0}\n",
            options.name, what);
    }
    return ExitCode::kOk;
}

Result<ExitCode> list_profiles(const ProfileOptions&, const Program& program) {
    const auto profiles = read_profiles(program.host);
    if (!profiles) return profiles.error();
    auto& out = program.host.out;
    if (program.options.json) {
        out << json::object([&](json::Writer& writer) {
            json::write(writer, "profiles");
            writer.StartArray();
            for (const auto& [name, profile] : profiles->all) {
                writer.StartObject();
                json::member(writer, "name", std::string_view(name));
                json::member(writer, "server", std::string_view(profile.server));
                const auto credential = split_credential(profile.credential.reveal());
                if (credential) {
                    json::member(writer, "credential", std::string_view(credential->id.value));
                }
                json::write(writer, "in_use");
                writer.Bool(name == profiles->in_use);
                writer.EndObject();
            }
            writer.EndArray();
        }) << '\n';
        return ExitCode::kOk;
    }
    if (program.options.quiet) {
        for (const auto& [name, profile] : profiles->all) out << printable(name) << '\n';
        return ExitCode::kOk;
    }
    Table table({"NAME", "SERVER", "CREDENTIAL", "IN USE"});
    for (const auto& [name, profile] : profiles->all) {
        table.add({printable(name), printable(profile.server), credential_words(profile.credential),
                   name == profiles->in_use ? "yes" : ""});
    }
    if (!profiles->all.empty()) table.print(program.host);
    if (!profiles->in_use.empty()) warn_of_place_before(program);
    if (profiles->all.empty()) {
        out << "There are no profiles yet: rescuestream-cli profile add NAME --server URL\n";
    }
    return ExitCode::kOk;
}

Result<ExitCode> change_profiles(const ProfileOptions& options, const Program& program,
                                 const char* done, void (*change)(Profiles&, const std::string&)) {
    auto profiles = read_profiles(program.host);
    if (!profiles) return std::move(profiles).error();
    if (!profiles->all.contains(options.name)) {
        return Error{ErrorCode::kNotFound,
                     fmt::format("There is no profile {}: rescuestream-cli profile list",
                                 printable(options.name)),
                     {},
                     {}};
    }
    change(*profiles, options.name);
    if (auto written = write_profiles(program.host, *profiles); !written) return written.error();
    if (!program.options.quiet) {
        program.host.out << fmt::format("Profile {} {}.\n", options.name, done);
    }
    return ExitCode::kOk;
}

Result<ExitCode> use_profile(const ProfileOptions& options, const Program& program) {
    const auto changed = change_profiles(
        options, program, "is used from now on, unless a command names another server",
        [](Profiles& profiles, const std::string& name) { profiles.in_use = name; });
    if (changed) warn_of_place_before(program);
    return changed;
}

Result<ExitCode> remove_profile(const ProfileOptions& options, const Program& program) {
    const auto agreed =
        confirm(program.host, options.yes,
                fmt::format("Remove profile {} with its credential?", options.name));
    if (!agreed || *agreed != ExitCode::kOk) return agreed;
    return change_profiles(options, program, "removed",
                           [](Profiles& profiles, const std::string& name) {
                               profiles.all.erase(name);
                               if (profiles.in_use == name) profiles.in_use.clear();
                           });
}

}  // namespace

void add_profile_commands(CLI::App& app, Program& program) {
    Verbs<ProfileOptions> verbs(app, program, "profile",
                                "Servers with the credentials for them, in a file of yours");
    auto* add_verb = verbs.add("add", "Add a profile for --server", add_profile);
    add_target(add_verb, "NAME", verbs->name, "A name that you choose");
    add_verb
        ->add_option("--credential-file", verbs->credential_file,
                     "File with the credential (the standard input)")
        ->type_name("FILE");
    add_verb->add_flag("--unchecked", verbs->unchecked,
                       "Do not ask the server whether it accepts the credential");
    verbs.add("list", "List the profiles, without their credentials", list_profiles);
    add_target(verbs.add("use", "Use a profile unless a command names another server", use_profile),
               "PROFILE", verbs->name, "Its name");
    auto* remove_verb = verbs.add("remove", "Remove a profile", remove_profile);
    add_target(remove_verb, "PROFILE", verbs->name, "Its name");
    add_yes(*remove_verb, verbs->yes);
}

}  // namespace rescuestream::cli
