#pragma once

#include <string>

#include "rescuestream/nodes.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream {

/// The user name that goes with a credential of our own making at a media server's control
/// interface. MediaMTX asks us whether the credential is right, so nothing has to be typed into its
/// configuration.
inline constexpr const char* kControlUser = "rescuestream";

/// Where the secret of it is kept in a data directory.
std::string control_secret_file(const std::string& data_directory);

/// The secret of an installation whose API secret was given: every program that was given the same
/// one makes the same of it, also on other machines.
Secret derive_control_secret(const Secret& api_secret);

/// The secret that server and command line of one machine share: what is kept in the directory;
/// made where there is none, of `api_secret` or, when that is empty, of random bytes. With an
/// `api_secret` the file follows it. kNotFound: the directory does not exist. kInvalidArgument:
/// every user of the machine can read the file. kUnavailable: it cannot be read or made.
Result<Secret> keep_control_secret(const std::string& data_directory, const Secret& api_secret);

/// The same, and makes nothing. Empty: there is none, or not for this user. kInvalidArgument.
Result<Secret> find_control_secret(const std::string& data_directory, const Secret& api_secret);

/// `node` with the credential that its control interface is asked with: its own, else one that is
/// derived from `control_secret` for it alone; none when that is empty, too.
Node with_control_credential(Node node, const Secret& control_secret);

}  // namespace rescuestream
