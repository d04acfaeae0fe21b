#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mediamtx/move.hpp"
#include "mediamtx/owner_file.hpp"
#include "rescuestream/result.hpp"
#include "settings/given.hpp"

namespace rescuestream::cli {

/// A setting that a variable of MediaMTX's environment replaces.
struct ReplacedSetting {
    std::string setting;   ///< "apiAddress", "pathDefaults.record"
    std::string variable;  ///< "MTX_APIADDRESS"
    bool is_in_file = false;
};

/// A file as MediaMTX reads it beside its environment. Lines that the file had keep their numbers.
struct FileInForce {
    OwnerFile file;
    std::vector<ReplacedSetting> replaced;
};

/// Replaces the settings that a move to RescueStream is about, and that the environment sets:
/// MTX_APIADDRESS (or the older RTSP_APIADDRESS) goes before apiAddress, MTX_PATHDEFAULTS_RECORD
/// before pathDefaults.record. Other variables are not read. kUnsupported: the file is written in a
/// way that cannot be edited.
Result<FileInForce> with_environment(const OwnerFile& file, const Environment& environment);

/// Returns findings about the variables of MediaMTX among `names` that `with_environment` does not
/// read, and that MediaMTX does: MTX_PATHS_CAM1_RECORD, MTX_AUTHHTTPEXCLUDE_0_ACTION, …
std::vector<Finding> tell_unread(const std::vector<std::string>& names,
                                 const Environment& environment);

/// Returns the variable that sets `setting` ("authMethod"), or the setting "record" of the entry
/// `path`. Empty: no variable can, because MediaMTX reads the name of a path in a variable in lower
/// case and up to the first underscore.
std::string variable_of(std::string_view path, std::string_view setting);

/// Says in the findings about replaced settings that a variable sets them, and adds a note for each
/// variable. A merge cannot change such a setting.
void tell_environment(const FileInForce& in_force, Move& move);

}  // namespace rescuestream::cli
