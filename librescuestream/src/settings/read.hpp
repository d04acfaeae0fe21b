#pragma once

#include "rescuestream/result.hpp"
#include "settings/given.hpp"
#include "settings/settings.hpp"

namespace rescuestream::settings {

/// The settings that a program uses (`Use`, see rows.hpp), from what was written and the defaults.
/// Reads the files that hold secrets. kInvalidArgument: `fields` has one entry for each thing that
/// is wrong, all of them at once; its pointer is the setting's name, its detail says where the
/// value came from.
Result<Settings> read_settings(const GivenSettings& given, unsigned used_for);

/// Where a program keeps what is its own: for root /var/lib/rescuestream, else
/// $XDG_DATA_HOME/rescuestream or ~/.local/share/rescuestream. Empty: there is no HOME.
std::optional<std::string> default_data_directory(const Environment& environment);

/// Fills in `data_dir` and `database_url` where they are left out. Makes nothing.
void fill_defaults(Settings& settings, const Environment& environment);

/// The credential for MediaMTX's control interface: `secret` with the user name of our own, where
/// the settings name no other.
void use_control_secret(Settings& settings, Secret secret);

/// A sentence when every user of the machine can write into the directory; empty when not, and
/// when there is no such directory.
std::optional<std::string> warning_about_directory(const std::string& directory);

}  // namespace rescuestream::settings
