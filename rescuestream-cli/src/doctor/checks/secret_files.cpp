#include <fmt/format.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"

namespace rescuestream::cli::doctor {
namespace {

struct KeptFile {
    std::string path;
    bool holds_secret = true;
};

// The files of the data directory and the keys that the settings name. What a setting says about
// itself, such as a file that API_SECRET_FILE names, is a warning of the settings.
std::vector<KeptFile> kept_files(Installation& installation) {
    std::vector<KeptFile> files;
    const std::string& directory = installation.data_directory();
    if (!directory.empty()) {
        for (const char* name :
             {"api-secret", "mediamtx-api-secret", "mediamtx-password", "relay-secret"}) {
            files.push_back({directory + "/" + name});
        }
    }
    const auto* connection = installation.database_access();
    constexpr std::string_view kScheme = "sqlite:";
    if (connection != nullptr && connection->database_url.starts_with(kScheme)) {
        const std::string database = connection->database_url.substr(kScheme.size());
        for (const char* suffix : {"", "-wal", "-shm"}) files.push_back({database + suffix, false});
    }
    const auto* settings = installation.settings();
    if (settings != nullptr && !settings->tls_key.empty()) files.push_back({settings->tls_key});
    return files;
}

}  // namespace

void check_secret_files(Installation& installation, Report& report) {
    if (installation.is_elsewhere()) {
        return report.skipped("", "They are on the server's machine: run doctor there.");
    }
    std::size_t examined = 0;
    const auto before = report.all().size();
    for (const auto& file : kept_files(installation)) {
        struct stat status {};
        if (::stat(file.path.c_str(), &status) != 0) continue;
        ++examined;
        if (!S_ISREG(status.st_mode)) {
            report.error("", fmt::format("{} is no ordinary file.", file.path),
                         "Replace it by a file.");
            continue;
        }
        if ((status.st_mode & S_IRWXO) == 0) continue;
        if (file.holds_secret) {
            report.error("",
                         fmt::format("Every user of this machine can read or change the secret "
                                     "{}.",
                                     file.path),
                         fmt::format("chmod 600 {}; then make another secret, because this one may "
                                     "be known.",
                                     file.path));
        } else {
            report.warning("",
                           fmt::format("Every user of this machine can read or change the database "
                                       "{}, which contains names, addresses and digests of keys.",
                                       file.path),
                           fmt::format("chmod 600 {}", file.path));
        }
    }
    if (report.faults_since(before) > 0) return;
    if (examined == 0 && installation.settings() == nullptr) {
        return report.skipped("", "The settings above must be corrected before they are known.");
    }
    if (examined == 0) return report.ok("", "There is no file with a secret here yet.");
    report.ok("", examined == 1 ? "1 file is closed to other users."
                                : fmt::format("{} files are closed to other users.", examined));
}

}  // namespace rescuestream::cli::doctor
