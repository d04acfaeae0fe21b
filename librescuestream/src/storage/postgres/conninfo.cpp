#include "storage/postgres/conninfo.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "storage/postgres/foreign_parameters.hpp"
#include "storage/postgres/literals.hpp"

namespace rescuestream::postgres {
namespace {

using std::chrono::milliseconds;
using Parameters = std::map<std::string, std::string>;

// A lock that takes longer is held by a transaction that hangs.
constexpr milliseconds kLockTimeout{500};

using Settings = std::vector<std::pair<std::string_view, std::string>>;

// rows.cpp depends on `timezone`, `datestyle` and `bytea_output`.
Settings session_settings(milliseconds statements, milliseconds locks) {
    return {{"statement_timeout", std::to_string(statements.count())},
            {"lock_timeout", std::to_string(locks.count())},
            {"idle_in_transaction_session_timeout", "10000"},
            {"search_path", "rescuestream"},
            {"timezone", "UTC"},
            {"datestyle", "ISO"},
            {"bytea_output", "hex"},
            {"jit", "off"},
            {"client_min_messages", "warning"},
            {"default_transaction_isolation", "read committed"}};
}

Settings joined(Settings settings, const Settings& more) {
    settings.insert(settings.end(), more.begin(), more.end());
    return settings;
}

// The settings are part of the connection string, so that nothing has to be sent after connecting.
std::string startup_options(const Settings& settings) {
    std::string text;
    for (const auto& [name, value] : settings) {
        text += (text.empty() ? "-c " : " -c ") + std::string(name) + "=";
        for (const char c : value) {
            if (c == ' ') text += '\\';
            text += c;
        }
    }
    return text;
}

// SET takes no snapshot, so a step may still choose another isolation level. The default of the
// level would apply to the next transaction.
std::string local_settings(const Settings& settings) {
    std::string text = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; ";
    for (const auto& [name, value] : settings) {
        if (name == "default_transaction_isolation") continue;
        text += "SET LOCAL " + std::string(name) + " =" + literal_of(value) + "; ";
    }
    return text;
}

std::string quote(const std::string& value) {
    std::string quoted = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "'";
}

std::string join(const Parameters& parameters) {
    std::string text;
    for (const auto& [name, value] : parameters) text += name + "=" + quote(value) + " ";
    return text;
}

Session make_session(Parameters parameters, const Names& names, const Settings& settings) {
    Session session;
    session.names = names;
    session.bare = join(parameters);
    session.local = local_settings(settings);
    std::string& all = parameters["options"];
    all += (all.empty() ? "" : " ") + startup_options(settings);
    session.conninfo = join(parameters);
    return session;
}

std::string default_of(const char* keyword) {
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> defaults(PQconndefaults(),
                                                                                PQconninfoFree);
    for (const auto* option = defaults.get(); option != nullptr && option->keyword != nullptr;
         ++option) {
        if (std::string_view(option->keyword) == keyword && option->val != nullptr) {
            return option->val;
        }
    }
    return {};
}

Names names_of(Parameters parameters) {
    Names names;
    names.user = parameters["user"].empty() ? default_of("user") : parameters["user"];
    names.database = parameters["dbname"].empty() ? default_of("dbname") : parameters["dbname"];
    if (names.database.empty()) names.database = names.user;
    names.has_several_hosts =
        (parameters["host"] + parameters["hostaddr"]).find(',') != std::string::npos;
    return names;
}

std::string describe(Parameters parameters) {
    std::string text = "postgresql://";
    if (!parameters["user"].empty()) text += parameters["user"] + "@";
    text += parameters["host"].empty() ? parameters["hostaddr"] : parameters["host"];
    if (!parameters["port"].empty()) text += ":" + parameters["port"];
    return text + "/" + parameters["dbname"];
}

Error bad_address(std::string message) {
    return {ErrorCode::kInvalidArgument, std::move(message), {}, {}};
}

Error malformed() {
    // libpq's text may repeat a part of the URI, which may be the password.
    return bad_address(
        "The PostgreSQL address cannot be read; it looks like "
        "postgresql://user:password@host:5432/database, with special characters "
        "percent-encoded.");
}

bool has_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

}  // namespace

Result<ConnInfo> make_conninfo(std::string_view uri, milliseconds deadline) {
    if (has_control_character(uri)) {
        return bad_address(
            "The PostgreSQL address has a line break or another control character in it: write it "
            "on one line, with such characters of the password percent-encoded.");
    }
    const auto address = without_foreign_parameters(uri);
    if (!address) return address.error();
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(address->uri.c_str(), &message), PQconninfoFree);
    const std::unique_ptr<char, decltype(&PQfreemem)> owned(message, PQfreemem);
    if (!options) return malformed();

    Parameters parameters;
    for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) parameters[option->keyword] = option->val;
    }
    ConnInfo info;
    info.description = describe(parameters);
    info.names_pooler = address->names_pooler;
    info.notes = address->notes;
    const Names names = names_of(parameters);

    parameters["client_encoding"] = "UTF8";
    for (const auto& [name, value] : Parameters{{"application_name", "rescuestream"},
                                                {"connect_timeout", "2"},
                                                {"keepalives_idle", "10"},
                                                {"keepalives_interval", "3"},
                                                {"keepalives_count", "3"},
                                                {"tcp_user_timeout", "10000"}}) {
        parameters.try_emplace(name, value);
    }
    const auto durable = joined(
        session_settings(deadline, std::min(kLockTimeout, deadline)),
        // Single rows are found by an index, whatever the statistics of the
        // tables are. Lists are read in the order of an index anyway.
        {{"enable_seqscan", "off"}, {"enable_hashjoin", "off"}, {"enable_mergejoin", "off"}});
    // The columns of a lookup are always the same, so one generic plan is used for all values.
    // Bitmap scans are off, because they return rows in the order of the table and not in that of
    // the statement.
    const auto shared =
        joined(durable, {{"enable_bitmapscan", "off"}, {"plan_cache_mode", "force_generic_plan"}});
    info.durable = make_session(parameters, names, durable);
    info.shared = make_session(parameters, names, shared);
    info.claims = make_session(parameters, names, joined(shared, {{"synchronous_commit", "off"}}));
    info.unlimited =
        make_session(parameters, names, session_settings(milliseconds(0), milliseconds(0)));
    return info;
}

}  // namespace rescuestream::postgres
