#include <fmt/format.h>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"

namespace rescuestream::cli::doctor {
namespace {

constexpr const char* kTable =
    "Correct it where it is set (environment, CONFIG_FILE, command line); "
    "`rescuestream-server --help` explains every setting.";

}  // namespace

void check_settings(Installation& installation, Report& report) {
    const auto& settings = installation.all_settings();
    if (const auto& unread = installation.unread_secret_file(); !unread.empty()) {
        report.error("", unread, "Correct --api-secret-file. The rest was examined without it.");
    }
    if (!settings) {
        for (const auto& field : settings.error().fields) {
            report.error("", fmt::format("{} {}.", field.pointer, field.detail), kTable);
        }
        if (settings.error().fields.empty()) report.error("", settings.error().message, kTable);
        return;
    }
    for (const auto& warning : settings->warnings) {
        report.warning("", warning + ".", "Do what the sentence says, then restart the server.");
    }
    if (!settings->warnings.empty()) return;
    report.ok("", installation.is_through_server()
                      ? "They can be read, and name the server " + settings->server_url + "."
                      : "They can be read. (Those of the server are examined only if doctor is "
                        "started with the same environment and CONFIG_FILE.)");
}

}  // namespace rescuestream::cli::doctor
