#include "storage/postgres/conninfo.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>

namespace rescuestream::postgres {
namespace {

using std::chrono::milliseconds;
using Parameters = std::map<std::string, std::string>;

// A lock that takes longer is held by a transaction that hangs.
constexpr milliseconds kLockTimeout{500};

// The settings of the session are part of the connection string, so that nothing has to be sent
// after connecting. rows.cpp depends on `timezone`, `datestyle` and `bytea_output`.
std::string session_options(milliseconds statements, milliseconds locks) {
    return "-c statement_timeout=" + std::to_string(statements.count()) +
           " -c lock_timeout=" + std::to_string(locks.count()) +
           " -c idle_in_transaction_session_timeout=10000 -c search_path=rescuestream"
           " -c timezone=UTC -c datestyle=ISO -c bytea_output=hex -c jit=off"
           " -c client_min_messages=warning -c default_transaction_isolation=read\\ committed";
}

// Single rows are found by an index, whatever the statistics of the tables are. Lists are read in
// the order of an index anyway.
constexpr const char* kPlannerOptions =
    " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";

std::string quote(const std::string& value) {
    std::string quoted = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "'";
}

std::string join(Parameters parameters, const std::string& options) {
    std::string& all = parameters["options"];
    all += (all.empty() ? "" : " ") + options;
    std::string text;
    for (const auto& [name, value] : parameters) text += name + "=" + quote(value) + " ";
    return text;
}

std::string describe(Parameters parameters) {
    std::string text = "postgresql://";
    if (!parameters["user"].empty()) text += parameters["user"] + "@";
    text += parameters["host"].empty() ? parameters["hostaddr"] : parameters["host"];
    if (!parameters["port"].empty()) text += ":" + parameters["port"];
    return text + "/" + parameters["dbname"];
}

Error malformed() {
    // libpq's text may repeat a part of the URI, which may be the password.
    return {ErrorCode::kInvalidArgument,
            "The PostgreSQL address cannot be read; it looks like "
            "postgresql://user:password@host:5432/database, with special characters "
            "percent-encoded.",
            {},
            {}};
}

}  // namespace

Result<ConnInfo> make_conninfo(std::string_view uri, milliseconds deadline) {
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(std::string(uri).c_str(), &message), PQconninfoFree);
    const std::unique_ptr<char, decltype(&PQfreemem)> owned(message, PQfreemem);
    if (!options) return malformed();

    Parameters parameters;
    for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) parameters[option->keyword] = option->val;
    }
    ConnInfo info;
    info.description = describe(parameters);

    parameters["client_encoding"] = "UTF8";
    for (const auto& [name, value] : Parameters{{"application_name", "rescuestream"},
                                                {"connect_timeout", "2"},
                                                {"keepalives_idle", "10"},
                                                {"keepalives_interval", "3"},
                                                {"keepalives_count", "3"},
                                                {"tcp_user_timeout", "10000"}}) {
        parameters.try_emplace(name, value);
    }
    const auto limited =
        session_options(deadline, std::min(kLockTimeout, deadline)) + kPlannerOptions;
    info.durable = join(parameters, limited);
    // The columns of a lookup are always the same, so one generic plan is used for all values.
    // Bitmap scans are off, because they return rows in the order of the table and not in that of
    // the statement.
    const auto shared = limited + " -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan";
    info.shared = join(parameters, shared);
    info.claims = join(parameters, shared + " -c synchronous_commit=off");
    info.unlimited = join(parameters, session_options(milliseconds(0), milliseconds(0)));
    return info;
}

}  // namespace rescuestream::postgres
