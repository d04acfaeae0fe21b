#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rescuestream/caller.hpp"
#include "rescuestream/pooler.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/settings.hpp"

namespace rescuestream::cli {

/// How requests to a server are authenticated.
enum class Credential {
    kHmac,          ///< HMAC v1: the secret itself is not sent.
    kSharedSecret,  ///< The secret is sent in a header.
};

/// A server that carries out the operations.
struct ServerConnection {
    std::string url;
    Credential credential = Credential::kHmac;
    std::string key_name;  ///< With kHmac: the actor in the audit log.
    Secret api_secret;
};

/// A database and a media server to use directly, without a server.
struct DirectConnection {
    std::string database_url;
    Pooler pooler = Pooler::kAuto;
    bool check_schema = true;  ///< False: a database without our tables is accepted.
    bool may_create = false;   ///< An SQLite file that does not exist is created.
    /// True if the database is the default one in `data_directory`.
    bool make_data_directory = false;
    std::string data_directory;
    std::string server_origin;  ///< Where the server of this installation listens; empty: unknown.
    /// They include `api_url` and its credential, which are those of the media server.
    OrchestratorSettings settings;
};

/// Where operations are carried out: exactly one of `server` and `direct` is set.
struct Connection {
    std::optional<ServerConnection> server;
    std::optional<DirectConnection> direct;
    Caller caller;                      ///< The caller in the audit log, with `direct`.
    std::vector<std::string> warnings;  ///< Warnings to print: full sentences.
};

}  // namespace rescuestream::cli
