#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"
#include "settings/read.hpp"

namespace rescuestream::cli::doctor {
namespace {

constexpr std::uint64_t kLittleRoom = 256U * 1024 * 1024;

std::uint64_t free_bytes(const std::string& directory) {
    struct statvfs room {};
    if (::statvfs(directory.c_str(), &room) != 0) return 0;
    return std::uint64_t{room.f_bavail} * room.f_frsize;
}

}  // namespace

void check_data_directory(Installation& installation, Report& report) {
    const std::string& directory = installation.data_directory();
    if (installation.is_elsewhere()) {
        return report.skipped("", "It is on the server's machine: run doctor there.");
    }
    if (directory.empty() && installation.settings() == nullptr) {
        return report.skipped("", "The settings above must be corrected before it is known.");
    }
    if (directory.empty()) {
        return report.error("", "There is no place for it: HOME is not set.",
                            "Set DATA_DIR, for example DATA_DIR=/var/lib/rescuestream.");
    }
    struct stat status {};
    if (::stat(directory.c_str(), &status) != 0) {
        return report.warning("",
                              fmt::format("{} does not exist (yet): the server creates it when it "
                                          "is started for the first time.",
                                          directory),
                              "If a server runs already, set the same DATA_DIR as for it.");
    }
    const auto before = report.all().size();
    if (!S_ISDIR(status.st_mode)) {
        report.error("", fmt::format("{} is no directory.", directory),
                     "Name a directory in DATA_DIR.");
    } else if (::access(directory.c_str(), R_OK | W_OK | X_OK) != 0) {
        report.error(
            "",
            fmt::format("This user may not read and write in {}, which belongs to the user "
                        "{}.",
                        directory, status.st_uid),
            fmt::format("Run doctor and the other commands as the user of the server, or: "
                        "chown {} {}",
                        ::geteuid(), directory));
    }
    if (const auto warning = settings::warning_about_directory(directory)) {
        report.error("", *warning + ".", fmt::format("chmod 700 {}", directory));
    }
    if (const auto room = free_bytes(directory); S_ISDIR(status.st_mode) && room < kLittleRoom) {
        report.warning(
            "", fmt::format("Only {} MB are free on the disk of {}.", room / 1'000'000, directory),
            "Make room, or move DATA_DIR to another disk.");
    }
    if (report.faults_since(before) == 0) report.ok("", directory + " can be used.");
}

}  // namespace rescuestream::cli::doctor
