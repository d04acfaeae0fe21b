// What the server keeps for itself: the embedded database and the secret that it made.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config.hpp"
#include "secret_rules.hpp"
#include "support/crypto.hpp"

namespace rescuestream::server {
namespace {

namespace fs = std::filesystem;

std::string default_directory() {
    if (geteuid() == 0) return "/var/lib/rescuestream";
    if (const char* base = std::getenv("XDG_DATA_HOME"); base != nullptr && *base != '\0') {
        return std::string(base) + "/rescuestream";
    }
    const char* home = std::getenv("HOME");
    return std::string(home != nullptr ? home : ".") + "/.local/share/rescuestream";
}

Error unusable(const std::string& what, const std::string& why) {
    return {ErrorCode::kUnavailable, fmt::format("{} cannot be used: {}.", what, why), {}, {}};
}

Result<void> make_directory(const std::string& path) {
    std::error_code error;
    const bool existed = fs::exists(path, error);
    fs::create_directories(path, error);
    if (error) return unusable("The data directory " + path, error.message());
    // Ours alone if it is new; the owner's business if it was there.
    if (!existed) fs::permissions(path, fs::perms::owner_all, error);
    return {};
}

Result<Secret> read_secret_file(const std::string& path) {
    std::ifstream file(path);
    std::string secret;
    if (!file || !std::getline(file, secret) || secret.empty()) {
        return unusable("The file " + path, "it holds no secret, or may not be read");
    }
    return Secret(std::move(secret));
}

Result<Secret> make_secret_file(const std::string& path) {
    std::array<std::uint8_t, 32> bytes{};
    system_random().fill(bytes);
    Secret secret(base64url_encode(bytes));
    // Written aside and linked into place: another server that starts now sees all of it or
    // nothing.
    const std::string aside = fmt::format("{}.{}", path, getpid());
    const int file = open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return unusable("The file " + aside, std::generic_category().message(errno));
    const std::string line = secret.reveal() + "\n";
    const bool written =
        write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
        fsync(file) == 0;
    close(file);
    const bool linked = written && link(aside.c_str(), path.c_str()) == 0;
    const int why = errno;
    unlink(aside.c_str());
    if (linked) return secret;
    if (written && why == EEXIST) return read_secret_file(path);
    return unusable("The file " + path, std::generic_category().message(why));
}

}  // namespace

Result<std::string> complete(Settings& settings) {
    if (settings.data_dir.empty()) settings.data_dir = default_directory();
    const bool needs_directory = settings.api_secret.empty() || settings.database_url.empty();
    if (needs_directory) {
        const auto made = make_directory(settings.data_dir);
        if (!made) return made.error();
    }
    if (settings.database_url.empty()) {
        settings.database_url = "sqlite:" + settings.data_dir + "/rescuestream.db";
    }
    if (!settings.api_secret.empty()) return std::string();

    const std::string path = settings.data_dir + "/api-secret";
    std::error_code ignored;
    const bool existed = fs::exists(path, ignored);
    auto secret = existed ? read_secret_file(path) : make_secret_file(path);
    if (!secret) return std::move(secret).error();
    if (const auto problem = check_secret("API_SECRET", secret->reveal())) {
        return unusable("The file " + path, "the secret in it " + *problem);
    }
    settings.api_secret = *std::move(secret);
    return fmt::format("API_SECRET is not set: the secret in {} is used{}", path,
                       existed ? "" : ", made just now");
}

}  // namespace rescuestream::server
