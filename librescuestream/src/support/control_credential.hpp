#pragma once

#include <string>

#include "rescuestream/nodes.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream {

/// The user name of a generated credential for a media server's control interface. MediaMTX sends
/// an auth request about the credential to this program, so it need not be in its configuration.
inline constexpr const char* kControlUser = "rescuestream";

/// Returns the path of the secret of the installation in a data directory. The file has the name of
/// a password because it was one: no media server gets it any more.
std::string control_secret_file(const std::string& data_directory);

/// Returns the path of the default node's password in a data directory, for other programs.
std::string control_password_file(const std::string& data_directory);

/// Derives the secret of an installation from its API secret. Every program with the same API
/// secret derives the same one, also on other machines.
Secret derive_control_secret(const Secret& api_secret);

/// Returns the secret that server and command line of one machine share, from a file in the
/// directory. Creates the file if there is none, with a secret that is derived from `api_secret`
/// or, if that is empty, from the API secret in the directory, or else from random bytes. With an
/// `api_secret` that is not the one in the directory an existing file is updated. kNotFound: the
/// directory does not exist. kInvalidArgument: every user of the machine can read the file.
/// kUnavailable: the file cannot be read or created.
Result<Secret> keep_control_secret(const std::string& data_directory, const Secret& api_secret);

/// The same, but creates nothing. Empty: there is neither file nor API secret, or this user may not
/// read the file. kInvalidArgument: as above.
Result<Secret> find_control_secret(const std::string& data_directory, const Secret& api_secret);

/// Returns `node` with the credential for its control interface: its own, else one that is derived
/// from `control_secret` for this node; none if that is empty, too.
Node with_control_credential(Node node, const Secret& control_secret);

/// Returns the password for the control interface of the default node, which is derived from
/// `control_secret`. All programs of an installation have the same one, also if they reach the node
/// at different addresses. Empty if `control_secret` is empty.
Secret default_control_password(const Secret& control_secret, const std::string& node);

/// Writes the password into its file in the directory, with mode 0600, unless the file contains it.
/// kNotFound: the directory does not exist. kInvalidArgument: it contains the password already,
/// and every user of the machine can read it. kUnavailable: it cannot be written.
Result<void> keep_control_password(const std::string& data_directory, const Secret& password);

}  // namespace rescuestream
