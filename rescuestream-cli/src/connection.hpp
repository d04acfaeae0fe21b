#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rescuestream/caller.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/settings.hpp"

namespace rescuestream::cli {

/// How a request to a server is signed.
enum class Credential {
    kHmac,          ///< HMAC v1: the secret itself does not travel.
    kSharedSecret,  ///< The secret stands in a header.
};

/// A server to work through.
struct ServerConnection {
    std::string url;
    Credential credential = Credential::kHmac;
    std::string key_name;  ///< With kHmac: the audit's actor.
    Secret api_secret;
};

/// A database and a media server to work on without a server.
struct DirectConnection {
    std::string database_url;
    bool check_schema = true;          ///< Off: also a database without our tables will do.
    bool make_data_directory = false;  ///< The database is the default one in `data_directory`.
    std::string data_directory;
    OrchestratorSettings settings;  ///< `api_url` and its credential are the media server's.
};

/// Where a command does its work: exactly one of the two is set.
struct Connection {
    std::optional<ServerConnection> server;
    std::optional<DirectConnection> direct;
    Caller caller;                      ///< Direct: what the audit entry says.
    std::vector<std::string> warnings;  ///< Sentences for the person at the keyboard.
};

}  // namespace rescuestream::cli
