#include "profiles.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <utility>

#include "arguments.hpp"
#include "files.hpp"
#include "json/document.hpp"
#include "json/object.hpp"
#include "json/values.hpp"
#include "output.hpp"

namespace rescuestream::cli {
namespace {

Error malformed(const std::string& file, std::string detail) {
    return {ErrorCode::kInvalidArgument,
            fmt::format("The file of profiles {} is malformed. Correct it, or remove it and add "
                        "the profiles again.",
                        file),
            std::move(detail),
            {}};
}

Error no_profile(const std::string& name) {
    return {ErrorCode::kNotFound,
            fmt::format("There is no profile {}: rescuestream-cli profile list", printable(name)),
            {},
            {}};
}

Result<Profile> profile_named(const Host& host, const std::string& name) {
    auto profiles = read_profiles(host);
    if (!profiles) return std::move(profiles).error();
    const auto found = profiles->all.find(name);
    if (found == profiles->all.end()) return no_profile(name);
    return std::move(found->second);
}

}  // namespace

Result<std::string> profiles_file(const Host& host) {
    if (const auto base = environment_text(host, "XDG_CONFIG_HOME")) {
        return *base + "/rescuestream/profiles.json";
    }
    if (const auto home = environment_text(host, "HOME")) {
        return *home + "/.config/rescuestream/profiles.json";
    }
    return Error{
        ErrorCode::kInvalidArgument, "HOME is not set, so there is no place for profiles.", {}, {}};
}

Result<Profiles> read_profiles(const Host& host) {
    const auto file = profiles_file(host);
    if (!file) return file.error();
    struct stat status {};
    if (::stat(file->c_str(), &status) != 0) return Profiles{};
    if ((status.st_mode & 077U) != 0) {
        return Error{ErrorCode::kInvalidArgument,
                     fmt::format("Other users of this machine can read the credentials in {}: "
                                 "chmod 600 it, and replace them.",
                                 *file),
                     {},
                     {}};
    }
    const auto text = read_text_file(*file);
    if (!text) return malformed(*file, "it cannot be read");
    const auto document = json::parse(*text);
    if (!document) return malformed(*file, document.error().message);
    try {
        Profiles profiles;
        profiles.in_use = json::read::optional_text(*document, "in_use").value_or("");
        const auto& all = json::read::member(*document, "profiles");
        if (!all.IsObject()) return malformed(*file, "\"profiles\" is no object");
        for (const auto& each : all.GetObject()) {
            profiles.all[each.name.GetString()] = {
                json::read::text(each.value, "server"),
                Secret(json::read::text(each.value, "credential"))};
        }
        return profiles;
    } catch (const json::BadValue& error) {
        return malformed(*file, error.what());
    }
}

Result<void> write_profiles(const Host& host, const Profiles& profiles) {
    const auto file = profiles_file(host);
    if (!file) return file.error();
    const std::string directory = std::filesystem::path(*file).parent_path();
    std::error_code error;
    if (std::filesystem::create_directories(directory, error) && !error) {
        std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
    }
    if (error) {
        return Error{ErrorCode::kInvalidArgument,
                     fmt::format("The directory {} cannot be created.", directory),
                     error.message(),
                     {}};
    }
    const std::string text = json::object([&](json::Writer& writer) {
        if (!profiles.in_use.empty()) {
            json::member(writer, "in_use", std::string_view(profiles.in_use));
        }
        json::write(writer, "profiles");
        writer.StartObject();
        for (const auto& [name, profile] : profiles.all) {
            json::write(writer, name);
            writer.StartObject();
            json::member(writer, "server", std::string_view(profile.server));
            json::member(writer, "credential", std::string_view(profile.credential.reveal()));
            writer.EndObject();
        }
        writer.EndObject();
    });
    return write_private_file(*file, text + "\n", "profile");
}

std::string place_before_profile(const Host& host) {
    for (const char* name : {"RESCUESTREAM_PROFILE", "RESCUESTREAM_SERVER", "DATABASE_URL"}) {
        if (environment_text(host, name)) return name;
    }
    return {};
}

Result<GlobalOptions> with_named_profile(const GlobalOptions& options, const Host& host) {
    if (options.profile.empty()) return options;
    auto selection = select_profile(options, host);
    if (!selection) return std::move(selection).error();
    return std::move(selection->options);
}

Result<Selection> select_profile(const GlobalOptions& options, const Host& host) {
    Selection selection{options, options.profile, {}};
    std::string& name = selection.profile;
    if (!name.empty() && !options.server.empty()) {
        return Error{ErrorCode::kInvalidArgument,
                     "--profile and --server both name a server: give one of them.",
                     {},
                     {}};
    }
    if (!options.server.empty()) return selection;
    if (name.empty()) name = environment_text(host, "RESCUESTREAM_PROFILE").value_or("");
    if (name.empty()) {
        const bool names_place = !place_before_profile(host).empty() || !options.data_dir.empty() ||
                                 !options.config_file.empty();
        if (names_place || !profiles_file(host)) return selection;
        auto profiles = read_profiles(host);
        if (!profiles) return std::move(profiles).error();
        name = profiles->in_use;
        if (name.empty()) return selection;
    }
    auto profile = profile_named(host, name);
    if (!profile) return std::move(profile).error();
    selection.options.server = std::move(profile->server);
    selection.options.profile.clear();
    if (options.api_secret_file.empty()) selection.credential = std::move(profile->credential);
    return selection;
}

}  // namespace rescuestream::cli
