#pragma once

#include <map>
#include <optional>
#include <string>

#include "host.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"
#include "settings.hpp"

namespace rescuestream::cli {

/// A server with the credential for it.
struct Profile {
    std::string server;
    Secret credential;  ///< A credential (rsc_…), or the shared secret of the server.
};

/// The profiles of a user, in ~/.config/rescuestream/profiles.json (XDG_CONFIG_HOME), mode 0600.
struct Profiles {
    std::map<std::string, Profile> all;
    std::string in_use;  ///< The name of the one that commands use unless told otherwise; or empty.
};

/// Returns the path of the file. kInvalidArgument: HOME is not set.
Result<std::string> profiles_file(const Host& host);

/// Returns no profiles when there is no file. kInvalidArgument: it is malformed, or other users of
/// the machine can read it.
Result<Profiles> read_profiles(const Host& host);
/// Replaces the file, and creates its directory, for its owner only.
Result<void> write_profiles(const Host& host, const Profiles& profiles);

/// What a command works with, after a profile was chosen for it.
struct Selection {
    GlobalOptions options;  ///< With the server of the profile as `server`, and without `profile`.
    std::string profile;    ///< Its name; empty: none is used.
    Secret credential;      ///< The profile's; empty: none, or --api-secret-file replaces it.
};

/// Chooses the profile that a command uses: that of --profile; with --server none; else that of
/// RESCUESTREAM_PROFILE; else the one in use, unless `place_before_profile` is set. kNotFound:
/// there is no profile with this name. kInvalidArgument: --profile is given together with --server.
Result<Selection> select_profile(const GlobalOptions& options, const Host& host);

/// Returns the options with the server of --profile, for commands that use the settings of this
/// machine, not the profile in use. The same errors.
Result<GlobalOptions> with_named_profile(const GlobalOptions& options, const Host& host);

/// Returns the variable of the environment that goes before the profile in use:
/// RESCUESTREAM_SERVER, DATABASE_URL, or RESCUESTREAM_PROFILE. Empty: there is none.
std::string place_before_profile(const Host& host);

}  // namespace rescuestream::cli
