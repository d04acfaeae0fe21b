#include "storage/postgres/trouble.hpp"

#include <array>
#include <vector>

namespace rescuestream::postgres {
namespace {

using Kind = sql::Failure::Kind;

/// A row: a state with words of the text, either of which may be empty. Without a known state only
/// the words are compared. The text must have every part between bars.
struct Sign {
    std::string_view state;
    std::string_view words;
    Trouble trouble;
};

constexpr const char* kAddHbaLine =
    "add the line `host {database} {user} ADDRESS/32 scram-sha-256` with this program's address to "
    "pg_hba.conf (SHOW hba_file tells where it is), then run SELECT pg_reload_conf();";
constexpr const char* kGrantAll =
    "as the owner of the schema or a superuser: GRANT USAGE, CREATE ON SCHEMA rescuestream TO "
    "{user}; GRANT ALL ON ALL TABLES IN SCHEMA rescuestream TO {user};";
constexpr const char* kPasswordRefused =
    "PostgreSQL refused the password in the address, or there is no such role.";
constexpr const char* kSetPassword =
    "as a superuser: ALTER ROLE {user} PASSWORD '…'; or, if the role is missing, CREATE ROLE "
    "{user} LOGIN PASSWORD '…'; (special characters in the address are percent-encoded)";
constexpr const char* kNoRole = "The role in the address does not exist.";
constexpr const char* kCreateRole = "as a superuser: CREATE ROLE {user} LOGIN PASSWORD '…';";
constexpr const char* kNoDatabase = "The database in the address does not exist.";
constexpr const char* kCreateDatabase =
    "as a superuser: CREATE DATABASE {database} OWNER {user} ENCODING 'UTF8' TEMPLATE template0;";
constexpr const char* kNoAnswer = "The database server does not answer.";
constexpr const char* kBadValue =
    "The PostgreSQL address has a parameter with a value that libpq does not accept.";
constexpr const char* kUntrusted =
    "The certificate of the database server is not one that the address makes us trust.";
constexpr const char* kTrustIt =
    "name the file of its certificate authority with sslrootcert=FILE, and with "
    "sslmode=verify-full use the host name that stands in the certificate";
constexpr const char* kClientCertificate =
    "The client certificate or its key, which the PostgreSQL address names, cannot be used.";
constexpr const char* kCheckClientCertificate =
    "check the files in sslcert and sslkey; the key must have mode 0600";

// The first row that fits is used, so special ones stand before general ones.
constexpr std::array kSigns{
    // Answers of a server to a connection. PgBouncer passes some of them on in texts of its own.
    Sign{"3D000", "", {Kind::kUnauthorized, kNoDatabase, kCreateDatabase}},
    Sign{"", "database \"|\" does not exist", {Kind::kUnauthorized, kNoDatabase, kCreateDatabase}},
    Sign{"", "role \"|\" does not exist", {Kind::kUnauthorized, kNoRole, kCreateRole}},
    Sign{"",
         "no such database:",
         {Kind::kUnauthorized, "The connection pooler does not know the database in the address.",
          "add {database} to the section [databases] of pgbouncer.ini, then RELOAD"}},
    Sign{"",
         "no such user",
         {Kind::kUnauthorized, "The connection pooler does not know the role in the address.",
          "add {user} to the auth_file of PgBouncer, then RELOAD"}},
    Sign{"28P01", "", {Kind::kUnauthorized, kPasswordRefused, kSetPassword}},
    Sign{"",
         "password authentication failed",
         {Kind::kUnauthorized, kPasswordRefused, kSetPassword}},
    Sign{"", "SASL authentication failed", {Kind::kUnauthorized, kPasswordRefused, kSetPassword}},
    Sign{"",
         "no password supplied",
         {Kind::kUnauthorized, "PostgreSQL asks for a password, and the address has none.",
          "write it into the address, postgresql://{user}:PASSWORD@…, or into PGPASSFILE"}},
    Sign{"28000",
         "not permitted to log in",
         {Kind::kUnauthorized, "The role in the address may not log in.",
          "as a superuser: ALTER ROLE {user} LOGIN;"}},
    Sign{"28000",
         "Peer authentication failed",
         {Kind::kUnauthorized,
          "PostgreSQL recognises local roles by the name of the system's user, which is another "
          "one.",
          "run this program as the system user {user}, or name a host and a password in the "
          "address: postgresql://{user}:PASSWORD@localhost/{database}"}},
    Sign{"28000",
         "no encryption",
         {Kind::kUnauthorized,
          "PostgreSQL refuses the connection without TLS: its pg_hba.conf requires TLS from here, "
          "or has no line for this role and database.",
          "set sslmode=require in the address; if the server has no TLS, "
          "add the line `host {database} {user} ADDRESS/32 scram-sha-256` to pg_hba.conf and run "
          "SELECT pg_reload_conf();"}},
    Sign{"28000",
         "pg_hba.conf",
         {Kind::kUnauthorized,
          "PostgreSQL's pg_hba.conf does not let this role connect to this database from here.",
          kAddHbaLine}},
    Sign{"28000",
         "",
         {Kind::kUnauthorized, "PostgreSQL does not let the role in the address connect from here.",
          kAddHbaLine}},
    Sign{"",
         "does not support SSL, but SSL was required",
         {Kind::kUnauthorized, "The address demands TLS, which the database server does not offer.",
          "give the server a certificate (ssl = on, ssl_cert_file, ssl_key_file), or, on a network "
          "that you trust, remove sslmode from the address"}},
    Sign{"",
         "root certificate file",
         {Kind::kUnauthorized,
          "The file with the root certificate, by which the address checks the database server, "
          "cannot be read.",
          "name an existing file with sslrootcert=FILE, or use sslmode=require, which encrypts and "
          "does not check"}},
    Sign{"", "certificate verify failed", {Kind::kUnauthorized, kUntrusted, kTrustIt}},
    Sign{"", "does not match host name", {Kind::kUnauthorized, kUntrusted, kTrustIt}},
    Sign{"", "could not read root certificate", {Kind::kUnauthorized, kUntrusted, kTrustIt}},
    Sign{"",
         "certificate file \"",
         {Kind::kUnauthorized, kClientCertificate, kCheckClientCertificate}},
    Sign{"",
         "private key file \"",
         {Kind::kUnauthorized, kClientCertificate, kCheckClientCertificate}},
    Sign{"",
         "requires a valid client certificate",
         {Kind::kUnauthorized, kClientCertificate, kCheckClientCertificate}},
    // libpq's own texts about the address.
    Sign{"", "invalid port number", {Kind::kUnauthorized, kBadValue, ""}},
    Sign{"", "value for connection option", {Kind::kUnauthorized, kBadValue, ""}},
    Sign{"", "value: \"", {Kind::kUnauthorized, kBadValue, ""}},
    Sign{"", "\" for connection option \"", {Kind::kUnauthorized, kBadValue, ""}},
    Sign{"", "could not match", {Kind::kUnauthorized, kBadValue, ""}},
    Sign{"", "could not parse network address", {Kind::kUnauthorized, kBadValue, ""}},
    Sign{"",
         "could not translate host name",
         {Kind::kUnavailable, "The host name in the PostgreSQL address is not known at present.",
          "check its spelling and the name service (getent hosts NAME)"}},
    // Troubles that pass.
    Sign{"53300",
         "for role",
         {Kind::kUnavailable, "The role has as many connections to PostgreSQL as it may have.",
          "as a superuser: ALTER ROLE {user} CONNECTION LIMIT -1;"}},
    Sign{"",
         "too many connections for role",
         {Kind::kUnavailable, "The role has as many connections to PostgreSQL as it may have.",
          "as a superuser: ALTER ROLE {user} CONNECTION LIMIT -1;"}},
    Sign{"53300",
         "",
         {Kind::kUnavailable, "PostgreSQL has no free connection.",
          "raise max_connections of PostgreSQL, or lower DATABASE_CONNECTIONS of each server"}},
    Sign{"",
         "too many clients already",
         {Kind::kUnavailable, "PostgreSQL has no free connection.",
          "raise max_connections of PostgreSQL, or lower DATABASE_CONNECTIONS of each server"}},
    Sign{"",
         "remaining connection slots are reserved",
         {Kind::kUnavailable, "PostgreSQL has no free connection.",
          "raise max_connections of PostgreSQL, or lower DATABASE_CONNECTIONS of each server"}},
    Sign{"",
         "no more connections allowed",
         {Kind::kUnavailable, "The connection pooler has no free connection.",
          "raise max_client_conn in pgbouncer.ini"}},
    Sign{"",
         "query_wait_timeout",
         {Kind::kUnavailable, "The connection pooler had no free connection to PostgreSQL in time.",
          "raise default_pool_size in pgbouncer.ini"}},
    Sign{"57P03", "", {Kind::kUnavailable, "PostgreSQL is starting, stopping or recovering.", ""}},
    Sign{"",
         "the database system is",
         {Kind::kUnavailable, "PostgreSQL is starting, stopping or recovering.", ""}},
    Sign{"55000",
         "not currently accepting connections",
         {Kind::kUnauthorized, "The database in the address accepts no connections.",
          "as a superuser: ALTER DATABASE {database} ALLOW_CONNECTIONS true;"}},
    // Without a state, after the texts that contain these words too.
    Sign{"",
         "Connection refused",
         {Kind::kUnavailable,
          "Nothing listens at the PostgreSQL address: the server is down, or host or port is "
          "wrong.",
          ""}},
    Sign{"",
         "No such file or directory",
         {Kind::kUnavailable,
          "There is no socket at the PostgreSQL address: the server is down, or listens elsewhere.",
          "name a host in the address: postgresql://{user}:PASSWORD@HOST/{database}"}},
    Sign{"", "timeout expired", {Kind::kUnavailable, kNoAnswer, ""}},
    Sign{"", "Connection timed out", {Kind::kUnavailable, kNoAnswer, ""}},
    Sign{"", "No route to host", {Kind::kUnavailable, kNoAnswer, ""}},
    Sign{"", "Network is unreachable", {Kind::kUnavailable, kNoAnswer, ""}},
    Sign{"", "Connection reset by peer", {Kind::kUnavailable, kNoAnswer, ""}},
    Sign{"", "server closed the connection unexpectedly", {Kind::kUnavailable, kNoAnswer, ""}},
    // Rights, which a statement finds missing.
    Sign{"42501",
         "permission denied for database",
         {Kind::kUnauthorized,
          "The role in the address lacks a right on the database: it must be able to connect, and "
          "to create the schema rescuestream once.",
          "as a superuser: GRANT CONNECT ON DATABASE {database} TO {user}; and, in this database, "
          "CREATE SCHEMA rescuestream AUTHORIZATION {user};"}},
    Sign{"42501",
         "must be owner",
         {Kind::kUnauthorized,
          "The role in the address must own the tables of the schema rescuestream, to bring them "
          "to this release.",
          "as a superuser, in {database}: ALTER SCHEMA rescuestream OWNER TO {user}; and, with the "
          "present owner's name, REASSIGN OWNED BY OWNER TO {user};"}},
    Sign{"42501",
         "",
         {Kind::kUnauthorized,
          "The role in the address lacks a right on the schema rescuestream or its tables.",
          kGrantAll}},
    Sign{"25006",
         "",
         {Kind::kUnavailable,
          "PostgreSQL can only be read: it is a replica, or default_transaction_read_only is on.",
          "name the primary in the address, or all hosts with target_session_attrs=read-write"}},
    // A pooler that was taken for a server.
    Sign{"",
         "unsupported startup parameter",
         {Kind::kUnauthorized,
          "A connection pooler refuses the parameter `options`, which is for a direct connection.",
          "set DATABASE_POOLER=auto or yes; remove `options` from the address if it has that"}},
    Sign{"26000",
         "",
         {Kind::kUnavailable,
          "A connection pooler in front of PostgreSQL forgets prepared statements.",
          "set DATABASE_POOLER=yes"}},
    Sign{"42P05",
         "",
         {Kind::kUnavailable,
          "A connection pooler in front of PostgreSQL mixes up prepared statements.",
          "set DATABASE_POOLER=yes"}},
};

bool contains(std::string_view text, std::string_view words) {
    return text.find(words) != std::string_view::npos;
}

bool contains_all(std::string_view text, std::string_view words) {
    while (true) {
        const auto end = words.find('|');
        if (!contains(text, words.substr(0, end))) return false;
        if (end == std::string_view::npos) return true;
        words.remove_prefix(end + 1);
    }
}

bool fits(const Sign& sign, std::string_view state, std::string_view text) {
    if (!state.empty() && !sign.state.empty()) {
        return sign.state == state && contains_all(text, sign.words);
    }
    return !sign.words.empty() && contains_all(text, sign.words);
}

std::string quoted(const std::string& name) {
    std::string text = "\"";
    for (const char c : name) {
        if (c == '"') text += '"';
        text += c;
    }
    return text + "\"";
}

std::string filled(std::string text, std::string_view place, const std::string& value) {
    for (auto at = text.find(place); at != std::string::npos;
         at = text.find(place, at + value.size())) {
        text.replace(at, place.size(), value);
    }
    return text;
}

// "connection to server at … failed: …" for each address that was tried.
std::vector<std::string_view> parts_of(std::string_view text) {
    constexpr std::string_view kBegin = "connection to server ";
    std::vector<std::string_view> parts;
    auto begin = text.find(kBegin);
    if (begin == std::string_view::npos) return {text};
    while (begin != std::string_view::npos) {
        const auto end = text.find(kBegin, begin + 1);
        parts.push_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
        begin = end;
    }
    return parts;
}

// libpq writes "FATAL:  28P01: …" when it is told to be verbose.
std::string_view state_in(std::string_view part) {
    for (auto at = part.find(":  "); at != std::string_view::npos; at = part.find(":  ", at + 1)) {
        const auto state = part.substr(at + 3, 5);
        const bool is_state = state.size() == 5 &&
                              state.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") ==
                                  std::string_view::npos &&
                              part.substr(at + 8, 2) == ": ";
        if (is_state) return state;
    }
    return {};
}

}  // namespace

const Trouble* find_trouble(std::string_view state, std::string_view text) {
    for (const auto& sign : kSigns) {
        if (fits(sign, state, text)) return &sign.trouble;
    }
    return nullptr;
}

const Trouble* find_connect_trouble(std::string_view text, const Names& names) {
    const Trouble* stays = nullptr;
    const Trouble* passes = nullptr;
    bool is_unknown = false;
    for (const auto part : parts_of(text)) {
        const Trouble* trouble = find_trouble(state_in(part), part);
        if (trouble == nullptr) {
            is_unknown = true;
        } else if (trouble->kind == Kind::kUnauthorized) {
            if (stays == nullptr) stays = trouble;
        } else if (passes == nullptr) {
            passes = trouble;
        }
    }
    // A name may have an address at which nothing listens, such as ::1 for localhost.
    const bool gives_up =
        stays != nullptr && !(names.has_several_hosts && (passes != nullptr || is_unknown));
    return gives_up ? stays : passes;
}

bool refuses_options(std::string_view text) {
    return contains(text, "unsupported startup parameter") ||
           contains(text, "command-line options");  // Amazon's RDS Proxy
}

sql::Failure failure_of(const Trouble& trouble, const Names& names, std::string_view text) {
    std::string detail = filled(filled(trouble.mend, "{user}", quoted(names.user)), "{database}",
                                quoted(names.database));
    if (!detail.empty()) detail += " -- ";
    while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
    return {trouble.kind, detail + std::string(text), trouble.sentence};
}

}  // namespace rescuestream::postgres
