#include "data_directory.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "settings/read.hpp"
#include "settings/secret_rules.hpp"
#include "support/control_credential.hpp"
#include "support/secret_file.hpp"

namespace rescuestream::server {
namespace {

namespace fs = std::filesystem;

Error unusable(const std::string& what, const std::string& why) {
    return {ErrorCode::kUnavailable, fmt::format("{} cannot be used: {}.", what, why), {}, {}};
}

Result<void> make_directory(const std::string& path) {
    std::error_code error;
    const bool existed = fs::exists(path, error);
    fs::create_directories(path, error);
    if (error) return unusable("The data directory " + path, error.message());
    // A new directory is accessible to its owner only; the permissions of an existing one stay.
    if (!existed) fs::permissions(path, fs::perms::owner_all, error);
    return {};
}

void warn_if_open(const KeptSecret& kept, const std::string& path, Settings& settings) {
    if (!kept.open_to_everybody) return;
    settings.warnings.push_back(
        fmt::format("Every user of this machine can read the secret in {}: make another one, and "
                    "set the file's mode to 0600",
                    path));
}

// Generates the secret of the installation, and from it the credential for MediaMTX's control
// interface unless the settings contain one. Only a derived password is written into a file.
Result<void> complete_control_credential(Settings& settings, const Secret& given_api_secret) {
    auto secret = keep_control_secret(settings.data_dir, given_api_secret);
    if (!secret && secret.error().code == ErrorCode::kInvalidArgument) {
        return std::move(secret).error();
    }
    if (!secret && secret.error().code != ErrorCode::kNotFound) {
        settings.warnings.push_back(
            fmt::format("The command line will not know the credential for MediaMTX's control "
                        "interface: {}",
                        secret.error().message));
    }
    const bool is_given =
        !settings.orchestrator.api_user.empty() || !settings.orchestrator.api_password.empty();
    settings::use_control_secret(
        settings, secret ? *std::move(secret) : derive_control_secret(settings.api_secret));
    if (is_given) return {};
    const auto kept = keep_control_password(settings.data_dir, settings.orchestrator.api_password);
    if (!kept && kept.error().code != ErrorCode::kNotFound) {
        settings.warnings.push_back(
            fmt::format("The file with the password of MediaMTX's control interface: {}",
                        kept.error().message));
    }
    return {};
}

}  // namespace

Result<std::string> complete(Settings& settings) {
    const bool needs_directory = settings.api_secret.empty() || settings.database_url.empty();
    settings::fill_defaults(settings, process_environment);
    if (needs_directory) {
        const auto made = make_directory(settings.data_dir);
        if (!made) return made.error();
    }
    if (auto warning = settings::warning_about_directory(settings.data_dir)) {
        settings.warnings.push_back(*std::move(warning));
    }
    std::string note;
    const Secret given = settings.api_secret;
    if (given.empty()) {
        const std::string path = settings.data_dir + "/api-secret";
        auto kept = keep_secret(path, generate_secret());
        if (!kept) return std::move(kept).error();
        if (const auto problem = settings::check_secret("API_SECRET", kept->secret.reveal())) {
            return unusable("The file " + path, "the secret in it " + *problem);
        }
        warn_if_open(*kept, path, settings);
        settings.api_secret = std::move(kept->secret);
        note = fmt::format("API_SECRET is not set: the secret in {} is used{}", path,
                           kept->made_now ? ", made just now" : "");
    }
    if (auto done = complete_control_credential(settings, given); !done) {
        return std::move(done).error();
    }
    return note;
}

}  // namespace rescuestream::server
