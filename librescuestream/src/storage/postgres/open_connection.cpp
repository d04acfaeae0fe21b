#include "storage/postgres/open_connection.hpp"

#include "storage/postgres/refusal_state.hpp"

namespace rescuestream::postgres {
namespace {

using Kind = sql::Failure::Kind;

constexpr Trouble kWrongEncoding{
    Kind::kUnauthorized, "The database has an encoding that cannot hold every text.",
    "as a superuser: CREATE DATABASE NAME OWNER {user} ENCODING 'UTF8' TEMPLATE template0; and "
    "write that name into the address"};
constexpr Trouble kForgetful{
    Kind::kUnauthorized,
    "A connection pooler in front of PostgreSQL drops the settings of the connection, and "
    "DATABASE_POOLER=no says that there is none.",
    "set DATABASE_POOLER=auto or yes"};

ConnectionFailure refused(const Trouble& trouble, const Session& session, std::string_view text) {
    const bool may_pass = trouble.kind == Kind::kUnavailable;
    return {failure_of(trouble, session.names, text), true, may_pass};
}

ConnectionFailure explain(const std::string& conninfo, const Session& session,
                          const std::string& text) {
    const Trouble* trouble = find_connect_trouble(text, session.names);
    if (trouble == nullptr) {
        // Servers answer in the language of their setting lc_messages.
        const std::string coded = refusal_with_state(conninfo);
        trouble = find_connect_trouble(coded, session.names);
    }
    if (trouble != nullptr) return refused(*trouble, session, text);
    return {{Kind::kUnavailable, text}, true, true};
}

std::unique_ptr<pqxx::connection> connect(const std::string& conninfo) {
    return std::make_unique<pqxx::connection>(conninfo);
}

// A pooler sends a number of its own for the process, so that it can find the session of a request
// to cancel.
bool leads_to_pooler(const pqxx::connection& connection, const pqxx::row& facts) {
    return facts[0].as<int>() != connection.backendpid() ||
           facts[1].as<std::string>() != "rescuestream";
}

void check_encoding(const std::string& encoding, const Session& session) {
    // SQL_ASCII stores every byte as it is.
    if (encoding == "UTF8" || encoding == "SQL_ASCII") return;
    throw refused(kWrongEncoding, session, "its encoding is " + encoding);
}

}  // namespace

OpenConnection open_connection(const Session& session, PoolerState& pooler) {
    const bool is_asked = pooler.setting == Pooler::kYes;
    const bool may_be_pooler = pooler.setting != Pooler::kNo;
    bool bare = is_asked || (may_be_pooler && pooler.seen);
    OpenConnection opened;
    const auto open = [&] {
        const auto& conninfo = bare ? session.bare : session.conninfo;
        try {
            opened.connection = connect(conninfo);
        } catch (const pqxx::broken_connection& error) {
            if (!bare && may_be_pooler && refuses_options(error.what())) return false;
            throw explain(conninfo, session, error.what());
        } catch (const std::exception& error) {
            throw ConnectionFailure{{Kind::kDefect, error.what(), {}}, true, false};
        }
        return true;
    };
    if (!open()) {
        bare = true;
        open();
    }
    pqxx::result result;
    try {
        result = pqxx::nontransaction(*opened.connection)
                     .exec(
                         "SELECT pg_backend_pid(), current_setting('search_path'), "
                         "getdatabaseencoding()");
    } catch (const pqxx::failure& error) {
        throw explain(bare ? session.bare : session.conninfo, session, error.what());
    }
    check_encoding(result[0][2].as<std::string>(), session);
    opened.pooled = is_asked || bare || leads_to_pooler(*opened.connection, result[0]);
    if (opened.pooled && !may_be_pooler) throw refused(kForgetful, session, "");
    if (opened.pooled) pooler.seen = true;
    return opened;
}

}  // namespace rescuestream::postgres
