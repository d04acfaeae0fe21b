#pragma once

#include "rescuestream/result.hpp"
#include "settings/given.hpp"
#include "settings/settings.hpp"

namespace rescuestream::settings {

/// Returns the settings that a program uses (`Use`, see rows.hpp), from the given texts and the
/// defaults. Reads the files that contain secrets. kInvalidArgument: `fields` has one entry for
/// every error; its pointer is the name of the setting, and its detail contains the source of the
/// value.
Result<Settings> read_settings(const GivenSettings& given, unsigned used_for);

/// Returns the directory for a program's own data: for root /var/lib/rescuestream, else
/// $XDG_DATA_HOME/rescuestream or ~/.local/share/rescuestream. Empty: HOME is not set.
std::optional<std::string> default_data_directory(const Environment& environment);

/// Sets `data_dir` and `database_url` if they are not given. Creates no files.
void fill_defaults(Settings& settings, const Environment& environment);

/// Sets the credential for MediaMTX's control interface to `secret` and this program's user name,
/// unless the settings contain another one.
void use_control_secret(Settings& settings, Secret secret);

/// Returns a sentence if every user of the machine can write into the directory; empty: they
/// cannot, or there is no such directory.
std::optional<std::string> warning_about_directory(const std::string& directory);

}  // namespace rescuestream::settings
