#include <fmt/format.h>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"

namespace rescuestream::cli::doctor {
namespace {

constexpr std::int64_t kFewConnections = 5;

// PostgreSQL's own texts have several lines.
std::string in_one_line(const std::string& text) {
    std::string line;
    for (const char c : text) {
        const bool is_blank = c == '\n' || c == '\t' || c == ' ';
        if (!is_blank) line += c;
        if (is_blank && !line.empty() && line.back() != ' ') line += ' ';
    }
    return line;
}

// The schema was checked when the database was opened, so an error may be about that.
void report_not_opened(const Error& error, Report& report) {
    switch (error.code) {
        case ErrorCode::kConflict:
            return report.error("", error.message, "rescuestream-cli db migrate");
        case ErrorCode::kUnauthorized:
            return report.error("", error.message,
                                "Correct DATABASE_URL, or the rights in the database as "
                                "docs/postgresql.md describes. " +
                                    in_one_line(error.detail));
        case ErrorCode::kInvalidArgument:
            return report.error("", error.message, "Correct DATABASE_URL.");
        default:
            return report.error(
                "", error.message,
                "Start the database, or correct DATABASE_URL. " + in_one_line(error.detail));
    }
}

void examine_postgres(Installation& installation, Report& report) {
    const auto& found = installation.database();
    if (!found) {
        if (found.error().code != ErrorCode::kUnsupported) report_not_opened(found.error(), report);
        return;
    }
    if (found->is_read_only) {
        report.error("",
                     fmt::format("{} is read-only: a standby, or its transactions are read-only "
                                 "by default.",
                                 found->description),
                     "Name the primary in DATABASE_URL, or add "
                     "?target_session_attrs=read-write to it.");
    }
    if (!found->missing_rights.empty()) {
        report.error(
            "", fmt::format("The role {} lacks rights: {}.", found->user, found->missing_rights),
            fmt::format("As the owner: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES "
                        "IN SCHEMA rescuestream TO \"{}\";",
                        found->user));
    }
    if (found->connections_left < kFewConnections) {
        report.warning(
            "",
            fmt::format("PostgreSQL permits only {} more connections.", found->connections_left),
            "Raise max_connections, or lower DATABASE_CONNECTIONS.");
    }
    const auto* settings = installation.settings();
    if (found->is_pooled && settings != nullptr && settings->database_listen_url.empty()) {
        report.warning("",
                       "A pooler stands before PostgreSQL, so changes of keys arrive by a check "
                       "every 400 ms, not at once.",
                       "Set DATABASE_LISTEN_URL to PostgreSQL's own address.");
    }
    report.ok("", fmt::format("PostgreSQL {} at {}, as the role {}.", found->version,
                              found->description, found->user));
}

}  // namespace

void check_database(Installation& installation, Report& report) {
    if (installation.is_elsewhere()) {
        return report.skipped("", "The server's own check of it is below.");
    }
    if (installation.settings() == nullptr) {
        return report.skipped("", "The settings above must be corrected before it can be opened.");
    }
    // Beside a server, which may have a DATABASE_URL that is not set here.
    const bool may_be_another =
        installation.is_through_server() && !installation.knows("DATABASE_URL");
    const auto before = report.all().size();
    examine_postgres(installation, report);
    if (report.faults_since(before) > 0) return;
    const auto admin = installation.database_admin();
    if (!admin && admin.error().code == ErrorCode::kConflict && may_be_another) {
        return report.skipped("",
                              "The server's DATABASE_URL is not known here; its own check of "
                              "the database is below.");
    }
    if (!admin) return report_not_opened(admin.error(), report);
    const auto health = (*admin)->health().health();
    if (!health) return report_not_opened(health.error(), report);
    for (const auto& check : health->checks) {
        if (!check.name.starts_with("database") || check.status == CheckStatus::kOk) continue;
        if (check.status == CheckStatus::kFailed) {
            report.error("", check.reason, "Make room or end the outage; see docs/runbook.md.");
        } else {
            report.warning("", check.reason, "Make room on the disk of the database.");
        }
    }
    const auto schema = (*admin)->schema().schema_status();
    if (!schema) return report_not_opened(schema.error(), report);
    if (report.faults_since(before) == 0) {
        report.ok("", fmt::format("{} answers; its schema {} is that of this program.",
                                  schema->storage, schema->status.current));
    }
}

}  // namespace rescuestream::cli::doctor
