#include "commands/db_backup.hpp"

#include <fmt/format.h>

#include <ostream>

#include "arguments.hpp"
#include "files.hpp"
#include "output.hpp"
#include "rescuestream/backup.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/postgres_tools.hpp"

namespace rescuestream::cli {
namespace {

Result<std::string> database_url(const Program& program) {
    const auto connection = resolve_database(program.options, program.host, program.command_line);
    if (!connection) return connection.error();
    return connection->direct->database_url;
}

// Returns a word quoted for a shell.
std::string quoted(const std::string& word) {
    std::string text = "'";
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

// Prints the command of PostgreSQL's own tool, which does it better. The password is never shown.
Result<ExitCode> name_the_tool(const Program& program, const std::string& url,
                               const std::string& command, const char* what) {
    if (url == "memory:") {
        return Error{ErrorCode::kUnsupported, "A database in memory has no file.", "", {}};
    }
    const auto address = address_for_tools(url);
    if (!address) return address.error();
    program.host.out << command << quoted(address->text) << '\n';
    program.host.err << "Nothing was " << what
                     << ": PostgreSQL has its own tool; run the command above.\n";
    if (address->had_password) {
        program.host.err << "It does not contain the password of DATABASE_URL, which others could "
                            "read there: put it into the variable PGPASSWORD, or into the file "
                            "~/.pgpass (or the one that PGPASSFILE names).\n";
    }
    return ExitCode::kUnsupported;
}

std::string size_text(std::uint64_t bytes) {
    constexpr double kMegabyte = 1'000'000;
    const auto size = static_cast<double>(bytes);
    return size < kMegabyte ? fmt::format("{} bytes", bytes)
                            : fmt::format("{:.1f} MB", size / kMegabyte);
}

constexpr std::size_t kMostNames = 20;

std::string named(const char* what, const std::vector<std::string>& names) {
    std::string text = fmt::format("  {} {}:", names.size(), what);
    for (std::size_t i = 0; i < names.size() && i < kMostNames; ++i) {
        text += (i == 0 ? " " : ", ") + printable(names[i]);
    }
    if (names.size() > kMostNames) text += " and more (--json lists them all)";
    return text + "\n";
}

void tell_names(std::ostream& out, const char* what, const std::vector<std::string>& names) {
    if (!names.empty()) out << named(what, names);
}

bool has_changed(const RestoredRights& rights) {
    return !rights.changed_credentials.empty() || !rights.changed_stream_keys.empty() ||
           !rights.changed_guest_links.empty();
}

bool has_returned(const RestoredRights& rights) {
    return !rights.credentials.empty() || !rights.stream_keys.empty() || rights.guest_links > 0 ||
           rights.revocations_of_tokens > 0 || !rights.playback_keys.empty() ||
           !rights.nodes.empty() || !rights.reopened_incidents.empty();
}

// What has ended since the copy was made, and is valid again.
void tell_rights(std::ostream& out, const std::optional<RestoredRights>& rights) {
    out << "Sessions of browsers have ended: log in again.\n";
    if (!rights) {
        out << "Keys, credentials and guest links that were revoked or closed after the copy was "
               "made are valid again: revoke them again.\n";
        return;
    }
    if (rights->is_empty()) {
        out << "Nothing that was revoked, closed or limited after the copy was made is valid "
               "again.\n";
        return;
    }
    if (has_returned(*rights)) {
        out << "Valid again, although ended after the copy was made (revoke them again):\n";
        tell_names(out, "credentials", rights->credentials);
        tell_names(out, "stream keys", rights->stream_keys);
        if (rights->guest_links > 0) out << fmt::format("  {} guest links\n", rights->guest_links);
        tell_names(out, "playback keys", rights->playback_keys);
        tell_names(out, "media servers", rights->nodes);
        tell_names(out, "open incidents", rights->reopened_incidents);
        if (rights->revocations_of_tokens > 0) {
            out << fmt::format("  playback tokens: {} revocations are missing\n",
                               rights->revocations_of_tokens);
        }
    }
    if (!has_changed(*rights)) return;
    out << "With their terms of before, which may permit more (change them again):\n";
    tell_names(out, "credentials (scopes, broadcasters, addresses, end)",
               rights->changed_credentials);
    tell_names(out, "stream keys (policies, path, end, block)", rights->changed_stream_keys);
    tell_names(out, "guest links (PIN, streams, limits, end)", rights->changed_guest_links);
}

std::string names_json(const std::vector<std::string>& names) {
    std::string text = "[";
    for (const auto& name : names) text += (text.size() > 1 ? "," : "") + to_json(printable(name));
    return text + "]";
}

std::string rights_json(const std::optional<RestoredRights>& rights) {
    if (!rights) return "null";
    return fmt::format(
        R"({{"credentials":{},"stream_keys":{},"guest_links":{},"revocations_of_tokens":{},)"
        R"("playback_keys":{},"nodes":{},"reopened_incidents":{},"changed_credentials":{},)"
        R"("changed_stream_keys":{},"changed_guest_links":{}}})",
        names_json(rights->credentials), names_json(rights->stream_keys), rights->guest_links,
        rights->revocations_of_tokens, names_json(rights->playback_keys), names_json(rights->nodes),
        names_json(rights->reopened_incidents), names_json(rights->changed_credentials),
        names_json(rights->changed_stream_keys), names_json(rights->changed_guest_links));
}

}  // namespace

Result<ExitCode> back_up_database(const Program& program, const std::string& target, bool replace) {
    const auto url = database_url(program);
    if (!url) return url.error();
    const auto backup = rescuestream::back_up_database(*url, target, replace);
    if (!backup && backup.error().code == ErrorCode::kUnsupported) {
        return name_the_tool(program, *url,
                             "pg_dump --format=custom --schema=rescuestream "
                             "--exclude-table-data=rescuestream.credential_sessions --file=" +
                                 quoted(target) + " --dbname=",
                             "copied");
    }
    if (!backup && backup.error().code == ErrorCode::kConflict && !replace) {
        Error error = backup.error();
        error.message += " --force replaces it.";
        return error;
    }
    if (!backup) return backup.error();
    auto& out = program.host.out;
    if (program.options.json) {
        out << "{\"file\":" << to_json(printable(backup->file)) << ",\"bytes\":" << backup->bytes
            << ",\"schema\":" << backup->schema << "}\n";
    } else if (program.options.quiet) {
        out << printable(backup->file) << '\n';
    } else {
        out << fmt::format(
            "Copied to {} ({}, schema {}). It holds the digests of the stream keys and "
            "the record: keep it as safe as the database.\n",
            printable(backup->file), size_text(backup->bytes), backup->schema);
    }
    return ExitCode::kOk;
}

Result<ExitCode> restore_database(const Program& program, const std::string& source, bool yes) {
    const auto url = database_url(program);
    if (!url) return url.error();
    if (!url->starts_with("sqlite:")) {
        return name_the_tool(
            program, *url,
            "pg_restore --clean --if-exists --single-transaction " + quoted(source) + " --dbname=",
            "restored");
    }
    const auto agreed = confirm(program.host, yes,
                                fmt::format("Replace the database {1} by {0}?", source,
                                            url->substr(std::string("sqlite:").size())));
    if (!agreed || *agreed != ExitCode::kOk) return agreed;
    const auto connection = resolve_connection(program.options, program.host, program.command_line);
    if (connection && connection->direct && connection->direct->make_data_directory) {
        // As on a new machine, to which a database is moved.
        if (auto made = make_data_directory(connection->direct->data_directory); !made) {
            return std::move(made).error();
        }
    }
    const auto restored = rescuestream::restore_database(*url, source, program.host.clock.now());
    if (!restored) return restored.error();
    auto& out = program.host.out;
    if (program.options.json) {
        out << "{\"file\":" << to_json(printable(restored->backup.file))
            << ",\"schema\":" << restored->backup.schema
            << ",\"replaced\":" << to_json(printable(restored->replaced))
            << ",\"rights\":" << rights_json(restored->rights) << "}\n";
        return ExitCode::kOk;
    }
    if (program.options.quiet) return ExitCode::kOk;
    out << fmt::format("Restored from {} (schema {}).\n", printable(restored->backup.file),
                       restored->backup.schema);
    tell_rights(out, restored->rights);
    if (!restored->replaced.empty()) {
        out << fmt::format("The previous database is {}.\n", printable(restored->replaced));
    }
    return ExitCode::kOk;
}

}  // namespace rescuestream::cli
